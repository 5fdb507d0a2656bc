import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'run.mjs');

/** Seconds of each attack. `npm run hostile` attacks for longer, and prints what an honest reader sees. */
const SECONDS = '0.3';

const names = JSON.parse(
  execFileSync(process.execPath, [PROGRAM, '--list'], { encoding: 'utf8' }),
) as string[];

let program: ChildProcess;
let log = '';
const results = new Map<string, unknown>();
const news = new EventTarget();

/** What was measured during an attack. */
async function resultOf(name: string): Promise<unknown> {
  while (!results.has(name) && program.exitCode === null) await once(news, 'result');
  return results.get(name) ?? log;
}

beforeAll(() => {
  program = spawn(process.execPath, [PROGRAM, '--json', SECONDS], { stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface(program.stdout!).on('line', line => {
    const result = JSON.parse(line) as { name: string };
    results.set(result.name, result);
    news.dispatchEvent(new Event('result'));
  });
  program.stderr!.on('data', text => {
    log += text;
  });
  program.once('exit', () => news.dispatchEvent(new Event('result')));
});
afterAll(async () => {
  if (program.exitCode !== null) return;
  program.kill();
  await once(program, 'exit');
});

describe('under an attack, an honest reader loses no row, and the server stays within its memory', () => {
  it.each(names)('%s', async name => {
    expect(await resultOf(name)).toMatchObject({ name, lost: 0, wrong: [] });
  });
});
