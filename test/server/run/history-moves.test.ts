import { expect, it } from 'vitest';
import type { DatasetConfig } from '../../../server/config/config.ts';
import { historyMoves } from '../../../server/run/history-moves.ts';

/** A dataset whose history is in `/rows`, and whose rows depend on `sensor`. */
function dataset(name: string, sensor: string): DatasetConfig {
  return {
    info: { name },
    history: { path: '/rows' },
    source: { kind: 'sensors', sensors: [{ name: sensor }] },
  } as unknown as DatasetConfig;
}

it('says nothing of a new dataset with the sensors of one that goes on', () => {
  const roof = dataset('roof', 'a');
  expect(historyMoves([roof], [roof, dataset('copy', 'a')])).toEqual([]);
});

it('names the dataset that a new one replaces, not another one with the same sensors', () => {
  const [roof, shed] = [dataset('roof', 'a'), dataset('shed', 'a')];
  expect(historyMoves([roof, shed], [roof, dataset('barn', 'a')])).toEqual([
    {
      dataset: 'barn',
      text: 'barn has the sensors that shed had; its past rows stay in /rows/shed. To serve them under the new name, stop the server and rename that folder to /rows/barn',
    },
  ]);
});
