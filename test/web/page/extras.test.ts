import { expect, it } from 'vitest';
import { isWithoutSensor } from '../../../web/page/extras.ts';
import { parseCatalog } from '../../../web/stream/catalog.ts';

it.each([
  [true, [['simulation']]],
  [true, [['simulation'], ['machine']]],
  [true, [['machine', 'simulation']]],
  [false, [['machine']]],
  [false, [['simulation'], ['sensor']]],
  [false, [['simulation', 'sensor']]],
  [false, [['simulation'], ['recording']]],
  [false, [['simulation'], undefined]],
  [false, [['simulation'], ['something new']]],
  [false, []],
])('is %s with %j that a server is without a sensor', (expected, all) => {
  const datasets = all.map((provenance, index) => ({ name: `d${index}`, url: `d${index}`, provenance }));
  expect(isWithoutSensor(parseCatalog({ datasets }, 'http://pi/catalog.json'))).toBe(expected);
});
