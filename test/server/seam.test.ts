import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FollowOptions } from '../../dap/client/index.ts';
import { Reader } from '../dap/client/collect.ts';
import { ClockedMachine } from './clocked-machine.ts';

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

function readerOf(url: string, options: FollowOptions = {}): Reader {
  const reader = new Reader(url, { retry, ...options });
  closing.push(reader);
  return reader;
}

async function machine(): Promise<ClockedMachine> {
  const made = new ClockedMachine();
  await made.start();
  closing.push(made);
  return made;
}

/** Has `pi` make one row at each of `seconds` after the test began. */
function make(pi: ClockedMachine, ...seconds: readonly number[]): Promise<number[][]> {
  return pi.make(...seconds.map(second => now + second));
}

describe('a server that starts again with an earlier clock', () => {
  it.each([600, 10 * 365 * 86_400, 20])('by %d s gives all that it has, behind a seam', async back => {
    const pi = await machine();
    const before = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-back);
    const after = await make(pi, 0, 1);
    expect(await reader.until(5)).toEqual([...before, ...after]);
    const later = await make(pi, 2);
    expect(await reader.until(6)).toEqual([...before, ...after, ...later]);
    expect(reader.seams).toBe(1);
    const seam = reader.states.seen.find(({ state }) => state === 'seam');
    expect(seam).toMatchObject({ last: now - 10, reason: expect.stringContaining('earlier clock') });
    const { serverTime } = seam as { serverTime: number };
    expect(Math.abs(serverTime - (Date.now() / 1000 - back))).toBeLessThan(30);
  });

  it('and whose clock is then set right goes on behind it', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await make(pi, 0, 1)));
    await reader.until(5);
    pi.ahead = 0;
    rows.push(...(await make(pi, 20, 21)));
    expect(await reader.until(7)).toEqual(rows);
    // A break is then no other seam.
    pi.cut();
    rows.push(...(await make(pi, 22)));
    expect(await reader.until(8)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('and whose connection breaks behind the seam gives no row twice', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await make(pi, 0)));
    await reader.until(4);
    for (const time of [1, 2, 3]) {
      pi.cut();
      rows.push(...(await make(pi, time)));
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(1);
  });

  it('again and again has a seam each time', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    for (const [index, back] of [100, 50, 5000].entries()) {
      await pi.close();
      await pi.start(-back - (index === 1 ? 100 : 0));
      rows.push(...(await make(pi, index)));
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(3);
  });

  it('which was set right before the client is back gives what it had before that too', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-600);
    rows.push(...(await make(pi, 0, 1)));
    pi.ahead = 0;
    rows.push(...(await make(pi, 40, 41)));
    expect(await reader.until(7)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('by less than a Date tells loses no row either', async () => {
    const pi = await machine();
    const rows = await make(pi, -4, -3, -2);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(-2);
    rows.push(...(await make(pi, -1, -0.5, 0.5)));
    rows.push(...(await make(pi, 8)));
    expect(await reader.until(7)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });

  it('is met by the projection and the other clauses that were asked for', async () => {
    const pi = await machine();
    const before = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?sensor.b&time>${now - 25}&sensor.b!=5`);
    await reader.until(2);
    await pi.close();
    await pi.start(-600);
    const after = await make(pi, 0, 1, 2);
    expect(await reader.until(4)).toEqual(
      [before[1]!, before[2]!, after[0]!, after[2]!].map(([, , b]) => [b]),
    );
  });

  it('is noticed by a stream that begins after a row that the caller has', async () => {
    const pi = await machine();
    await pi.close();
    await pi.start(-600);
    const rows = await make(pi, 0, 1);
    const reader = readerOf(pi.url, { after: { time: now - 10 } });
    expect(await reader.until(2)).toEqual(rows);
    expect(reader.seams).toBe(1);
  });
});

describe('no seam is seen', () => {
  it('where the clock is set back while the server runs, and the rows are ahead of it', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    pi.ahead = -600;
    for (const time of [1, 2, 3]) {
      pi.cut();
      pi.ahead = 0;
      rows.push(...(await make(pi, time)));
      pi.ahead = -600;
      expect(await reader.until(rows.length)).toEqual(rows);
    }
    expect(reader.seams).toBe(0);
  });

  it('where a server starts again with the right clock', async () => {
    const pi = await machine();
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    await pi.close();
    await pi.start(0);
    rows.push(...(await make(pi, 0, 1)));
    expect(await reader.until(5)).toEqual(rows);
    expect(reader.seams).toBe(0);
  });

  it('where answers tell no Date', async () => {
    const pi = await machine();
    pi.tellsDate = false;
    const rows = await make(pi, -30, -20, -10);
    const reader = readerOf(`${pi.url}?&time>0`);
    await reader.until(3);
    pi.cut();
    rows.push(...(await make(pi, 1)));
    expect(await reader.until(4)).toEqual(rows);
    expect(reader.seams).toBe(0);
  });
});
