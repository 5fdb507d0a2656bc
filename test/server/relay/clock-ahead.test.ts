import { afterEach, describe, expect, it } from 'vitest';
import { type FollowedRows, follow } from '../../../dap/index.ts';
import { rowsOf, States } from '../../dap/client/collect.ts';
import { type ForeignRow, ForeignServer } from '../source/dap2/foreign-server.ts';
import { RelayProcess } from './relay-process.ts';

let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

const COLUMNS = [
  { type: 'Float64', name: 'time', attributes: ['String units "seconds since 1970-01-01";'] },
  { type: 'Float64', name: 'level' },
] as const;

/** Seconds by which the clock of the other server is ahead of that of the relay. */
const AHEAD = 90;

/** Follows the relay. */
class Reader {
  readonly states = new States();
  readonly rows: number[][] = [];
  readonly #batches: AsyncGenerator<FollowedRows, void, undefined>;

  /** @param knowsRelays false removes the path of relays from the answers */
  constructor(url: string, after?: number, knowsRelays = true) {
    const { onState } = this.states;
    this.#batches = follow(`${url}/buoy`, {
      retry: { cap: 0.2 },
      onState,
      ...(after === undefined ? { constraint: '&time>0' } : { after: { time: after } }),
      fetch: async (address, init) => {
        const response = await fetch(address, init);
        if (knowsRelays) return response;
        const headers = new Headers(response.headers);
        headers.delete('Dapberry-Relay-Path');
        return new Response(response.body, { status: response.status, headers });
      },
    });
    undo.push(() => this.#batches.return());
  }

  async until(count: number): Promise<number[][]> {
    while (this.rows.length < count) {
      const { value, done } = await this.#batches.next();
      if (done === true) break;
      this.rows.push(...rowsOf(value as FollowedRows));
    }
    return this.rows;
  }
}

describe('a relay whose clock is behind that of its server', () => {
  it('gives each row once after a kill, though it gets the rows behind its stored ones later than its readers come back', async () => {
    const upstream = await new ForeignServer(COLUMNS).start();
    undo.push(() => upstream.close());
    const now = Math.floor(Date.now() / 1000) + AHEAD;
    const rows: ForeignRow[] = [];
    const add = (...levels: readonly number[]) => {
      const added = levels.map(level => [now + level, level]);
      rows.push(...added);
      upstream.add(...added);
    };
    const relay = new RelayProcess(
      `history: { path: FOLDER/history, flush: 1 h }\ndatasets: { buoy: { source: { dap2: "${upstream.url}" } } }\n`,
    );
    undo.push(() => relay.remove());
    add(1, 2, 3);
    await relay.start();
    const reader = new Reader(relay.url);
    expect(await reader.until(3)).toEqual(rows);
    // These rows are stored, those after them are not.
    await relay.end('SIGTERM');
    await relay.start();
    add(4, 5, 6);
    expect(await reader.until(6)).toEqual(rows);
    const next = reader.until(7);
    await upstream.close();
    await relay.end('SIGKILL');
    const back = reader.states.next('waiting');
    await relay.start();
    await back;
    // A reader that takes the relay for a server of its own tells when the other one could suspect its clock.
    const other = new Reader(relay.url, now + 6, false);
    const told = other.until(1);
    await other.states.next('waiting');
    await other.states.next('waiting');
    await upstream.start();
    add(7);
    expect(await next).toEqual(rows);
    expect(reader.states.names).not.toContain('seam');
    await told;
  });
});
