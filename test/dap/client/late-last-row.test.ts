import { describe, expect, it } from 'vitest';
import type { FollowOptions } from '../../../dap/client/index.ts';
import { Reader } from './collect.ts';
import { closedAfterTest, station } from './opened.ts';
import { head, type Row, type Station } from './station.ts';

/** The row that is made some seconds ahead of the present clock. */
const NOW = Math.floor(Date.now() / 1000);
const rowAt = (seconds: number): Row => [NOW + seconds, seconds];

/** Follows a station from its beginning on. */
function readerOf(url: string, options: FollowOptions = {}): Reader {
  const retry = { base: 0.001, cap: 0.002 };
  return closedAfterTest(new Reader(url, { constraint: '&time>0', retry, ...options }));
}

/** Starts the station again with these rows. */
async function restart(pi: Station, rows: readonly Row[]): Promise<void> {
  const { port } = pi;
  await pi.crash();
  pi.rows.splice(0, pi.rows.length, ...rows);
  pi.queries.length = 0;
  await pi.open(port);
}

/** Has the station answer the next request for the rows from `row` on with none of them. */
function leaveOut(pi: Station, [time]: Row): void {
  const { before } = pi;
  let isLate = true;
  pi.before = (request, response, number) => {
    if (before(request, response, number)) return true;
    if (!isLate || !decodeURIComponent(request.url ?? '').endsWith(`&sensor.time>=${time}`)) return false;
    isLate = false;
    response.write(`${head()}Data:\n`);
    return true;
  };
}

describe('a server whose rows are ahead of its clock', () => {
  it('gives no row twice where the last one comes again so late that a seam is suspected', async () => {
    const rows = [60, 61, 62].map(rowAt);
    const pi = await station(rows);
    const reader = readerOf(pi.url);
    await reader.until(3);
    leaveOut(pi, rows[2]!);
    await restart(pi, rows);
    pi.append(rowAt(63));
    expect(await reader.until(4)).toEqual([...rows, rowAt(63)]);
    expect(reader.seams).toBe(0);
  });

  it('gives no row twice to a reader that has only the last one', async () => {
    const rows = [60, 61, 62].map(rowAt);
    const pi = await station(rows);
    leaveOut(pi, rows[2]!);
    const reader = readerOf(pi.url, { constraint: '', after: { time: rows[2]![0] } });
    pi.append(rowAt(63));
    expect(await reader.until(1)).toEqual([rowAt(63)]);
    expect(reader.seams).toBe(0);
  });
});

describe('a relay that is started again while the rows of the other server are ahead of its clock', () => {
  it('gives no row twice that it takes over once more behind its stored ones', async () => {
    const rows = [60, 61, 62].map(rowAt);
    const pi = await station(rows);
    pi.before = (request, response) => {
      response.setHeader('Dapberry-Stored-Until', rows[0]![0]);
      if (request.headers['x-relay'] !== 'no') response.setHeader('Dapberry-Relay-Path', 'a/b');
      return false;
    };
    const reader = readerOf(pi.url);
    await reader.until(3);
    const next = reader.until(4);
    await restart(pi, rows.slice(0, 1));
    await pi.until(() => pi.queries.some(query => query.endsWith(`>=${rows[2]![0]}`)));
    // A reader that does not know of the relay tells when the suspicion arises.
    const other = readerOf(pi.url, {
      after: { time: rows[2]![0] },
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, 'x-relay': 'no' } }),
    });
    const told = other.until(1);
    await pi.until(() => pi.queries.some(query => /time>[1-9]/.test(query)));
    pi.append(...rows.slice(1), rowAt(63));
    expect(await next).toEqual([...rows, rowAt(63)]);
    expect(reader.seams).toBe(0);
    await told;
  });

  it('gives no row twice if it keeps them in memory, and takes over only the newest once more', async () => {
    const old = [-100, -50].map(rowAt);
    const rows = [60, 61, 62].map(rowAt);
    const pi = await station([...old, ...rows]);
    pi.before = (_request, response) => {
      response.setHeader('Dapberry-Relay-Path', 'a/b');
      return false;
    };
    const reader = readerOf(pi.url);
    await reader.until(5);
    leaveOut(pi, rows[2]!);
    await restart(pi, rows);
    pi.append(rowAt(63));
    expect(await reader.until(6)).toEqual([...old, ...rows, rowAt(63)]);
    expect(reader.seams).toBe(0);
  });
});
