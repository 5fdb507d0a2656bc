import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { inMemory } from '../../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../../server/scripted-source.ts';
import { type Serving, serving } from '../../serving.ts';
import { rowsOf, States, take } from './collect.ts';
import { answering, station } from './opened.ts';
import { END, head, type Row, rowBytes } from './station.ts';

const retry = { base: 0.001, cap: 0.002 };
const poll = 0.02;

/** A server's `fetch` that notes what is asked, and how many answers are under way. */
function notes() {
  const queries: string[] = [];
  const asking: typeof fetch = (address, init) => {
    queries.push(decodeURIComponent(String(address)));
    return fetch(address, init);
  };
  return { queries, fetch: asking };
}

describe('rows that are asked for in turns', () => {
  let server: Serving;
  let source: ScriptedSource;
  const begin = Date.now() / 1000 - 10;

  async function start(port = 0): Promise<void> {
    source = new ScriptedSource();
    // Every bounded request ends at once.
    source.earliest = Number.POSITIVE_INFINITY;
    server = await serving({ datasets: [inMemory(SCRIPTED, source)], port });
  }

  beforeEach(() => start());
  afterEach(() => server.close());

  const row = (n: number) => [begin + n, n, n, n];
  const url = () => `${server.url}/scripted`;
  const constraint = `&sensor.time>=${begin}`;

  it('come once each, as soon as a request finds them, over requests that all end', async () => {
    await source.append([row(0), row(1)]);
    const states = new States();
    const { queries, fetch } = notes();
    const seen: number[] = [];
    for await (const batch of follow(url(), { constraint, poll, fetch, onState: states.onState })) {
      seen.push(...rowsOf(batch).map(([, a]) => a!));
      // A row can be stored after a request that ended behind its time: its time is that of its reading.
      if (seen.length === 2) await source.append([row(2)]);
      else if (seen.length === 3) await source.append([row(3), row(4)]);
      else if (seen.length === 5) break;
    }
    expect(seen).toEqual([0, 1, 2, 3, 4]);
    expect(states.names).toEqual(['connecting', 'waiting', 'connected', 'ended']);
    const data = queries.filter(query => query.includes('.dods'));
    expect(data.length).toBeGreaterThanOrEqual(3);
    for (const query of data) expect(query).toMatch(/sensor\.time>=[\d.]+&.*sensor\.time<[\d.]+$/);
  });

  it('leave no answer open while the server has no rows', async () => {
    const states = new States();
    const { queries, fetch } = notes();
    const rows = follow(url(), { constraint, poll, fetch, onState: states.onState });
    const first = rows.next();
    await states.next('waiting');
    const streams = async () =>
      ((await (await globalThis.fetch(`${server.url}/health`)).json()) as { streams: number }).streams;
    await expect.poll(() => queries.length).toBeGreaterThan(5);
    await expect.poll(streams).toBe(0);
    await source.append([row(0)]);
    expect(rowsOf((await first).value!)).toEqual([row(0)]);
    await rows.return();
  });

  it('go on where they were after a break, and after a row that they are begun behind', async () => {
    await source.append([row(0), row(1)]);
    const states = new States();
    const after = { time: begin };
    const rows = follow(url(), { poll, after, retry, onState: states.onState });
    expect(rowsOf((await rows.next()).value!)).toEqual([row(1)]);
    const next = rows.next();
    const broken = states.next('reconnecting');
    const { port } = server;
    await server.close();
    await broken;
    await start(port);
    await source.append([row(1), row(2)]);
    expect(rowsOf((await next).value!)).toEqual([row(2)]);
    await rows.return();
  });

  it('pause between requests also where the server says that no row matches', async () => {
    const asked: number[] = [];
    const table = await answering((request, response) => {
      if (!request.url!.includes('.dods')) return response.end(head());
      asked.push(performance.now());
      response.statusCode = asked.length < 4 ? 404 : 200;
      if (asked.length < 4)
        return response.end('Error {\n code=404;\n message="Your query produced no matching results.";\n}\n');
      return response.end(Buffer.concat([Buffer.from(`${head()}Data:\n`), rowBytes([begin, 5]), END]));
    });
    const rows = await take(1, follow(`${table.origin}/table`, { constraint, poll: 0.05 }));
    expect(rows).toEqual([[begin, 5]]);
    expect(asked.at(-1)! - asked[0]!).toBeGreaterThan(140);
  });

  it('come in one answer without an end from a server that ignores the bounds', async () => {
    const now = Date.now() / 1000;
    const asked: string[] = [];
    const careless = await answering((request, response) => {
      if (!request.url!.includes('.dods')) return response.end(head());
      asked.push(decodeURIComponent(request.url!));
      response.write(`${head()}Data:\n`);
      return response.write(Buffer.concat([rowBytes([now, 1]), rowBytes([now + 5, 2])]));
    });
    expect(await take(2, follow(`${careless.origin}/s`, { constraint, poll }))).toEqual([
      [now, 1],
      [now + 5, 2],
    ]);
    expect(asked).toHaveLength(1);
  });

  it('come without an end where the constraint names no beginning', async () => {
    const rows: Row[] = [[begin, 1]];
    const pi = await station(rows);
    const followed = follow(pi.url, { poll });
    const first = followed.next();
    await pi.until(() => pi.streams === 1);
    expect(pi.queries).toEqual(['']);
    pi.append([begin + 1, 2]);
    expect(rowsOf((await first).value!)).toEqual([[begin + 1, 2]]);
    await followed.return();
  });

  it('refuse a pause that is no number of seconds', async () => {
    await expect(follow(url(), { poll: -1 }).next()).rejects.toThrow(
      'Expected poll to be a number of seconds, found -1',
    );
  });
});
