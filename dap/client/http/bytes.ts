// Collects the bytes of a body, and decodes them as text in their character set.

import { decodeText } from '../../decode/text.ts';

/** Collects pieces of any size in one piece of memory: a million pieces cost no more than their bytes. */
export class ByteCollector {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }
}

/** All bytes of `chunks`. Throws a `RangeError` for more than `limit` bytes, before it takes more memory. */
export async function collectBytes(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
  collector = new ByteCollector(),
): Promise<Uint8Array> {
  for await (const piece of chunks) {
    const room = limit - collector.length;
    collector.add(piece.subarray(0, room));
    if (piece.length > room)
      throw new RangeError(`expected a response of at most ${limit} bytes, found more`);
  }
  return collector.bytes;
}

/**
 * The text of a body in the `charset` of its `Content-Type`. Without one, and for bytes that are invalid in it: UTF-8, or else
 * ISO-8859-1. A byte order mark is left out.
 */
export function bodyText(bytes: Uint8Array, contentType: string | null): string {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType?.slice(0, 1000) ?? '')?.[1];
  return (decodeAs(charset, bytes) ?? decodeText(bytes)).replace(/^\u{feff}/u, '');
}

function decodeAs(charset: string | undefined, bytes: Uint8Array): string | undefined {
  if (charset === undefined) return undefined;
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    // The name is unknown, or the bytes are invalid in that character set.
    return undefined;
  }
}
