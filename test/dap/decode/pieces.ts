// Decodes a response whose bytes come in pieces.

import type { DecodedPart } from '../../../dap/decode/index.ts';
import { Decoder } from '../../../dap/decode/index.ts';
import type { Batch, Column, NumberColumn, Value } from '../../../dap/model/value.ts';
import { newColumn } from '../../../dap/model/value.ts';
import type { DapDataset, Sequence } from '../../../dap/model/variable.ts';

/**
 * Decodes the bytes in pieces, the next one of `size()` bytes, and puts the parts together as `decodeAll` does. Every
 * piece lies in memory that is overwritten after the push, as a socket's buffer is.
 */
export function inPieces(bytes: Uint8Array, size: () => number): { dataset: DapDataset; values: Value[] } {
  const decoder = new Decoder();
  const parts: DecodedPart[] = [];
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.slice(at, at + size());
    parts.push(...decoder.push(piece));
    at += piece.length;
    piece.fill(0xee);
  }
  parts.push(...decoder.finish());
  return together(parts);
}

function together(parts: readonly DecodedPart[]): { dataset: DapDataset; values: Value[] } {
  const [first, ...others] = parts;
  if (first?.kind !== 'dataset') throw new Error(`expected the dataset first, found ${first?.kind}`);
  const values: Value[] = [];
  let batches: Batch[] = [];
  for (const part of others) {
    if (part.kind === 'value') values.push(part.value);
    else if (part.kind === 'rows') batches.push(part.batch);
    else if (part.kind === 'end') {
      values.push(joined(part.sequence, batches));
      batches = [];
    } else throw new Error('found a second dataset');
  }
  return { dataset: first.dataset, values };
}

/** The rows of all the batches as one. */
export function joined(sequence: Sequence, batches: readonly Batch[]): Batch {
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  const columns = sequence.fields.map((field, i): Column => {
    const column = newColumn(field, length);
    if (Array.isArray(column)) return batches.flatMap(batch => [...(batch.columns[i] as Value[])]);
    let at = 0;
    for (const batch of batches) {
      column.set(batch.columns[i] as NumberColumn, at);
      at += batch.length;
    }
    return column;
  });
  return { length, columns };
}
