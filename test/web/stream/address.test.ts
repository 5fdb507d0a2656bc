import { describe, expect, it } from 'vitest';
import { DAP2_FORMATS, suffixesOf } from '../../../dap/formats/index.ts';
import {
  datasetAddress,
  encodedConstraint,
  pageQuery,
  shownAddress,
  wantedDataset,
} from '../../../web/stream/address.ts';

const PAGE = 'http://pi:8080/station/';

describe('the dataset that the page is asked to show', () => {
  it('is none without ?url=', () => {
    expect(wantedDataset(PAGE)).toBeUndefined();
    expect(wantedDataset(`${PAGE}?url=`)).toBeUndefined();
    expect(wantedDataset(`${PAGE}?curl=host`)).toBeUndefined();
  });

  it('may be named relative to the page, so that any prefix works', () => {
    expect(wantedDataset(`${PAGE}?url=host`)).toEqual({
      base: 'http://pi:8080/station/host',
      constraint: '',
    });
    expect(wantedDataset(`${PAGE}index.html?url=../host#window=30`)?.base).toBe('http://pi:8080/host');
  });

  it('may lie on another server, encoded or not', () => {
    const there = { base: 'http://other:8080/roberrypi', constraint: '' };
    expect(wantedDataset(`${PAGE}?url=http://other:8080/roberrypi`)).toEqual(there);
    expect(wantedDataset(`${PAGE}?url=http%3A%2F%2Fother%3A8080%2Froberrypi`)).toEqual(there);
  });

  it('keeps a constraint that was pasted as it is, with all its clauses', () => {
    expect(
      wantedDataset(`${PAGE}?url=http://o/r?sensor.time,sensor.voltage&sensor.time>5&sensor.voltage<1e+3`),
    ).toEqual({
      base: 'http://o/r',
      constraint: 'sensor.time,sensor.voltage&sensor.time>5&sensor.voltage<1e+3',
    });
    expect(wantedDataset(`${PAGE}?url=r%3Fsensor.time%26sensor.time%3E5`)?.constraint).toBe(
      'sensor.time&sensor.time>5',
    );
  });

  it('is the same for any of its responses', () => {
    for (const suffix of DAP2_FORMATS.flatMap(suffixesOf)) {
      expect(wantedDataset(`${PAGE}?url=host${suffix}`)?.base).toBe('http://pi:8080/station/host');
    }
    expect(wantedDataset(`${PAGE}?url=readings.nc`)?.base).toBe('http://pi:8080/station/readings.nc');
  });

  it('is refused where it is no web address', () => {
    expect(() => wantedDataset(`${PAGE}?url=javascript:alert(1)`)).toThrow(/http:\/\/ or https:\/\//);
    expect(() => wantedDataset(`${PAGE}?url=file:///etc/passwd`)).toThrow(/found "file:/);
    expect(() => wantedDataset(`${PAGE}?url=http://[`)).toThrow(/Expected the address of a dataset/);
  });
});

describe('an address that a person types', () => {
  it.each([
    ['192.168.1.7:8080/roberrypi', 'http://192.168.1.7:8080/roberrypi'],
    ['raspberrypi.local/roberrypi', 'http://raspberrypi.local/roberrypi'],
    ['pi:8080/roberrypi', 'http://pi:8080/roberrypi'],
    ['localhost/host', 'http://localhost/host'],
    ['[fe80::1]:8080/host', 'http://[fe80::1]:8080/host'],
    [' host ', 'http://pi:8080/station/host'],
    ['folder/host', 'http://pi:8080/station/folder/host'],
    ['https://data.example/x/y.dods', 'https://data.example/x/y'],
  ])('%s is %s', (typed, base) => {
    expect(datasetAddress(typed, PAGE).base).toBe(base);
  });
});

describe('the link to a dataset', () => {
  it('is relative for a dataset beside the page, and leads back to it', () => {
    const address = { base: 'http://pi:8080/station/host', constraint: '' };
    expect(pageQuery(address, `${PAGE}?url=other`)).toBe('url=host');
    expect(wantedDataset(`${PAGE}?${pageQuery(address, PAGE)}`)).toEqual(address);
  });

  it('is absolute where a relative one would be taken for a host', () => {
    const address = { base: 'http://pi:8080/station/v1.0/host', constraint: '' };
    expect(wantedDataset(`${PAGE}?${pageQuery(address, PAGE)}`)).toEqual(address);
  });

  it('carries a constraint without losing any of it', () => {
    const address = { base: 'https://o/r', constraint: 'a.s[0:1:9]&a.name="50% & #1"&a.t>1e+3' };
    expect(wantedDataset(`${PAGE}?${pageQuery(address, PAGE)}`)).toEqual(address);
  });
});

it('does not show a password', () => {
  const address = datasetAddress('http://me:secret@pi/host?sensor.time', PAGE);
  expect(shownAddress(address)).toBe('http://pi/host?sensor.time');
});

it('encodes of a constraint what would end or change a query', () => {
  expect(encodedConstraint({ constraint: 's[0:1:9]&s.name="#1 50%"' })).toBe(
    's%5B0:1:9%5D&s.name=%22%231%2050%25%22',
  );
});
