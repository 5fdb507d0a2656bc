// How do a reader's rows become the bytes of a response? Header at once, rows as they come, the end marker.

import { setImmediate as turn } from 'node:timers/promises';
import {
  asciiHeader,
  asciiRows,
  type Batch,
  END_OF_SEQUENCE,
  encodeHeader,
  type Plan,
  RowReader,
  rowEncoder,
} from '../dap/index.ts';
import type { Cursor } from './log/cursor.ts';

/** One way to write a constrained Sequence. */
export interface Encoding {
  readonly header: Uint8Array;
  rows(batch: Batch): Uint8Array;
  readonly end: Uint8Array;
}

/** `.dods`: the DDS, `Data:`, then XDR. */
export function dodsEncoding(plan: Plan): Encoding {
  return { header: encodeHeader(plan.dataset), rows: rowEncoder(plan.sequence), end: END_OF_SEQUENCE };
}

/** `.asc`: the DDS, a line of names, then one row a line. */
export function asciiEncoding(plan: Plan): Encoding {
  return {
    header: Buffer.from(asciiHeader(plan.dataset)),
    rows: batch => Buffer.from(asciiRows(plan.sequence, batch)),
    end: new Uint8Array(0),
  };
}

/** After so many rows a client that reads as fast as it can leaves the event loop to the others. */
const ROWS_A_TURN = 4096;

/**
 * The bytes of one response. It ends when the plan is fulfilled or the cursor has no more rows; an aborted `signal` ends
 * it within milliseconds, also while it waits. The cursor is closed in any case.
 */
export async function* responseBody(
  encoding: Encoding,
  plan: Plan,
  cursor: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = new RowReader(plan);
  let sinceTurn = 0;
  try {
    yield encoding.header;
    let done = isEmpty(plan);
    while (!done && (await cursor.more(signal))) {
      for (let rows = cursor.next(); rows !== undefined && !done; rows = cursor.next()) {
        const next = reader.next(rows);
        done = next.done;
        if (next.batch.length > 0) yield encoding.rows(next.batch);
        sinceTurn += rows.length;
        if (sinceTurn >= ROWS_A_TURN) {
          await turn();
          sinceTurn = 0;
        }
        if (signal.aborted) return;
      }
    }
    if (encoding.end.length > 0) yield encoding.end;
  } finally {
    await cursor.close();
  }
}

/** True where no row can match whatever comes: a client that asks for it gets its answer at once. */
function isEmpty({ time }: Plan): boolean {
  return time.low > time.high || (time.low === time.high && !(time.lowInclusive && time.highInclusive));
}
