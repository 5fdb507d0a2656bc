// Constraint expressions with row ranges, hyperslabs and functions, and the names of stretches of time.

import {
  ConstraintError,
  type DapDataset,
  parseConstraint,
  planArrays,
  planConstraint,
  printConstraint,
} from '../../../dap/protocol.ts';
import { parseStretch, stretchName } from '../../../server/dataset/stretch-name.ts';
import { allows, bytesOfText, type Target, textOfBytes } from '../target.ts';

const FIELDS = [
  { type: 'Float64', name: 'time' },
  { type: 'Float32', name: 'a' },
  { type: 'Int32', name: 'b' },
] as const;

const SEQUENCE: DapDataset = {
  name: 'roof',
  variables: [{ type: 'Sequence', name: 'sensor', fields: FIELDS }],
};

const ROWS = 100;
const ARRAYS: DapDataset = {
  name: 'roof',
  variables: FIELDS.map(element => ({
    type: 'Array',
    name: element.name,
    element,
    dimensions: [{ name: 'time', size: ROWS }],
  })),
};

const SEEDS = [
  'sensor.time,sensor.a&time>=now-10minutes&time<2026-11-28T06:00:00Z',
  'time,a&sensor.a<={1,2.5,-3e7}&bucket("time/1minute")',
  'sensor[3:2:20]&a!=b&orderByMinMax("time/1day,a")',
  '&orderByMean("time/1hour/offset")&orderByLimit("time/1hour,2")',
  'a[0:7:99],time[5],b[*]',
  'sensor%5B0%3A9%5D&a%3E%3D1',
  '2026-11-28T06:00:00Z..2026-11-28T18:00:00.25Z',
  '2026-11',
];

const NOW = 1_795_824_000;

export const constraints: Target = {
  name: 'constraints',
  seeds: () => SEEDS.map(bytesOfText),
  run(bytes) {
    const text = textOfBytes(bytes);
    const constraint = allows([ConstraintError], () => parseConstraint(text));
    if (constraint !== undefined) {
      const printed = printConstraint(constraint);
      if (printConstraint(parseConstraint(printed)) !== printed)
        throw new Error('expected the same constraint again');
      allows([ConstraintError], () => planConstraint(constraint, SEQUENCE, { now: NOW }));
      const plan = allows([ConstraintError], () => planArrays(constraint, ARRAYS, 'here'));
      for (const { start, count, stride } of plan?.arrays ?? [])
        if (!(start >= 0 && count >= 1 && stride >= 1 && start + (count - 1) * stride < ROWS))
          throw new Error(`expected a part of ${ROWS} rows, found ${start}, ${count}, ${stride}`);
    }
    class NoStretch extends Error {}
    const stretch = allows([NoStretch], () =>
      parseStretch(text, (expected, found) => {
        throw new NoStretch(`${expected}, ${found}`);
      }),
    );
    if (stretch === undefined) return;
    if (!(stretch.from < stretch.to)) throw new Error('expected a stretch with an end after its beginning');
    stretchName(stretch);
  },
};
