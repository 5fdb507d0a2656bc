import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { openStreams } from './holdings.ts';
import { lines, listed, rowsOf } from './thinned-rows.ts';

let server: Serving;
afterEach(() => server.close());

const PATIENCE = { timeout: 10_000, interval: 5 };

describe('a live stream of result rows', () => {
  it('sends a row when the first row of the next interval comes, and the last one before its end', async () => {
    server = await serving({ interval: 0.02 });
    const high = Math.floor(Date.now() / 1000) + 1.95;
    const rows: { start: number; count: number; at: number }[] = [];
    for await (const line of lines(server, `roberrypi.asc?time,row_count&time<${high}&bucket("time/0.5")`)) {
      const [start, count] = line.split(', ').map(Number) as [number, number];
      rows.push({ start, count, at: Date.now() / 1000 });
    }
    expect(rows.length).toBeGreaterThan(2);
    for (const { start, count, at } of rows.slice(0, -1)) {
      expect(start % 0.5).toBe(0);
      expect(count).toBeGreaterThan(0);
      expect(at).toBeGreaterThanOrEqual(start + 0.5);
    }
    const last = rows.at(-1)!;
    expect(last.start).toBe(Math.floor(high * 2) / 2);
    expect(last.at).toBeGreaterThanOrEqual(high);
  });

  it('sends the last row when the upper bound is past, though no row comes any more', async () => {
    server = await serving({ interval: 60 });
    await vi.waitUntil(() => server.datasets[0]!.status().rows > 0, PATIENCE);
    const { batch } = await rowsOf(
      server,
      'roberrypi.dods?row_count&time<now%2B1second&bucket("time/100years")',
    );
    expect(listed(batch)).toEqual([[1]]);
  });

  it('begins with the whole of the interval that is running', async () => {
    server = await serving({ interval: 0.02 });
    const day = lines(server, 'roberrypi.asc?time,row_count&bucket("time/1second")');
    const { value } = (await day.next()) as { value: string };
    const [start, count] = value.split(', ').map(Number) as [number, number];
    await day.return();
    const again = await rowsOf(
      server,
      `roberrypi.dods?time,row_count&time>=${start}&time<${start + 1}&bucket("time/1second")`,
    );
    expect(listed(again.batch)).toEqual([[start, count]]);
  });

  it('ends with what has come of the last interval when the server closes', async () => {
    server = await serving({ interval: 0.02 });
    const stream = lines(server, 'roberrypi.asc?time,row_count,temperature_count&bucket("time/100years")');
    const first = stream.next();
    await vi.waitUntil(() => server.datasets[0]!.status().rows >= 3, PATIENCE);
    await vi.waitUntil(async () => (await openStreams(server)) === 1, PATIENCE);
    await server.close();
    const [start, count, present] = String((await first).value)
      .split(', ')
      .map(Number);
    expect(start).toBe(Date.UTC(2000, 0) / 1000);
    expect(count).toBeGreaterThanOrEqual(3);
    expect(present).toBe(count);
    expect((await stream.next()).done).toBe(true);
  });

  it('ends so at interval 0 too', async () => {
    server = await serving({ interval: 0 });
    const rows: number[][] = [];
    let closed: Promise<void> | undefined;
    for await (const line of lines(server, 'roberrypi.asc?time,row_count&time>=1e9&bucket("time/1000")')) {
      rows.push(line.split(', ').map(Number));
      closed ??= server.close();
    }
    await closed;
    const last = rows.pop()!;
    expect(rows).toEqual(rows.map((_, row) => [1e9 + row * 1000, 1000]));
    expect(last[0]).toBe(1e9 + rows.length * 1000);
    expect(last[1]).toBeGreaterThan(0);
    expect(last[1]).toBeLessThanOrEqual(1000);
  });
});
