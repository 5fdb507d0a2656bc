import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FollowState, follow } from '../../../dap/client/index.ts';
import { Server } from './server-process.ts';

let folder: string;
let servers: Server[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-resume-'));
  servers = [];
  writeFileSync(
    join(folder, 'config.yaml'),
    'history: {flush: 1 h}\ndatasets: {garden: {interval: 0.02, sensors: [{kind: tmp36-simulated}]}}\n',
  );
});
afterAll(async () => {
  await Promise.all(servers.map(server => server.end('SIGKILL')));
  rmSync(folder, { recursive: true });
});

function start(): Server {
  const server = new Server(['--config', join(folder, 'config.yaml'), '--history', join(folder, 'rows')]);
  servers.push(server);
  return server;
}

/** The times of `count` rows or more that come after a row at `after`, and the states on the way. */
async function read(server: Server, count: number, after?: number) {
  const states: FollowState[] = [];
  const times: number[] = [];
  const rows = follow(`${await server.address()}garden`, {
    onState: state => states.push(state),
    ...(after === undefined ? {} : { after: { time: after } }),
  });
  for await (const { columns } of rows) {
    times.push(...(columns[0] as Float64Array));
    if (times.length >= count) break;
  }
  return { times, seams: states.filter(({ state }) => state === 'seam').length };
}

describe('a client of a server that has started again on stored rows', () => {
  let server: Server;
  /** The time of the last stored row, and the times of rows made since. */
  let stored: number;
  let made: readonly number[];

  it('gets the rows since the start, and no stored row again, where the clock is behind its last row', async () => {
    const first = start();
    await read(first, 20);
    await first.end('SIGTERM');
    server = start();
    stored = (await server.stored(20)).lastTime!;
    made = (await read(server, 10)).times;
    const { times, seams } = await read(server, 10, Date.now() / 1000 + 600);
    expect(times[0]).toBeGreaterThan(stored);
    expect(times[0]).toBeLessThanOrEqual(made[0]!);
    expect(seams).toBe(1);
  });

  it('gets them where the clock was behind its last row, and was set since then', async () => {
    const { times, seams } = await read(server, 10, made.at(-1)! - 0.001);
    expect(times[0]).toBeGreaterThan(stored);
    expect(times[0]).toBeLessThanOrEqual(made[0]!);
    expect(seams).toBe(1);
  });

  it('goes on with the next row after a crash that lost the rows since the last write', async () => {
    await server.end('SIGKILL');
    const { times, seams } = await read(start(), 10, made.at(-1)!);
    expect(times[0]).toBeGreaterThan(made.at(-1)!);
    expect(seams).toBe(0);
  });
});
