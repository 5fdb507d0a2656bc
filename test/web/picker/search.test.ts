import { expect, it } from 'vitest';
import { search } from '../../../web/picker/search.ts';

const DATASETS = [
  { name: 'attic', title: 'Dachboden: Wärme', columns: ['air_temperature'] },
  { name: 'roof', title: 'Weather on the roof', columns: ['wind', 'air_temperature'] },
  { name: 'garden-roof', title: 'Garden', columns: ['soil'] },
  { name: 'cellar', title: 'Cellar', columns: ['roof_leak'] },
];
const found = (text: string) => search(DATASETS, text).map(place => DATASETS[place]!.name);

it.each([
  ['', ['attic', 'roof', 'garden-roof', 'cellar']],
  ['  ', ['attic', 'roof', 'garden-roof', 'cellar']],
  ['roof', ['roof', 'garden-roof', 'cellar']],
  ['ROOF wind', ['roof']],
  ['warme', ['attic']],
  ['wärme', ['attic']],
  ['temperature', ['attic', 'roof']],
  ['nothing', []],
  ['.*', []],
])('%j finds %j, names before columns', (text, names) => {
  expect(found(text)).toEqual(names);
});
