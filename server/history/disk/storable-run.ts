// Defines a run of rows that fits into one file.

import type { PositionedRows } from '../../store/row-store.ts';
import type { StoredAs } from '../waiting-rows.ts';

/** Rows of one UTC day, one behind another. */
export interface StorableRun extends PositionedRows {
  readonly day: number;
  /** Rows between the run before and this one that no file can hold. */
  readonly unfitBefore: number;
  /** Undefined for rows with the columns of the store that writes them. */
  readonly as?: StoredAs;
}
