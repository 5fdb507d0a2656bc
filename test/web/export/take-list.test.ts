import { expect, it } from 'vitest';
import { titleOf } from '../../../web/export/take-list.ts';
import type { Description } from '../../../web/stream/describe.ts';

it('tells datasets of one title apart by their names', () => {
  const dataset = (name: string, title: string) => ({
    address: { base: `http://pi/${name}`, constraint: '' },
    description: { title } as Description,
  });
  const datasets = [dataset('a', 'Roof'), dataset('b', 'Roof'), dataset('c', 'Attic')];
  const view = { datasets } as unknown as Parameters<typeof titleOf>[1];
  expect(datasets.map(each => titleOf(each, view))).toEqual(['Roof (a)', 'Roof (b)', 'Attic']);
});
