// Defines a run of rows that fits into one file.

import type { PositionedRows } from '../../store/row-store.ts';

/** Rows of one UTC day, one behind another. */
export interface StorableRun extends PositionedRows {
  readonly day: number;
  /** Rows between the run before and this one that no file can hold. */
  readonly unfitBefore: number;
}
