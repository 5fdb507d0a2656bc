import { describe, expect, it } from 'vitest';
import { parseAddress, responseAddress } from '../../../../dap/client/http/address.ts';
import { DAP2, DAP2_FORMATS, suffixesOf } from '../../../../dap/formats/index.ts';

describe('the address of a dataset', () => {
  it.each([
    ['http://pi:8080/roberrypi', 'http://pi:8080/roberrypi.dods'],
    ['http://pi:8080/roberrypi.html', 'http://pi:8080/roberrypi.dods'],
    ['http://pi:8080/roberrypi.dods', 'http://pi:8080/roberrypi.dods'],
    ['http://pi:8080/', 'http://pi:8080/.dods'],
    ['http://pi:8080', 'http://pi:8080/.dods'],
    ['http://pi:8080/.dds', 'http://pi:8080/.dods'],
    ['https://example.org/pi/', 'https://example.org/pi/.dods'],
    ['https://example.org/data/sst.mnmean.nc', 'https://example.org/data/sst.mnmean.nc.dods'],
    ['https://example.org/data/sst.mnmean.nc.das#top', 'https://example.org/data/sst.mnmean.nc.dods'],
  ])('%s has its data at %s', (url, expected) => {
    expect(responseAddress(parseAddress(url), DAP2.dods, '')).toBe(expected);
  });

  it.each(DAP2_FORMATS.flatMap(suffixesOf))('is that of any of its responses: %s', suffix => {
    expect(parseAddress(`http://pi:8080/roberrypi${suffix}?time`).base).toBe('http://pi:8080/roberrypi');
    expect(parseAddress(`http://pi:8080/${suffix}`).base).toBe('http://pi:8080/');
  });

  it('carries the constraint in its query', () => {
    const address = parseAddress('http://pi/roberrypi.asc?sensor.time%2csensor.temperature&sensor.time>5');
    expect(address.base).toBe('http://pi/roberrypi');
    expect(decodeURIComponent(address.query)).toBe('sensor.time,sensor.temperature&sensor.time>5');
  });

  it('takes the constraint from beside it, but not from both places', () => {
    expect(parseAddress('http://pi/roberrypi?', 'sensor.time').query).toBe('sensor.time');
    expect(() => parseAddress('http://pi/roberrypi?sensor', 'sensor.time')).toThrow(
      /two: "sensor".*"sensor.time"/,
    );
  });

  it('moves user and password into a header, and out of the shown address', () => {
    const address = parseAddress('http://gr%C3%A4fin:geh%40eim@pi/roberrypi');
    expect(address.base).toBe('http://pi/roberrypi');
    const encoded = new Headers(address.headers).get('authorization')?.replace('Basic ', '') ?? '';
    expect(Buffer.from(encoded, 'base64').toString()).toBe('gräfin:geh@eim');
  });

  it.each([
    ['roberrypi', /address of a dataset.*found "roberrypi"/],
    ['ftp://pi/roberrypi', /http:\/\/ or https:\/\/, found "ftp:/],
    ['http://50%:x@pi/roberrypi', /percent-encoded/],
  ])('refuses %s', (url, message) => {
    expect(() => parseAddress(url)).toThrow(message);
  });
});
