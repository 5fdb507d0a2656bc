import { describe, expect, it } from 'vitest';
import type { Atomic, Batch } from '../../../dap/index.ts';
import { LogCursor } from '../../../server/log/cursor.ts';
import { RowLog } from '../../../server/log/row-log.ts';

const FIELDS: Atomic[] = [
  { type: 'Float64', name: 'time' },
  { type: 'Int32', name: 'count' },
];

function rows(...times: number[]): Batch {
  return {
    length: times.length,
    columns: [Float64Array.from(times), Int32Array.from(times, time => time * 10)],
  };
}

function readAll(cursor: LogCursor): number[][] {
  const found: number[][] = [];
  for (let batch = cursor.next(); batch !== undefined; batch = cursor.next()) {
    const [times, counts] = batch.columns as [Float64Array, Int32Array];
    for (let row = 0; row < batch.length; row += 1) found.push([times[row]!, counts[row]!]);
  }
  return found;
}

const never = new AbortController().signal;

describe('the row log', () => {
  it('gives back its rows in order, from any position', () => {
    const log = new RowLog(FIELDS, { rows: 10, bytes: 1e6 });
    log.append(rows(1, 2, 3));
    log.append(rows(4));
    expect(readAll(new LogCursor(log, 0))).toEqual([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]);
    expect(readAll(new LogCursor(log, 2))).toEqual([
      [3, 30],
      [4, 40],
    ]);
  });

  it('keeps the newest rows when it is full, across the ring’s end', () => {
    const log = new RowLog(FIELDS, { rows: 3, bytes: 1e6 });
    for (let time = 1; time <= 7; time += 1) log.append(rows(time));
    expect(log.first).toBe(4);
    expect(readAll(new LogCursor(log, log.first)).map(([time]) => time)).toEqual([5, 6, 7]);
  });

  it('is bounded by bytes as well as by rows', () => {
    expect(new RowLog(FIELDS, { rows: 1000, bytes: 120 }).capacity).toBe(10);
    expect(new RowLog(FIELDS, { rows: 5, bytes: 120 }).capacity).toBe(5);
  });

  it('finds the oldest row at or after a time, also after the ring has turned', () => {
    const log = new RowLog(FIELDS, { rows: 4, bytes: 1e6 });
    for (let time = 10; time <= 60; time += 10) log.append(rows(time));
    expect([0, 30, 35, 40, 60, 61].map(time => log.find(time))).toEqual([2, 2, 3, 3, 5, 6]);
  });

  it('moves a reader that it overtook to the oldest row, and counts what that reader missed', () => {
    const log = new RowLog(FIELDS, { rows: 3, bytes: 1e6 });
    const cursor = new LogCursor(log, 0);
    for (let time = 1; time <= 8; time += 1) log.append(rows(time));
    expect(readAll(cursor).map(([time]) => time)).toEqual([6, 7, 8]);
    expect(cursor.missed).toBe(5);
  });

  it('wakes every reader when a row comes', async () => {
    const log = new RowLog(FIELDS);
    const cursors = Array.from({ length: 5 }, () => new LogCursor(log, log.end));
    const waits = cursors.map(cursor => cursor.more(never));
    log.append(rows(1));
    expect(await Promise.all(waits)).toEqual([true, true, true, true, true]);
    expect(cursors.map(readAll)).toEqual(cursors.map(() => [[1, 10]]));
  });

  it('lets a reader that gives up go at once, and keeps nothing of it', async () => {
    const log = new RowLog(FIELDS);
    const gone = new AbortController();
    const wait = new LogCursor(log, 0).more(gone.signal);
    gone.abort();
    expect(await wait).toBe(false);
  });

  it('ends its readers when it is closed, after the rows that they have not read', async () => {
    const log = new RowLog(FIELDS);
    const behind = new LogCursor(log, 0);
    const waiting = new LogCursor(log, 1);
    log.append(rows(1));
    const wait = waiting.more(never);
    log.close();
    expect(await wait).toBe(false);
    expect(await behind.more(never)).toBe(true);
    expect(readAll(behind)).toEqual([[1, 10]]);
    expect(await behind.more(never)).toBe(false);
  });

  it('refuses columns that do not begin with a Float64 time', () => {
    expect(() => new RowLog([{ type: 'Int32', name: 'time' }])).toThrow(
      'expected a Float64 time as the first column, found Int32',
    );
  });
});
