import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

const { PATH } = process.env;
const PROGRAM = join(ROOT, 'dist/server/main.js');
const home = mkdtempSync(join(tmpdir(), 'dapberry-elsewhere-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Node that takes this machine for another one, with the program. */
const elsewhere = (platform: string) => ({
  args: ['--import', join(import.meta.dirname, 'elsewhere.mjs'), PROGRAM],
  options: { env: { PATH, HOME: home, ELSEWHERE: platform }, cwd: home },
});

/** Runs a command to its end. */
function run(
  platform: string,
  ...words: readonly string[]
): Promise<{ code: number; out: string; err: string }> {
  const { args, options } = elsewhere(platform);
  return new Promise(resolve =>
    execFile(process.execPath, [...args, ...words], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    ),
  );
}

describe.each([
  ['darwin', ['load_1min', 'load_5min', 'load_15min', 'cpu_busy']],
  ['win32', ['cpu_busy']],
])('on %s', (platform, columns) => {
  it('serves what Node tells of the machine, at once', async () => {
    const { args, options } = elsewhere(platform);
    const words = ['serve', '--port', '0', '--host', '127.0.0.1', '--interval', '0.2'];
    const child = spawn(process.execPath, [...args, ...words], options);
    let said = '';
    let url: string | undefined;
    for await (const line of createInterface(child.stdout)) {
      said += `${line}\n`;
      url = /live page\D+(http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    expect(url, said).toBeDefined();
    const structure = await (await fetch(`${url}/host.dds`)).text();
    const served = [...structure.matchAll(/Float\d\d (\w+);/g)].map(([, name]) => name);
    expect(served).toEqual(['time', ...columns]);
    expect(await (await fetch(`${url}/host.das`)).text()).toContain("Node's module os");
    // The first row has no share of the processors yet on a machine that does nothing.
    const rows = await (await fetch(`${url}/host.csv?sensor[0:2]`)).text();
    const values = rows.trim().split('\n').slice(-1)[0]?.split(',').slice(1).map(Number);
    expect(values).toHaveLength(columns.length);
    for (const value of values ?? []) expect(value, rows).toBeGreaterThanOrEqual(0);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect(code).toBe(0);
  });

  it('says what it does not read there', async () => {
    const { code, out, err } = await run(platform, 'check');
    expect(code, err).toBe(0);
    expect(out).toContain(
      `dataset host has the load of the processors only: Node tells no more of a machine that runs ${platform}`,
    );
  });

  it.each([['list'], ['read'], ['doctor'], ['devices'], ['--version']])('runs %s', async command => {
    const { code, out, err } = await run(platform, command);
    expect({ err, isDone: code === 0 || (command === 'doctor' && code === 1) }).toEqual({
      err: '',
      isDone: true,
    });
    if (command !== 'devices') expect(out).not.toBe('');
  });
});
