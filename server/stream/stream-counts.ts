// What have streams done since the start? Counts for each dataset, encoding and class of client.

import type { AddressClass } from '../network/address-class.ts';
import type { EncodingName } from './encoding.ts';

/** Streams that are counted together. */
export interface StreamKind {
  readonly dataset: string;
  readonly encoding: EncodingName;
  readonly client: AddressClass;
}

/**
 * How a stream ended: whole, with its end marker; left by its client; cut off because the client took nothing; displaced by
 * another client after a time without a row; failed, for a source that broke or an error of ours.
 */
export type StreamEnd = 'complete' | 'left' | 'cut-off' | 'displaced' | 'failed';

/** None of the numbers ever gets less. */
export class StreamCounts {
  begun = 0;
  readonly ended: Record<StreamEnd, number> = { complete: 0, left: 0, 'cut-off': 0, displaced: 0, failed: 0 };
  /** Streams that were refused for a limit. */
  refused = 0;
  /** Rows that were handed to clients' connections. */
  rows = 0;
  /** Bytes of bodies that were handed to clients' connections: header, rows and end marker, without what HTTP puts around them. */
  bytes = 0;
}

export class CountedStreams {
  readonly #byKind = new Map<string, StreamCounts>();

  of({ dataset, encoding, client }: StreamKind): StreamCounts {
    const key = `${dataset} ${encoding} ${client}`;
    const known = this.#byKind.get(key);
    if (known !== undefined) return known;
    const counts = new StreamCounts();
    this.#byKind.set(key, counts);
    return counts;
  }

  /** One number over all kinds. */
  sum(number: (counts: StreamCounts) => number): number {
    let sum = 0;
    for (const counts of this.#byKind.values()) sum += number(counts);
    return sum;
  }
}
