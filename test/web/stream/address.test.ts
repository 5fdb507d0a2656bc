import { describe, expect, it } from 'vitest';
import { DAP2_FORMATS, suffixesOf } from '../../../dap/formats/index.ts';
import {
  datasetAddress,
  datasetValue,
  encodedConstraint,
  shownAddress,
  wantedDatasets,
  withoutCredentials,
} from '../../../web/stream/address.ts';

const PAGE = 'http://pi:8080/station/';

function wantedDataset(page: string) {
  const { datasets, problems } = wantedDatasets(page);
  expect(problems).toEqual([]);
  expect(datasets.length).toBeLessThan(2);
  return datasets[0];
}

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

  it('is reported if it is no web address', () => {
    const problemsOf = (text: string) => wantedDatasets(`${PAGE}?url=${text}`).problems.join();
    expect(problemsOf('javascript:alert(1)')).toMatch(/http:\/\/ or https:\/\//);
    expect(problemsOf('file:///etc/passwd')).toMatch(/found "file:/);
    expect(problemsOf('http://[')).toMatch(/Expected the address of a dataset/);
  });
});

describe('the datasets that the page is asked to show', () => {
  it('are several, of any servers', () => {
    const { datasets, problems } = wantedDatasets(`${PAGE}?d=attic&d=http://o:80/r.dods?time,air#d=cellar`);
    expect(problems).toEqual([]);
    expect(datasets).toEqual([
      { base: 'http://pi:8080/station/attic', constraint: '' },
      { base: 'http://o/r', constraint: 'time,air' },
      { base: 'http://pi:8080/station/cellar', constraint: '' },
    ]);
  });

  it('are shown but for those that are no address, or come twice', () => {
    const { datasets, problems } = wantedDatasets(`${PAGE}?d=&d=attic&d=http://[&d=../station/attic`);
    expect(datasets.map(({ base }) => base)).toEqual(['http://pi:8080/station/attic']);
    expect(problems).toEqual([
      'd=: expected a dataset such as d=roberrypi. Nothing is shown for it.',
      'd=http://[. Expected the address of a dataset, such as http://pi:8080/roberrypi, found "http://[".',
      'd=../station/attic twice. The dataset is shown once.',
    ]);
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

describe('the name of a dataset in the address of the page', () => {
  const nameIn = (address: { base: string; constraint: string }) => {
    const value = datasetValue(address, `${PAGE}?url=other`);
    expect(wantedDataset(`${PAGE}?d=${encodeURIComponent(value)}`)).toEqual(address);
    return value;
  };

  it('is relative for a dataset beside the page', () => {
    expect(nameIn({ base: 'http://pi:8080/station/host', constraint: '' })).toBe('host');
  });

  it('is absolute where a relative one would be taken for a host', () => {
    const base = 'http://pi:8080/station/v1.0/host';
    expect(nameIn({ base, constraint: '' })).toBe(base);
  });

  it('carries a constraint without losing any of it', () => {
    nameIn({ base: 'https://o/r', constraint: 'a.s[0:1:9]&a.name="50% & #1"&a.t>1e+3' });
  });
});

it('does not show a password', () => {
  const address = datasetAddress('http://me:secret@pi/host?sensor.time', PAGE);
  expect(shownAddress(address)).toBe('http://pi/host?sensor.time');
});

it.each([
  ['?d=http://me:secret@pi/host?time&window=2m', '?d=http://pi/host?time&window=2m'],
  ['?d=roof&d=http%3A%2F%2Fme%3Ase%40cret%40pi%2Fh%40st', '?d=roof&d=http%3A%2F%2Fpi%2Fh%40st'],
  ['?d=https://me:secret%40pi/host', '?d=https://pi/host'],
  ['?window=2m&url=https://me@pi/host?a@b#cols=a', '?window=2m&url=https://pi/host?a@b#cols=a'],
  ['?d=http://pi/h@st&d=http://pi?a="x@y"', '?d=http://pi/h@st&d=http://pi?a="x@y"'],
  ['?at=http://me@pi', '?at=http://me@pi'],
  // The same addresses for a browser.
  ['?d=//me:secret@pi/host', '?d=//pi/host'],
  ['?d=%2F%2Fme:secret@pi/host', '?d=%2F%2Fpi/host'],
  ['?d=http:me:secret@pi/host', '?d=http:pi/host'],
  ['?d=https:/me:secret@pi/host', '?d=https:/pi/host'],
  ['?d=http:\\\\me:secret@pi/host', '?d=http:\\\\pi/host'],
  ['?d=%20http:///me:secret@pi/host', '?d=%20http:///pi/host'],
  // Datasets beside the page.
  ['?d=me@pi', '?d=me@pi'],
  ['?d=/me@pi', '?d=/me@pi'],
])('gives away no password with the link %s', (page, link) => {
  expect(withoutCredentials(`http://pi:8080/${page}`)).toBe(`http://pi:8080/${link}`);
});

it('encodes of a constraint what would end or change a query', () => {
  expect(encodedConstraint({ constraint: 's[0:1:9]&s.name="#1 50%"' })).toBe(
    's%5B0:1:9%5D&s.name=%22%231%2050%25%22',
  );
});
