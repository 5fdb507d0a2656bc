import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FollowOptions, follow, type Rows } from '../../dap/client/index.ts';
import { LoggedDataset } from '../../server/dataset/logged.ts';
import { rowsOf, States } from '../dap/client/collect.ts';
import { type Serving, serving } from '../serving.ts';
import { type Row, SCRIPTED, ScriptedDevice } from './scripted-device.ts';

/** What time it is when a test begins, in whole seconds. */
let now: number;
beforeEach(() => {
  now = Math.floor(Date.now() / 1000);
});

const retry = { base: 0.01, cap: 0.05 };

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A server that is started anew with another clock and an empty memory, at the same port. */
class Machine {
  /** By how many seconds its clock differs from the right one. */
  ahead = 0;
  /** Whether its answers say what its clock reads. */
  tellsDate = true;
  port = 0;
  #serving: Serving | undefined;
  #device = new ScriptedDevice();
  #made = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/scripted`;
  }

  async start(ahead = this.ahead): Promise<void> {
    this.ahead = ahead;
    this.#device = new ScriptedDevice();
    const dataset = new LoggedDataset(SCRIPTED, this.#device);
    this.#serving = await serving({ datasets: [dataset], port: this.port });
    this.port = this.#serving.port;
    this.#serving.app.server.prependListener('request', (_request, response) => {
      response.sendDate = this.tellsDate;
      const date = new Date(Date.now() + this.ahead * 1000).toUTCString();
      if (this.tellsDate) response.setHeader('date', date);
    });
  }

  /** Makes rows of these times by the right clock, which it stamps by its own. */
  async make(...times: readonly number[]): Promise<number[][]> {
    const rows: Row[] = times.map(time => {
      this.#made++;
      return [now + time + this.ahead, this.#made, this.#made, this.#made % 64];
    });
    await this.#device.append(rows);
    return rows.map(row => [...row]) as number[][];
  }

  /** Breaks the connections, and goes on. */
  cut(): void {
    this.#serving?.app.server.closeAllConnections();
  }

  async close(): Promise<void> {
    const serving = this.#serving;
    this.#serving = undefined;
    await serving?.close();
  }
}

/** Follows a machine, and has the rows that come. */
class Reader {
  readonly states = new States();
  readonly rows: number[][] = [];
  readonly #batches: AsyncGenerator<Rows, void, undefined>;

  constructor(url: string, options: FollowOptions = {}) {
    this.#batches = follow(url, { retry, onState: this.states.onState, ...options });
    closing.push({ close: () => this.#batches.return() as Promise<unknown> as Promise<void> });
  }

  get seams(): number {
    return this.states.names.filter(name => name === 'seam').length;
  }

  /** Reads until there are so many rows. */
  async until(count: number): Promise<number[][]> {
    while (this.rows.length < count) {
      const { value, done } = await this.#batches.next();
      if (done === true) break;
      this.rows.push(...rowsOf(value as Rows));
    }
    return this.rows;
  }
}

async function machine(): Promise<Machine> {
  const made = new Machine();
  await made.start();
  closing.push(made);
  return made;
}

describe('a server that starts again with an earlier clock', () => {
  it.each([600, 10 * 365 * 86_400, 20])('by %d s gives all that it has, behind a seam', async back => {
    const pi = await machine();
    const before = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-back);
    const after = await pi.make(0, 1);
    expect(await reader.until(5)).toEqual([...before, ...after]);
    const later = await pi.make(2);
    expect(await reader.until(6)).toEqual([...before, ...after, ...later]);
    expect(reader.seams).toBe(1);
    const seam = reader.states.seen.find(({ state }) => state === 'seam');
    expect(seam).toMatchObject({ last: now - 10, reason: expect.stringContaining('earlier clock') });
    const { serverTime } = seam as { serverTime: number };
    expect(Math.abs(serverTime - (Date.now() / 1000 - back))).toBeLessThan(30);
  });

  it('and whose clock is then set right goes on behind it', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await pi.make(0, 1)));
    await reader.until(5);
    pi.ahead = 0;
    rows.push(...(await pi.make(20, 21)));
    expect(await reader.until(7)).toEqual(rows);
    // A break is then no other seam.
    pi.cut();
    rows.push(...(await pi.make(22)));
    expect(await reader.until(8)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('and whose connection breaks behind the seam gives no row twice', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await pi.make(0)));
    await reader.until(4);
    for (const time of [1, 2, 3]) {
      pi.cut();
      rows.push(...(await pi.make(time)));
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(1);
  });

  it('again and again has a seam each time', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    for (const [index, back] of [100, 50, 5000].entries()) {
      await pi.close();
      await pi.start(-back - (index === 1 ? 100 : 0));
      rows.push(...(await pi.make(index)));
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(3);
  });

  it('which was set right before the client is back gives what it had before that too', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await pi.make(0, 1)));
    pi.ahead = 0;
    rows.push(...(await pi.make(40, 41)));
    expect(await reader.until(7)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('by less than a Date tells loses no row either', async () => {
    const pi = await machine();
    const rows = await pi.make(-4, -3, -2);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-2);
    rows.push(...(await pi.make(-1, -0.5, 0.5)));
    rows.push(...(await pi.make(8)));
    expect(await reader.until(7)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('is met by the projection and the other clauses that were asked for', async () => {
    const pi = await machine();
    const before = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?sensor.b&time>${now - 25}&sensor.b!=5`);
    await reader.until(2);
    await pi.close();
    await pi.start(-600);
    const after = await pi.make(0, 1, 2);
    expect(await reader.until(4)).toEqual(
      [before[1]!, before[2]!, after[0]!, after[2]!].map(([, , b]) => [b]),
    );
  });

  it('is noticed by a stream that begins after a row that the caller has', async () => {
    const pi = await machine();
    await pi.close();
    await pi.start(-600);
    const rows = await pi.make(0, 1);
    const reader = new Reader(pi.url, { after: { time: now - 10 } });
    expect(await reader.until(2)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });
});

describe('no seam is seen', () => {
  it('where the clock is set back while the server runs, and the rows are ahead of it', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    pi.ahead = -600;
    for (const time of [1, 2, 3]) {
      pi.cut();
      pi.ahead = 0;
      rows.push(...(await pi.make(time)));
      pi.ahead = -600;
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(0);
  });

  it('where a server starts again with the right clock', async () => {
    const pi = await machine();
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(0);
    rows.push(...(await pi.make(0, 1)));
    expect(await reader.until(5)).toEqual(rows);
    expect(reader.seams).toBe(0);
  });

  it('where answers tell no Date', async () => {
    const pi = await machine();
    pi.tellsDate = false;
    const rows = await pi.make(-30, -20, -10);
    const reader = new Reader(`${pi.url}?&time>0`);
    await reader.until(3);
    pi.cut();
    rows.push(...(await pi.make(1)));
    expect(await reader.until(4)).toEqual(rows);
    expect(reader.seams).toBe(0);
  });
});
