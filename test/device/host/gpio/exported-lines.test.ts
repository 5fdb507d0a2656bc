import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const MODULE = resolve(import.meta.dirname, '../../../../build/device/host/gpio/exported-lines.js');

/** What a program writes that has two lines exported, one of which cannot be given back, and how it ends. */
async function ending(program: string, signal?: NodeJS.Signals) {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `
      import { writeSync } from 'node:fs';
      import { keepExported, releaseExported } from ${JSON.stringify(MODULE)};
      const line = number => ({ unexport: () => writeSync(1, 'unexport ' + number + '\\n') });
      const gone = { unexport: () => { throw new Error('gone'); } };
      const [first, second] = [line(529), line(535)];
      for (const kept of [first, gone, second]) keepExported(kept);
      const wait = setInterval(() => {}, 1000);
      ${program}
      writeSync(1, 'ready\\n');
      `,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  if (signal !== undefined) child.stdout.once('data', () => child.kill(signal));
  const [output, [code, endedBy]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [output.trim().split('\n'), endedBy ?? code];
}

describe('lines that are exported', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'are given back at %s, by which the process ends as it would have without them',
    async signal => {
      expect(await ending('', signal)).toEqual([['ready', 'unexport 529', 'unexport 535'], signal]);
    },
  );

  it('stay exported while another listener delays the end, and are unexported then', async () => {
    const program = `process.once('SIGTERM', () => { writeSync(1, 'closing\\n'); setTimeout(() => process.exit(3), 20); });`;
    expect(await ending(program, 'SIGTERM')).toEqual([
      ['ready', 'closing', 'unexport 529', 'unexport 535'],
      3,
    ]);
  });

  it('are unexported by an error that ends the process', async () => {
    const program = `setTimeout(() => { throw new Error('crash'); }, 10);`;
    expect(await ending(program)).toEqual([['ready', 'unexport 529', 'unexport 535'], 1]);
  });

  it('are unexported once, and do not keep the process running', async () => {
    const program = 'releaseExported(first); releaseExported(first); clearInterval(wait);';
    expect(await ending(program)).toEqual([['unexport 529', 'ready', 'unexport 535'], 0]);
  });

  it('leave no listener behind', async () => {
    const program = `for (const kept of [first, gone, second]) releaseExported(kept);
      writeSync(1, process.listenerCount('SIGTERM') + ' listeners\\n'); clearInterval(wait);`;
    expect(await ending(program)).toEqual([['unexport 529', 'unexport 535', '0 listeners', 'ready'], 0]);
  });
});
