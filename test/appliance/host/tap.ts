// Runs a script in a guest and reads its results, lines of the Test Anything Protocol such as `ok 1 - SENTENCE`.

import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from './guest.ts';

export interface Tap {
  /** The sentences of the lines `ok` and `not ok`. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** The exit code of the script; undefined after a timeout. */
  readonly code: number | undefined;
  /** Its whole output. */
  readonly output: string;
}

const LINE = /^(not )?ok\b[\s\d]*-?\s*(.*)$/;

/**
 * Runs a command in the guest, and prints its results as they come.
 * @param seconds the timeout
 */
export async function runTap(guest: Guest, command: string, seconds: number): Promise<Tap> {
  await guest.run(`mkdir -p /run/tap
rm -f /run/tap/*
(${command} >/run/tap/output 2>&1 </dev/null; echo $? >/run/tap/code) &`);
  const end = performance.now() + seconds * 1000;
  let output = '';
  for (;;) {
    const { output: state } = await guest.try(
      `cat /run/tap/code 2>/dev/null || echo; tail -c +${Buffer.byteLength(output) + 1} /run/tap/output`,
    );
    const [code = '', ...rest] = state.split('\n');
    // The last line may be incomplete.
    const whole = rest.slice(0, code === '' ? -1 : undefined).map(line => `${line}\n`);
    for (const line of whole) {
      output += line;
      // Measurements, and the output of what failed, are in comments.
      if (LINE.test(line.trim()) || line.trim().startsWith('# ')) process.stdout.write(`    ${line}`);
    }
    if (code !== '' || performance.now() > end) {
      const lines = output
        .split('\n')
        .flatMap(line => [LINE.exec(line.trim())].filter(found => found !== null));
      return {
        passed: lines.filter(([, not]) => not === undefined).map(([, , sentence = '']) => sentence),
        failed: lines.filter(([, not]) => not !== undefined).map(([, , sentence = '']) => sentence),
        code: code === '' ? undefined : Number(code),
        output,
      };
    }
    await delay(2000);
  }
}
