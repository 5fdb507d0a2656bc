// Runs a timer with nothing else to do beside the server: the slots that it misses, the machine was too busy for.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, 'bare-timer-program.mjs');

export class BareTimer {
  #child;

  /** @param interval seconds */
  constructor(interval) {
    this.#child = spawn(process.execPath, [PROGRAM, String(interval * 1000)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  /** How many slots it has missed since the start. */
  async missed() {
    this.#child.stdin.write('\n');
    const [text] = await once(this.#child.stdout, 'data');
    return Number(text);
  }

  stop() {
    this.#child.kill();
  }
}
