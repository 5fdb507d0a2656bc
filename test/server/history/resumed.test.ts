import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { describeWith, tools } from '../../tools.ts';
import { PullFolder } from '../pull/command.ts';
import { PATIENCE, Server } from './server-process.ts';

let folder: string;
let pulls: PullFolder;
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-resumed-'));
  pulls = new PullFolder();
  writeFileSync(
    join(folder, 'config.yaml'),
    'history: {flush: 1 s}\ndatasets: { garden: { interval: 0.02, sensors: [{ kind: tmp36-simulated }] } }\n',
  );
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.end('SIGKILL')));
  await pulls.dispose();
  rmSync(folder, { recursive: true });
});

/** Starts the server with a history in the folder of the test; at the port of one before if `at` is its address. */
function start(at?: string): Server {
  const port = at === undefined ? [] : ['--port', new URL(at).port];
  const options = ['--config', join(folder, 'config.yaml'), '--history', join(folder, 'rows'), ...port];
  const server = new Server(options);
  servers.push(server);
  return server;
}

/** The times of rows as text, a row a line. */
const timesIn = (text: string) => [...text.matchAll(/^(\d+\.?\d*)\b.*\n/gm)].map(([, time]) => Number(time));

/** Asks with curl for times, and after each broken response for those after the last one. */
class CurlReader {
  readonly times: number[] = [];
  readonly #url: string;
  #child: ChildProcess | undefined;
  #isStopped = false;
  readonly ended: Promise<void>;

  constructor(url: string, from: number) {
    this.#url = url;
    this.ended = this.#run(from);
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    this.#child?.kill();
    return this.ended;
  }

  async #run(from: number): Promise<void> {
    while (!this.#isStopped) {
      const bound = this.times.length > 0 ? `>${this.times.at(-1)}` : `>=${from}`;
      const options = ['-sSgN', '--retry', '100', '--retry-connrefused', '--retry-delay', '1'];
      const child = spawn(tools.curl!, [...options, `${this.#url}?time&time${bound}`]);
      this.#child = child;
      let text = '';
      child.stdout.on('data', data => {
        text += data;
        const end = text.lastIndexOf('\n') + 1;
        this.times.push(...timesIn(text.slice(0, end)));
        text = text.slice(end);
      });
      await once(child, 'close');
    }
  }
}

describeWith('curl', 'clients of a server with a history that is killed, stopped and started again', () => {
  it('get each row that was stored, and none twice', async () => {
    const first = start();
    const address = await first.address();
    const { firstTime } = await first.stored(1);
    const pull = pulls.start(`${address}garden?time&time>=${firstTime}`, '--output', 'rows.csv', '--quiet');
    const curl = new CurlReader(`${address}garden.asc`, firstTime!);
    const followed: number[] = [];
    const stop = new AbortController();
    const retry = { base: 0.05, cap: 0.1 };
    const following = (async () => {
      const constraint = `time&time>=${firstTime}`;
      for await (const { columns } of follow(`${address}garden`, { constraint, retry, signal: stop.signal }))
        followed.push(...(columns[0] as Float64Array));
    })().catch(() => undefined);
    const pulled = () => timesIn(pulls.text('rows.csv'));
    /** Waits until each client has rows after `time`. */
    const haveRowsAfter = async (time: number) => {
      for (const times of [() => followed, () => curl.times, pulled])
        await expect.poll(() => times().at(-1) ?? 0, PATIENCE).toBeGreaterThan(time);
    };
    await haveRowsAfter(firstTime!);

    const { lastTime: stored, rows } = await first.stored(50);
    await haveRowsAfter(stored!);
    await first.end('SIGKILL');
    const second = start(address);
    const { lastTime: again, rows: more } = await second.stored(rows + 60);
    await haveRowsAfter(again!);
    await second.end('SIGTERM');
    const third = start(address);
    const { lastTime } = await third.stored(more + 60);
    await haveRowsAfter(lastTime!);

    stop.abort();
    await Promise.all([following, curl.stop(), pull.stop()]);
    const past = timesIn((await third.get(`garden.asc?time&time<=${lastTime}`)).toString());
    expect(past.length).toBeGreaterThan(more + 50);
    const isStored = new Set(past);
    for (const times of [followed, curl.times, pulled()]) {
      const got = times.filter(time => time <= lastTime!);
      expect(got.every((time, row) => row === 0 || time > got[row - 1]!)).toBe(true);
      // Rows of the last moments before the kill came live, and were not stored yet; those before the stop were.
      const unstored = got.filter(time => !isStored.has(time));
      const [begin = again!, end = again!] = [unstored[0], unstored.at(-1)];
      expect(begin > stored! && end <= again!).toBe(true);
      expect(past.filter(time => time > begin && time < end)).toEqual([]);
      expect(got.filter(time => isStored.has(time))).toEqual(past);
    }
  }, 60_000);
});
