// Encodes batches of rows as the bytes of a growing Sequence (DAP2 draft, section 7.3.2.3).

import { rowLayout } from '../model/layout.ts';
import type { Batch } from '../model/value.ts';
import type { Sequence } from '../model/variable.ts';
import { XdrWriter } from './writer.ts';
import { rowWriter } from './xdr.ts';

/** The mark after the last row of a Sequence (DAP2 draft, section 7.3.2.3). */
export const END_OF_SEQUENCE: Uint8Array = Uint8Array.of(0xa5, 0, 0, 0);

/** The bytes of a row with its mark; undefined if rows differ in size. */
export function xdrRowSize(sequence: Sequence): number | undefined {
  return rowLayout(sequence)?.stride;
}

/** Encodes the rows `from` to `to - 1` of a batch, as `rowEncoder` and `asciiEncoder` describe. */
export type RowEncoder = (batch: Batch, from?: number, to?: number, into?: Uint8Array) => Uint8Array;

/**
 * An encoder for rows of `sequence` as XDR. It encodes the rows `from` (by default 0) to `to - 1` (by default the last one) of a
 * batch, each with the mark before it; the caller adds the end mark. Rows of numbers only have a fast path. The bytes are the
 * beginning of `into`, if they fit into it, else new memory that the caller owns. Throws a `TypeError` or a `RangeError` that names
 * the column and the row that do not fit.
 */
export function rowEncoder(sequence: Sequence): RowEncoder {
  const writeRows = rowWriter(sequence, sequence.name);
  // Rows of numbers allocate their exact size at once; other rows grow.
  const capacity = xdrRowSize(sequence) === undefined ? 1024 : 0;
  return (batch, from = 0, to = batch.length, into) => {
    const out = new XdrWriter(into ?? capacity);
    writeRows(out, batch, from, to);
    return out.finish();
  };
}
