// Checks that no dataset without rows of its own asks for a history.

import type { Overrides } from '../config.ts';
import { foundText, problemAt, valueAt } from '../mistakes/explain.ts';
import { DATASET_SHAPE } from '../schema/schema.ts';
import type { DatasetNode } from '../text/dataset-node.ts';
import type { Problem } from '../text/problem.ts';

/** With `--interval 0` the configuration may be written for another interval: then there is only no history. */
export function checkHistory(part: DatasetNode, overrides: Overrides): readonly Problem[] {
  if (overrides.interval !== undefined) return [];
  const written = (key: string) => valueAt(part.document.value, [...part.path, key]);
  const history = written('history');
  if (DATASET_SHAPE.interval.safeParse(written('interval')).data !== 0) return [];
  if (history === undefined || history === 'off' || history === false) return [];
  // Other mistakes are reported already.
  if (!DATASET_SHAPE.history.safeParse(history).success) return [];
  const problem = {
    expected: 'no history in a dataset with the interval 0, of which each client gets rows of its own',
    found: foundText(history),
  };
  return [problemAt(part, [...part.path, 'history'], 'key', problem)];
}
