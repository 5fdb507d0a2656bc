// Shows the progress of long work: on a terminal at once, elsewhere, such as in a journal, by a line now and then.

import type { CommandContext } from './command.ts';

/** Milliseconds between two lines without a terminal. */
const EVERY_MS = 10_000;

export class ProgressLines {
  readonly #tell: CommandContext['tell'];
  #written = performance.now();

  constructor(tell: CommandContext['tell']) {
    this.#tell = tell;
  }

  show(text: string): void {
    this.#tell.progress(text);
    if (this.#tell.isTerminal || performance.now() - this.#written < EVERY_MS) return;
    this.#written = performance.now();
    this.#tell.line(text);
  }
}
