import { describe, expect, it } from 'vitest';
import { parseCatalog } from '../../../web/stream/catalog.ts';

const FROM = 'http://pi/station/catalog.json';

describe('a catalogue', () => {
  it('gives each dataset with its absolute address', () => {
    const json = {
      datasets: [
        { name: 'host', title: 'Load', url: 'host' },
        { name: 'b', url: '/b' },
      ],
    };
    expect(parseCatalog(json, FROM)).toEqual([
      { name: 'host', title: 'Load', address: 'http://pi/station/host' },
      { name: 'b', title: 'b', address: 'http://pi/b' },
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
