// Reads from the kernel how long the main thread of a process ran, and how long it waited for a processor that others had.

import { readFileSync } from 'node:fs';

export class ProcessorTime {
  #file;
  #begun = performance.now();
  #before;

  constructor(pid) {
    this.#file = `/proc/${pid}/task/${pid}/schedstat`;
    this.#before = this.#read();
  }

  /** Percents of the time since it was made. */
  shares() {
    const [ran, waited] = this.#read().map((now, index) =>
      ((now - this.#before[index]) / 1e4 / (performance.now() - this.#begun)).toFixed(0),
    );
    return { ran, waited };
  }

  /** Nanoseconds. */
  #read() {
    return readFileSync(this.#file, 'utf8').split(' ').slice(0, 2).map(Number);
  }
}
