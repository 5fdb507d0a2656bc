// Writes a number of a column for JSON.

import { decimal } from '../../../dap/encode/decimal.ts';
import type { SequenceColumn } from '../../source/row-source.ts';

/** A Float32 as the shortest decimal that reads back to it: 0.1, not 0.10000000149011612. */
export function shortest(type: SequenceColumn['type'], value: number): number {
  return type === 'Float32' ? Number(decimal(type, value)) : value;
}
