// How do batches of rows become the bytes of a Sequence that is still growing?

import { rowLayout } from '../model/layout.ts';
import type { Batch } from '../model/value.ts';
import type { Sequence } from '../model/variable.ts';
import { XdrWriter } from './writer.ts';
import { rowWriter } from './xdr.ts';

/** What follows the last row of a Sequence (DAP2 draft, section 7.3.2.3). */
export const END_OF_SEQUENCE: Uint8Array = Uint8Array.of(0xa5, 0, 0, 0);

/** Bytes of a row with the mark before it; undefined where they differ from row to row. */
export function xdrRowSize(sequence: Sequence): number | undefined {
  return rowLayout(sequence)?.stride;
}

/** Encodes rows; `rowEncoder` and `asciiEncoder` say which. */
export type RowEncoder = (batch: Batch, from?: number, to?: number, into?: Uint8Array) => Uint8Array;

/**
 * An encoder for rows of `sequence`: of a batch, the rows `from` (0 where left out) to `to - 1` (the last one where left
 * out), each with the mark before it; the end mark is the caller's. Rows of numbers alone take a fast way. The bytes are
 * the beginning of `into` where the caller gives memory that they fit into, else new and the caller's own. A TypeError or
 * RangeError names the column and the row that do not fit.
 */
export function rowEncoder(sequence: Sequence): RowEncoder {
  const writeRows = rowWriter(sequence, sequence.name);
  // Rows of numbers take their memory at once, so that nothing is left over to be cut off; others grow.
  const capacity = xdrRowSize(sequence) === undefined ? 1024 : 0;
  return (batch, from = 0, to = batch.length, into) => {
    const out = new XdrWriter(into ?? capacity);
    writeRows(out, batch, from, to);
    return out.finish();
  };
}
