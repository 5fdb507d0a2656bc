// What does a script in a guest say? Lines of the Test Anything Protocol: `ok 1 - what holds`, `not ok 2 - what does not`.

import { setTimeout as delay } from 'node:timers/promises';
import type { Guest } from './guest.ts';

export interface Tap {
  /** What held, and what did not, in the words of the script. */
  readonly held: readonly string[];
  readonly broken: readonly string[];
  /** The exit code of the script; undefined where it did not end in time. */
  readonly code: number | undefined;
  /** All that it printed. */
  readonly output: string;
}

const LINE = /^(not )?ok\b[\s\d]*-?\s*(.*)$/;

/**
 * Runs a command in the guest, and prints what it says as it comes.
 * @param seconds how long it may take
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
    // The last line may be there in part.
    const whole = rest.slice(0, code === '' ? -1 : undefined).map(line => `${line}\n`);
    for (const line of whole) {
      output += line;
      // What was measured is in comments.
      if (LINE.test(line.trim()) || line.startsWith('# ')) process.stdout.write(`    ${line}`);
    }
    if (code !== '' || performance.now() > end) {
      const lines = output
        .split('\n')
        .flatMap(line => [LINE.exec(line.trim())].filter(found => found !== null));
      return {
        held: lines.filter(([, not]) => not === undefined).map(([, , what = '']) => what),
        broken: lines.filter(([, not]) => not !== undefined).map(([, , what = '']) => what),
        code: code === '' ? undefined : Number(code),
        output,
      };
    }
    await delay(2000);
  }
}
