import { describe, expect, it } from 'vitest';
import { DAP2_FORMATS } from '../../../dap/formats/index.ts';
import { formatsFor, listedAddress, parseCatalog } from '../../../web/stream/catalog.ts';

const FROM = 'http://pi/station/catalog.json';

describe('a catalogue', () => {
  it('gives each dataset with its absolute address', () => {
    const json = {
      datasets: [
        { name: 'host', title: 'Load', url: 'host' },
        { name: 'b', url: '/b' },
      ],
    };
    expect(parseCatalog(json, FROM).datasets).toMatchObject([
      { name: 'host', title: 'Load', address: 'http://pi/station/host', isKept: false },
      { name: 'b', title: 'b', address: 'http://pi/b', isKept: false },
    ]);
  });

  it.each([null, 7, [], {}, { datasets: {} }])('that is %j is refused by name', json => {
    expect(() => parseCatalog(json, FROM)).toThrow(`Expected a list "datasets" in ${FROM}`);
  });

  it('with an entry that lacks its name or address is refused with its number', () => {
    expect(() => parseCatalog({ datasets: [{ name: 'a', url: 'a' }, { name: 'b' }] }, FROM)).toThrow(
      /dataset 2 of/,
    );
  });
});

describe('the formats of a catalogue', () => {
  const toy = {
    suffix: '.toy',
    aliases: ['.toys'],
    mediaType: 'text/x-toy',
    label: 'toys',
    summary: 'the rows as toys',
    constrainedBy: 'constraint',
  } as const;
  const datasets = [{ name: 'host', url: 'host' }];
  const catalog = parseCatalog({ datasets, formats: [...DAP2_FORMATS, toy] }, FROM);
  const at = (base: string) => ({ base, constraint: 'time' });

  it('are those of its own datasets, and others have those of DAP2', () => {
    expect(formatsFor(catalog, at('http://pi/station/host'))).toContainEqual(toy);
    expect(formatsFor(catalog, at('http://pi/station/'))).toContainEqual(toy);
    expect(formatsFor(catalog, at('http://pi/other/host'))).toBe(DAP2_FORMATS);
    expect(formatsFor(parseCatalog({ datasets }, FROM), at('http://pi/station/host'))).toBe(DAP2_FORMATS);
  });

  it.each([
    ['http://pi/station/host.toy', 'http://pi/station/host'],
    ['http://pi/station/host.toys', 'http://pi/station/host'],
    ['http://pi/station/.toy', 'http://pi/station/'],
    ['http://pi/station/host', 'http://pi/station/host'],
    ['http://pi/station/readings.toy', 'http://pi/station/readings.toy'],
    ['http://pi/other/host.toy', 'http://pi/other/host.toy'],
  ])('lead from the address of a response to its dataset: %s', (base, expected) => {
    expect(listedAddress(catalog, at(base))).toEqual(at(expected));
  });

  it.each([
    null,
    {},
    { ...toy, suffix: 'toy' },
    { ...toy, suffix: './/evil/' },
    { ...toy, aliases: [7] },
    { ...toy, label: undefined },
  ])('are refused with their number: %j', format => {
    expect(() => parseCatalog({ datasets, formats: [toy, format] }, FROM)).toThrow(/format 2 of/);
  });
});
