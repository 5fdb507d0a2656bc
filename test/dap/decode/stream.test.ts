import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DecodedPart, DecodeError, decodeStream } from '../../../dap/decode/index.ts';
import { END_OF_SEQUENCE, encodeHeader, rowEncoder } from '../../../dap/encode/index.ts';
import { DapError, printError } from '../../../dap/model/error.ts';
import type { Sequence } from '../../../dap/model/variable.ts';

const sequence: Sequence = { type: 'Sequence', name: 'sensor', fields: [{ type: 'Float64', name: 'time' }] };
const header = encodeHeader({ name: 'pi', variables: [sequence] });
const encode = rowEncoder(sequence);

function rows(...times: number[]): Uint8Array {
  return encode({ length: times.length, columns: [Float64Array.from(times)] });
}

function timesOf(parts: readonly DecodedPart[]): number[] {
  return parts.flatMap(part => (part.kind === 'rows' ? [...(part.batch.columns[0] as Float64Array)] : []));
}

async function collect(parts: AsyncIterable<DecodedPart>, into: DecodedPart[] = []): Promise<DecodedPart[]> {
  for await (const part of parts) into.push(part);
  return into;
}

describe('a response from a server', () => {
  let server: Server;
  let url: string;
  /** Answers the next request. */
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  /** Resolves when the connection of a request is closed: to true if the server had not ended its response. */
  let cutOff: Promise<boolean>;

  beforeEach(async () => {
    server = createServer((request, response) => {
      cutOff = once(response, 'close').then(() => !response.writableEnded);
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' });
      answer(request, response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pi.dods`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });

  it('gives each row when it arrives, long before the end', async () => {
    let response: ServerResponse | undefined;
    answer = (_, opened) => {
      response = opened;
      opened.write(header);
    };
    const parts = decodeStream(await fetch(url));
    expect((await parts.next()).value).toMatchObject({ kind: 'dataset', dataset: { name: 'pi' } });
    for (const time of [1, 2, 3]) {
      response!.write(rows(time));
      const { value } = await parts.next();
      expect(timesOf([value as DecodedPart])).toEqual([time]);
    }
    response!.end(END_OF_SEQUENCE);
    expect((await parts.next()).value).toMatchObject({ kind: 'end' });
    expect((await parts.next()).done).toBe(true);
  });

  it('is let go when its reader has seen enough', async () => {
    answer = (_, response) => {
      response.write(header);
      response.write(rows(1));
    };
    for await (const part of decodeStream(await fetch(url))) if (part.kind === 'rows') break;
    expect(await cutOff).toBe(true);
  });

  it('is let go when the signal is aborted while nothing comes', async () => {
    answer = (_, response) => {
      response.write(header);
      response.write(rows(1));
    };
    const control = new AbortController();
    const parts = decodeStream(await fetch(url), { signal: control.signal });
    expect((await parts.next()).value).toMatchObject({ kind: 'dataset' });
    expect((await parts.next()).value).toMatchObject({ kind: 'rows' });
    const third = parts.next();
    control.abort(new Error('the page is closed'));
    await expect(third).rejects.toThrow('the page is closed');
    expect(await cutOff).toBe(true);
  });

  it('is let go when it is damaged, though the server would go on', async () => {
    answer = (_, response) => {
      response.write(header);
      response.write(Buffer.concat([rows(1, 2), Buffer.from('<html>')]));
    };
    const seen: DecodedPart[] = [];
    await expect(collect(decodeStream(await fetch(url)), seen)).rejects.toThrow(DecodeError);
    expect(timesOf(seen)).toEqual([1, 2]);
    expect(await cutOff).toBe(true);
  });

  it('that is cut off between two rows is no whole response', async () => {
    answer = (_, response) => response.end(Buffer.concat([header, rows(1, 2)]));
    const seen: DecodedPart[] = [];
    await expect(collect(decodeStream(await fetch(url)), seen)).rejects.toThrow(
      /^at byte \d+: expected more bytes of sensor, found the end of the response$/,
    );
    expect(timesOf(seen)).toEqual([1, 2]);
  });

  it('whose connection breaks fails with the error of the connection', async () => {
    answer = (_, response) => {
      response.write(Buffer.concat([header, rows(1, 2)]), () => response.destroy());
    };
    const seen: DecodedPart[] = [];
    const error = await collect(decodeStream(await fetch(url)), seen).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(timesOf(seen)).toEqual([1, 2]);
  });

  it('that is an Error object is thrown as a DapError', async () => {
    answer = (_, response) => response.end(printError(404, 'no such dataset'));
    const error = await collect(decodeStream(await fetch(url))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DapError);
    expect(error).toMatchObject({ code: 404, message: 'no such dataset' });
  });
});

describe('bytes from anywhere else', () => {
  const pieces = [header, rows(1, 2), rows(3), END_OF_SEQUENCE];

  it.each([
    ['a list', () => pieces],
    ['a generator', () => pieces.values()],
    ['a stream', () => new Blob(pieces.map(piece => Uint8Array.from(piece))).stream()],
    ['a response', () => new Response(Buffer.concat(pieces))],
    [
      'an async generator',
      async function* () {
        yield* pieces;
      },
    ],
  ])('decode alike: %s', async (_, source) => {
    const parts = await collect(decodeStream(source()));
    expect(timesOf(parts)).toEqual([1, 2, 3]);
    expect(parts.at(-1)).toEqual({ kind: 'end', sequence });
  });

  it('are no data response if there are none', async () => {
    await expect(collect(decodeStream(new Response(null)))).rejects.toThrow('found nothing');
    await expect(collect(decodeStream([]))).rejects.toThrow('found nothing');
  });

  it('that are no pieces of bytes are refused', async () => {
    const bytes = header as unknown as Iterable<Uint8Array>;
    await expect(collect(decodeStream(bytes))).rejects.toThrow('expected a Uint8Array, found number');
  });

  it('are bound by the limits', async () => {
    await expect(collect(decodeStream(pieces, { limits: { headerBytes: 10 } }))).rejects.toThrow(
      'in the first 10 bytes',
    );
  });

  it('are returned to their generator when their reader leaves, and when they are damaged', async () => {
    let returned = 0;
    async function* source(...of: Uint8Array[]) {
      try {
        yield* of;
      } finally {
        returned += 1;
      }
    }
    for await (const _ of decodeStream(source(...pieces))) break;
    expect(returned).toBe(1);
    await expect(collect(decodeStream(source(header, Uint8Array.of(1, 2, 3, 4))))).rejects.toThrow(
      DecodeError,
    );
    expect(returned).toBe(2);
  });

  it('that fail to come fail with the reason of their source', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(control) {
        control.enqueue(header);
      },
      pull(control) {
        control.error(new Error('cable pulled'));
      },
    });
    await expect(collect(decodeStream(broken))).rejects.toThrow('cable pulled');
  });
});

describe('a signal', () => {
  /** A source that gives the header and then nothing, and cannot be interrupted. */
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield header;
    await new Promise(() => {});
  }

  it('ends a wait that its source would never end', async () => {
    const control = new AbortController();
    const parts = decodeStream(silent(), { signal: control.signal });
    await parts.next();
    const waiting = parts.next();
    // By the next turn the source is busy, and would answer a call of `return` only after the piece that never comes.
    await new Promise(setImmediate);
    control.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('that is aborted from the beginning lets nothing be read, and cancels the stream', async () => {
    let reason: unknown;
    const stream = new ReadableStream<Uint8Array>({
      cancel(given) {
        reason = given;
      },
    });
    const parts = decodeStream(stream, { signal: AbortSignal.abort(new Error('too late')) });
    await expect(parts.next()).rejects.toThrow('too late');
    expect(reason).toEqual(new Error('too late'));
  });

  it('carries no listener afterwards, however many pieces there were', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const pieces = [header, ...Array.from({ length: 50 }, (_, i) => rows(i)), END_OF_SEQUENCE];
    await collect(decodeStream(pieces, { signal }));
    expect(listeners).toBe(0);
  });
});
