import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PullFolder, until } from '../server/pull/command.ts';
import { describeWith, tools } from '../tools.ts';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

/** Minutes by which the clock of a Pi without a clock chip is behind after a power cut. */
const BACK = 10;

describeWith('faketime', 'a server that starts again with an earlier clock', () => {
  let folder: PullFolder;
  let server: ChildProcess;
  beforeEach(() => {
    folder = new PullFolder();
  });
  afterEach(async () => {
    await cutPower();
    await folder.dispose();
  });

  /** Serves in a process of its own, whose clock is some minutes behind. */
  async function serve(minutesBack: number, port = 0): Promise<number> {
    const node = [process.execPath, COMMAND, 'serve', '--host', '127.0.0.1', '--port', String(port)];
    const command = [...node, '--interval', '0.2', '--simulate'];
    const [program = '', ...args] =
      minutesBack === 0 ? command : [tools.faketime!, '-f', `-${minutesBack}m`, ...command];
    server = spawn(program, args, {
      // Timers go by the monotonic clock, which a wrong date does not change.
      env: { ...process.env, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    for await (const line of createInterface(server.stdout!)) {
      const found = /live page +http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (found !== undefined) return Number(found);
    }
    throw new Error('the server ended before it served');
  }

  /** Kills the server and the program around it. */
  async function cutPower(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'close');
    process.kill(-server.pid!, 'SIGKILL');
    await gone;
  }

  const times = () =>
    folder
      .text('rows.csv')
      .split('\n')
      .slice(1, -1)
      .map(row => Number(row.split(',')[0]));

  it('gives pull all rows that it has, behind a sentence', async () => {
    const port = await serve(0);
    const pull = folder.start(`127.0.0.1:${port}/roberrypi`, '--output', 'rows.csv');
    await until(() => times().length > 5);
    await cutPower();
    const before = times();
    await serve(BACK, port);
    await until(() => times().length > before.length + 10);
    const { code, stderr } = await pull.stop();
    expect(code).toBe(0);
    expect(stderr).toContain('the server started again with an earlier clock');

    const after = times().slice(before.length);
    expect(times().slice(0, before.length)).toEqual(before);
    expect(after[0]).toBeLessThan(before.at(-1)! - (BACK - 1) * 60);
    const has = await fetch(`http://127.0.0.1:${port}/roberrypi.asc?time[0:1:${after.length - 1}]&time>0`);
    const rows = (await has.text()).trimEnd().split('\n').slice(-after.length).map(Number);
    expect(after).toEqual(rows);
  });
});
