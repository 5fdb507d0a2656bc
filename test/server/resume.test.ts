import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type FollowState, follow, read } from '../../dap/client/index.ts';
import type { Batch } from '../../dap/index.ts';
import { rowsOf } from '../dap/client/collect.ts';
import { type Wire, wireTo } from '../dap/client/station.ts';
import { type Serving, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory } from './datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from './scripted-source.ts';

const CUTS = 100;

/** Attempts that follow each other at once. */
const AT_ONCE = { base: 0.002, cap: 0.004 };

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A server whose rows come when the test says so. */
class Source {
  readonly device = new ScriptedSource();
  readonly dataset = inMemory(SCRIPTED, this.device);
  #time: number;
  #count = 0;

  /** `from`: the time of its first row. */
  constructor(from = EPOCH) {
    this.#time = from;
  }

  get lastTime(): number {
    return this.#time;
  }

  async serve(port = 0): Promise<Serving> {
    const server = await serving({ datasets: [this.dataset], port });
    closing.push(server);
    return server;
  }

  /** Makes rows, each a little later than the one before. */
  make(rows: number): Promise<void> {
    const made: Row[] = Array.from({ length: rows }, () => {
      this.#count += 1;
      this.#time += 0.25 + (this.#count % 7) / 10;
      return [
        this.#time,
        this.#count % 5 === 0 ? Number.NaN : this.#count / 3,
        this.#count,
        this.#count % 64,
      ];
    });
    return this.device.append(made);
  }
}

async function wire(port: number, allowed: (connection: number) => number | undefined): Promise<Wire> {
  const made = await wireTo(port, allowed);
  closing.push(made);
  return made;
}

/** What the server says that it held, of a window. */
async function window(server: Serving, from: number, to: number): Promise<number[][]> {
  const { values } = await read(`${server.url}/scripted`, { constraint: `&time>=${from}&time<=${to}` });
  const { length, columns } = values[0] as Batch;
  return Array.from({ length }, (_, row) => columns.map(column => Number(column[row])));
}

describe('following over a wire that breaks', () => {
  it.each([1, 2])('a hundred times at any byte gives every row once (seed %d)', async seed => {
    // The answer's head takes some 1,100 bytes, of which some connections see the end and others do not.
    const limits = fc.sample(fc.integer({ min: 0, max: 3000 }), { numRuns: CUTS, seed });
    const source = new Source();
    const server = await source.serve();
    const { origin, carried } = await wire(server.port, connection => limits[connection]);
    await source.make(10);
    // Rows come whatever the connection does: while there is none, and in the middle of the answer.
    let making = Promise.resolve();
    const more = (rows: number) => {
      making = making.then(() => source.make(rows));
    };
    const onState = ({ state }: FollowState) => {
      if (state === 'reconnecting') more(9);
      if (state === 'waiting') more(3);
    };
    const received: number[][] = [];
    for await (const batch of follow(`${origin}/scripted`, { retry: AT_ONCE, onState })) {
      received.push(...rowsOf(batch));
      if (carried.length > CUTS && received.at(-1)![0] === source.lastTime) break;
      more(2);
      await making;
    }
    expect(carried.length).toBe(CUTS + 1);
    expect(received.length).toBeGreaterThan(CUTS * 5);
    expect(received).toEqual(await window(server, received[0]![0]!, source.lastTime));
  });

  it('gives a row range and its selection whole, neither a row more nor one less', async () => {
    const source = new Source();
    const server = await source.serve();
    await source.make(5000);
    const limits = fc.sample(fc.integer({ min: 900, max: 1500 }), { numRuns: CUTS, seed: 4 });
    const { origin } = await wire(server.port, connection => limits[connection]);
    const constraint = `time,b[3:2:801]&time>=${EPOCH}&b!=17`;
    const received: number[][] = [];
    for await (const batch of follow(`${origin}/scripted`, { constraint, retry: AT_ONCE })) {
      received.push(...rowsOf(batch));
    }
    const { values } = await read(`${server.url}/scripted`, { constraint });
    const { length, columns } = values[0] as Batch;
    expect(length).toBe(400);
    expect(received).toEqual(Array.from({ length }, (_, row) => columns.map(column => Number(column[row]))));
  });
});

describe('following a server that is restarted', () => {
  it.each(['in order', 'by a crash'])(
    '%s goes on with the rows of the new one, and gives none twice',
    async how => {
      const first = new Source();
      const old = await first.serve();
      const states: FollowState['state'][] = [];
      const rows: number[][] = [];
      const followed = follow(`${old.url}/scripted`, {
        retry: AT_ONCE,
        onState: ({ state }) => states.push(state),
      });
      const took = followed.next();
      while (!states.includes('waiting')) await new Promise(setImmediate);
      await first.make(50);
      rows.push(...rowsOf((await took).value!));
      while (rows.at(-1)![0] !== first.lastTime) rows.push(...rowsOf((await followed.next()).value!));
      const before = await window(old, rows[0]![0]!, first.lastTime);
      expect(rows).toEqual(before);

      const next = followed.next();
      if (how === 'by a crash') {
        old.app.server.close();
        old.app.server.closeAllConnections();
        // Lost with the log that held them: they came after the connection broke.
        await first.make(20);
      }
      await old.close();
      const second = new Source(first.lastTime + 60);
      await second.make(30);
      const restarted = await second.serve(old.port);
      rows.push(...rowsOf((await next).value!));
      await second.make(30);
      while (rows.at(-1)![0] !== second.lastTime) rows.push(...rowsOf((await followed.next()).value!));
      await followed.return();
      expect(rows).toEqual([...before, ...(await window(restarted, second.lastTime - 1e6, second.lastTime))]);
      expect(rows.length).toBe(before.length + 60);
    },
  );

  it('goes on to an upper bound that was still to come when the old one ended its streams', async () => {
    const old = await serving({ interval: 0.02 });
    const high = Date.now() / 1000 + 4;
    const followed = follow(`${old.url}/roberrypi?time&time<${high}`, { retry: AT_ONCE });
    const times: number[] = [];
    const first = await followed.next();
    times.push(...(first.value!.columns[0] as Float64Array));
    const [, restarted] = await Promise.all([
      followed.next(),
      old.close().then(() => serving({ interval: 0.02, port: old.port })),
    ]);
    for await (const { columns } of followed) times.push(...(columns[0] as Float64Array));
    await restarted.close();
    // To the end, and no further.
    expect(times.at(-1)!).toBeLessThan(high);
    expect(times.at(-1)!).toBeGreaterThan(high - 1);
    expect(times.every((time, row) => row === 0 || time > times[row - 1]!)).toBe(true);
  }, 60_000);
});
