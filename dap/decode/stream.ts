// How is a data response decoded straight from the network, so that no socket stays behind?

import type { DecodedPart } from './decoder.ts';
import { Decoder } from './decoder.ts';
import type { DecodeLimits } from './limits.ts';

export type ByteSource =
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

export interface DecodeStreamOptions {
  /** Ends the decoding, also while it waits for bytes: the generator throws the signal's reason. */
  readonly signal?: AbortSignal;
  readonly limits?: Partial<DecodeLimits>;
}

/**
 * Decodes the bytes of `source` as they come. Throws as `Decoder` does, with the parts before the trouble given out
 * first, or what the source throws. However it ends, and also when its consumer leaves early, the source is cancelled
 * or its iterator returned. To stop it while it waits, abort the signal: a generator's `return` waits for the bytes.
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
    // A source that is still busy with a piece answers only after that piece: nobody waits for it after an abort.
    const closed = pieces.close(signal?.reason);
    if (signal?.aborted !== true) await closed;
  }
}

interface Pieces {
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Never rejects: what a source says about being closed has no reader any more. */
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

/** What `work` gives, or the signal's reason as soon as it is aborted. No trace is left on the signal afterwards. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
