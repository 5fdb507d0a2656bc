// Decodes a data response straight from the network, and closes its source however the decoding ends.

import type { DecodedPart } from './decoder.ts';
import { Decoder } from './decoder.ts';
import type { DecodeLimits } from './limits.ts';
import { onAbort } from './on-abort.ts';

export type ByteSource =
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

export interface DecodeStreamOptions {
  /** Ends the decoding, also during a wait for bytes: the generator throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<DecodeLimits>;
}

/**
 * Decodes the bytes of `source` as they come. Throws as `Decoder` does, after the parts that precede the error, or passes on
 * the error of the source. However the decoding ends, also if its consumer leaves early, the source is cancelled or its iterator
 * returned. To stop the generator during a wait, abort the signal: a generator's `return` waits for the bytes.
 */
export async function* decodeStream(
  source: ByteSource,
  options: DecodeStreamOptions = {},
): AsyncGenerator<DecodedPart, void, undefined> {
  const { signal, limits } = options;
  const decoder = new Decoder(limits);
  const pieces = piecesOf(source);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await untilAborted(pieces.next(), signal);
      yield* done === true ? decoder.finish() : decoder.push(value);
      if (decoder.failure !== undefined) throw decoder.failure;
      if (done === true) return;
    }
  } finally {
    // A source that is busy with a piece answers only after that piece: an abort does not wait for it.
    const closed = pieces.close(signal?.reason);
    if (signal?.aborted !== true) await closed;
  }
}

interface Pieces {
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Never rejects: the error of a source that is closed has no reader any more. */
  close(reason: unknown): Promise<void>;
}

function piecesOf(source: ByteSource): Pieces {
  if ('body' in source) return source.body === null ? fromIterator([].values()) : fromStream(source.body);
  if ('getReader' in source) return fromStream(source);
  if (Symbol.asyncIterator in source) return fromIterator(source[Symbol.asyncIterator]());
  return fromIterator(source[Symbol.iterator]());
}

function fromStream(stream: ReadableStream<Uint8Array>): Pieces {
  const reader = stream.getReader();
  return {
    next: () => reader.read(),
    close: async reason => {
      try {
        await reader.cancel(reason);
      } catch {
        // The stream had failed already.
      }
    },
  };
}

function fromIterator(iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>): Pieces {
  return {
    next: async () => iterator.next(),
    close: async () => {
      try {
        await iterator.return?.();
      } catch {
        // The iterator had failed already.
      }
    },
  };
}

/** The result of `work`; rejects with the signal's reason as soon as the signal is aborted. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, reject);
    work.then(resolve, reject).finally(forget);
  });
}
