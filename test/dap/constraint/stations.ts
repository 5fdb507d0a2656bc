// Declares the dataset that the tests of constraints use, and makes batches of its rows.

import { type Plan, parseConstraint, planConstraint } from '../../../dap/constraint/index.ts';
import type { Batch } from '../../../dap/model/value.ts';
import type { DapDataset } from '../../../dap/model/variable.ts';

/** 2026-11-21T10:00:00Z. */
export const NOW = 1_795_255_200;

export const stations: DapDataset = {
  name: 'roberrypi',
  variables: [
    {
      type: 'Sequence',
      name: 'sensor',
      fields: [
        { type: 'Float64', name: 'time' },
        { type: 'Float64', name: 'temperature' },
        { type: 'Float32', name: 'voltage' },
        { type: 'Int32', name: 'count' },
        { type: 'String', name: 'state' },
      ],
    },
  ],
};

export function planOf(query: string): Plan {
  return planConstraint(parseConstraint(query), stations, { now: NOW });
}

export interface Row {
  readonly time: number;
  readonly temperature: number;
  readonly voltage: number;
  readonly count: number;
  readonly state: string;
}

export function batchOf(rows: readonly Row[]): Batch {
  return {
    length: rows.length,
    columns: [
      Float64Array.from(rows, row => row.time),
      Float64Array.from(rows, row => row.temperature),
      Float32Array.from(rows, row => row.voltage),
      Int32Array.from(rows, row => row.count),
      rows.map(row => row.state),
    ],
  };
}
