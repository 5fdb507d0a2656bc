import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { follow } from '../../../dap/index.ts';
import { RelayProcess } from './relay-process.ts';

/** More of them: DAPBERRY_KILLS=100 npx vitest run test/server/relay/chain.test.ts */
const { DAPBERRY_KILLS = '10', DAPBERRY_SEED = '1' } = process.env;
const KILLS = Number(DAPBERRY_KILLS);

/** The head of the chain, which nobody kills. */
const HEAD = 'datasets: { attic: { interval: 0.02, sensors: [{ kind: tmp36-simulated }] } }\n';

let chain: readonly RelayProcess[] = [];
afterEach(async () => {
  await Promise.all(chain.map(one => one.remove()));
  chain = [];
});

/** Numbers from 0 up to 1: the same ones for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const relayOf = (upstream: RelayProcess, history: string) =>
  `${history}datasets: { attic: { source: { dap2: "${upstream.url}/attic" } } }\n`;

async function startChain(history: string): Promise<void> {
  const head = new RelayProcess(HEAD);
  chain = [head];
  await head.start();
  for (let relays = 0; relays < 3; relays += 1) {
    const relay = new RelayProcess(relayOf(chain.at(-1)!, history));
    chain = [...chain, relay];
    await relay.start();
  }
}

/** Follows the last relay for the whole test. */
class Reader {
  readonly rows: [time: number, value: number][] = [];
  readonly #stop = new AbortController();
  readonly #news = new EventTarget();
  readonly seams: string[] = [];
  failure: unknown;

  constructor(url: string) {
    void this.#read(url);
  }

  async #read(url: string): Promise<void> {
    try {
      const rows = follow(`${url}/attic`, {
        constraint: 'time,temperature&time>0',
        signal: this.#stop.signal,
        retry: { cap: 1 },
        onState: state => {
          if (state.state === 'seam') this.seams.push(state.reason);
        },
      });
      for await (const { length, columns } of rows) {
        for (let row = 0; row < length; row += 1)
          this.rows.push([Number(columns[0]![row]), Number(columns[1]![row])]);
        this.#news.dispatchEvent(new Event('rows'));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.failure = error;
    }
  }

  /** Resolves when this number of further rows has come. */
  async more(count: number): Promise<void> {
    const wanted = this.rows.length + count;
    while (this.rows.length < wanted && this.failure === undefined) await once(this.#news, 'rows');
  }

  /** Resolves when a row of this time or a later one has come. */
  async until(time: number): Promise<void> {
    while (!((this.rows.at(-1)?.[0] ?? 0) >= time) && this.failure === undefined)
      await once(this.#news, 'rows');
  }

  close(): void {
    this.#stop.abort();
  }
}

/** The rows of the head from its beginning up to a time. */
async function rowsOf(head: RelayProcess, until: number): Promise<[number, number][]> {
  const text = await (await head.get(`attic.asc?time,temperature&time<=${until}`)).text();
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const [time, value] = line.split(',').map(Number);
      return line.includes(',') && Number.isFinite(time) ? [[time!, value!] as [number, number]] : [];
    });
}

describe('a chain of three relays', () => {
  it.each([
    ['in memory alone', ''],
    ['with a history', 'history: { path: FOLDER/history, flush: 1 }\n'],
  ])(
    'delivers each row once though its servers are killed at any moment, %s',
    { timeout: 120_000 + 20_000 * KILLS },
    async (_name, history) => {
      const random = seeded(Number(DAPBERRY_SEED));
      await startChain(history);
      const [head, ...relays] = chain;
      const reader = new Reader(relays.at(-1)!.url);
      await reader.more(1);
      const killed = [0, 0, 0];
      for (let kill = 0; kill < KILLS; kill += 1) {
        const which = Math.floor(random() * relays.length);
        killed[which]! += 1;
        const relay = relays[which]!;
        await relay.end('SIGKILL');
        const started = relay.start();
        // Some are killed again, or beside another one, before rows come.
        if (random() < 0.75) await reader.more(1 + Math.floor(random() * 60));
        if (random() < 0.75) await started.catch(() => undefined);
      }
      const [last] = (await rowsOf(head!, Date.now() / 1000 - 1)).slice(-1);
      await reader.until(last![0]);
      reader.close();
      const expected = await rowsOf(head!, last![0]);
      const got = reader.rows.filter(([time]) => time <= last![0]);
      if (KILLS > 10)
        process.stdout.write(`${got.length} rows through three relays, killed ${killed.join(', ')} times\n`);
      expect(reader.failure).toBeUndefined();
      expect(got).toEqual(expected);
    },
  );
});
