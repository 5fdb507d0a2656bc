import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  encodeHeader,
  newColumn,
  parseDas,
  parseDds,
  rowEncoder,
  type Sequence,
} from '../../../dap/index.ts';
import { AttemptRun } from '../../../web/stream/attempt-run.ts';
import { describeDataset } from '../../../web/stream/describe.ts';
import { ServerClock } from '../../../web/stream/server-clock.ts';

const DDS = 'Dataset { Sequence { Float64 time; Float64 a; } s; } d;';
const DAS = 'Attributes { s { time { String units "seconds since 1970-01-01"; } } }';

const dataset = parseDds(DDS);
const sequence = dataset.variables[0] as Sequence;

function rowOf(time: number): Uint8Array {
  const columns = sequence.fields.map(field => newColumn(field, 1));
  columns[0]![0] = time;
  return rowEncoder(sequence)({ length: 1, columns });
}

/** A server that started again with a clock an hour behind: it has no row later than the last one of the page, and earlier ones. */
function serveBehind(lastTime: number): { rows: ReadableStreamDefaultController<Uint8Array>[] } {
  const rows: ReadableStreamDefaultController<Uint8Array>[] = [];
  const headers = { Date: new Date((lastTime - 3600) * 1000).toUTCString() };
  vi.stubGlobal('fetch', async (url: string, { signal }: { signal: AbortSignal }) => {
    if (url.includes('.das')) return new Response(DAS, { headers });
    if (url.includes('.dds')) return new Response(DDS, { headers });
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(encodeHeader(dataset));
        // A question for one row has no answer.
        if (decodeURIComponent(url).includes('<=')) return;
        rows.push(controller);
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
    return new Response(body, { headers });
  });
  return { rows };
}

describe('an attempt to go on after the last row', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('goes on with the rows of a server whose clock is behind, however long it takes to find that out', async () => {
    const last = Math.floor(Date.now() / 1000);
    const server = serveBehind(last);
    const taken: number[] = [];
    const context = {
      address: { base: 'http://pi/d', constraint: '' },
      description: describeDataset(dataset, parseDas(DAS)),
      clock: new ServerClock(),
      wake: new EventTarget(),
      place: { mayStayOpen: true },
      events: {
        state: () => {},
        begin: () => {},
        rows: ({ times }: { times: Float64Array }, from: number, to: number) =>
          void taken.push(...times.subarray(from, to)),
        seam: () => {},
      },
    };
    const attempt = { constraint: '', isOfPast: true, isAnew: false, after: last };
    const stop = new AbortController();
    const run = new AttemptRun(context, attempt, false).run(stop.signal);
    const ended = run.catch((error: unknown) => error);
    // The first connection waits for the last row; the second one asks for all rows.
    await vi.advanceTimersByTimeAsync(6000);
    expect(server.rows).toHaveLength(2);
    const send = (time: number) => server.rows.at(-1)!.enqueue(rowOf(time));
    send(last - 3600);
    await vi.advanceTimersByTimeAsync(6000);
    expect(taken).toEqual([(last - 3600) * 1000]);
    await vi.advanceTimersByTimeAsync(30_000);
    send(last - 3599.5);
    await vi.advanceTimersByTimeAsync(1000);
    expect(taken).toHaveLength(2);
    stop.abort(new Error('the test is over'));
    expect(await ended).toMatchObject({ message: 'the test is over' });
  });
});
