// Checks that each dataset has one source of rows: sensors, or another source that `source` names.

import { foundText, problemAt, valueAt } from '../mistakes/explain.ts';
import { isOtherSource } from '../schema/source-schema.ts';
import { type DatasetNode, isMapping } from '../text/dataset-node.ts';
import type { Problem } from '../text/problem.ts';

export function checkSource(part: DatasetNode): readonly Problem[] {
  const dataset = valueAt(part.document.value, part.path);
  if (!isMapping(dataset)) return [];
  const { source, sensors } = dataset;
  if (!isOtherSource(source)) {
    if (sensors !== undefined) return [];
    const problem = { expected: 'a list of one entry or more', found: foundText(sensors) };
    return [problemAt(part, [...part.path, 'sensors'], 'value', problem)];
  }
  const refuse = (key: 'sensors' | 'interval', expected: string) =>
    dataset[key] === undefined
      ? []
      : [problemAt(part, [...part.path, key], 'key', { expected, found: `"${key}"` })];
  return [
    ...refuse('sensors', 'either sensors or a source of rows, not both'),
    ...refuse('interval', 'no interval in a dataset whose source decides when rows come'),
  ];
}
