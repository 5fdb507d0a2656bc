// Writes rows that consist of numbers only, column by column, as fast as possible (DAP2 draft, section 7.3.2.3).

import type { RowLayout } from '../model/layout.ts';
import { START_OF_INSTANCE } from '../model/layout.ts';
import type { NumberColumn } from '../model/value.ts';
import { putNumbers } from './numbers.ts';

/** Rows that are written column after column before the next rows: few enough to stay in the cache of a core. */
const BLOCK = 1024;

/** Writes rows `from` to `to - 1` with their marks, from `at` on: `(to - from) * layout.stride` bytes. */
export function putFlatRows(
  view: DataView,
  at: number,
  layout: RowLayout,
  columns: readonly NumberColumn[],
  from: number,
  to: number,
): void {
  const { stride } = layout;
  for (let row = from, start = at; row < to; row += BLOCK, start += BLOCK * stride) {
    const end = Math.min(row + BLOCK, to);
    putMarks(view, start, stride, end - row);
    for (let i = 0; i < columns.length; i++) {
      const { type, offset } = layout.columns[i]!;
      putNumbers(type, view, start + offset, stride, columns[i]!, row, end);
    }
  }
}

function putMarks(view: DataView, start: number, stride: number, count: number): void {
  for (let i = 0, at = start; i < count; i++, at += stride) view.setUint32(at, START_OF_INSTANCE);
}
