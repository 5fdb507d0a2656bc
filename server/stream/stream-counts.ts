// Counts streams, rows and bytes since the start, for each dataset, format and class of client.

import type { AddressClass } from '../network/address-class.ts';

/** Streams that are counted together. */
export interface StreamKind {
  readonly dataset: string;
  /** The name of the row format. */
  readonly format: string;
  readonly client: AddressClass;
}

/**
 * How a stream ended: complete, with its end marker; left by its client; cut off because the client took nothing; displaced by
 * another client after a time without a row; failed, because the source broke or by an internal error.
 */
export type StreamEnd = 'complete' | 'left' | 'cut-off' | 'displaced' | 'failed';

/** Numbers that never decrease. */
export class StreamCounts {
  begun = 0;
  readonly ended: Record<StreamEnd, number> = { complete: 0, left: 0, 'cut-off': 0, displaced: 0, failed: 0 };
  /** Streams refused because of a limit. */
  refused = 0;
  /** Rows handed to clients' connections. */
  rows = 0;
  /** Bytes of bodies handed to clients' connections: head, rows and end marker, without the framing of HTTP. */
  bytes = 0;
}

export class CountedStreams {
  readonly #byKind = new Map<string, StreamCounts>();

  of(kind: StreamKind): StreamCounts {
    const key = keyOf(kind);
    const known = this.#byKind.get(key);
    if (known !== undefined) return known;
    const counts = new StreamCounts();
    this.#byKind.set(key, counts);
    return counts;
  }

  /** The counts of these streams, if any were counted or asked for. */
  known(kind: StreamKind): StreamCounts | undefined {
    return this.#byKind.get(keyOf(kind));
  }

  /** The sum of one number over all kinds. */
  sum(number: (counts: StreamCounts) => number): number {
    let sum = 0;
    for (const counts of this.#byKind.values()) sum += number(counts);
    return sum;
  }
}

function keyOf({ dataset, format, client }: StreamKind): string {
  return `${dataset} ${format} ${client}`;
}
