// Follows a dataset to the end and accounts for every row: the times that came are those that the server has.

import { follow } from '../../../dist/dap/index.js';

/** The times of the rows that a server has, of the dataset at this address. */
export async function timesOf(address, selection) {
  const response = await fetch(`${address}.csv?time${selection}&header=names&time=epoch`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return text.trim().split('\n').slice(1).map(Number);
}

export class HonestReader {
  #stop = new AbortController();
  #times = [];
  #running;
  #origin;
  states = 0;
  failure;

  /** @param origin the server that has the rows first, where `url` is a relay of it */
  constructor(url, dataset, origin = url) {
    this.url = url;
    this.dataset = dataset;
    this.#origin = origin;
    this.#running = this.#read();
  }

  get rows() {
    return this.#times.length;
  }

  /** The name of the reader in messages. */
  get name() {
    return this.url === this.#origin ? this.dataset : `${this.dataset} at the relay`;
  }

  /** Ends reading, and compares. Returns what is wrong, undefined if nothing is. */
  async verdict() {
    this.#stop.abort();
    await this.#running;
    if (this.failure !== undefined) return `${this.name}: ${this.failure}`;
    const [first, last] = [this.#times[0], this.#times.at(-1)];
    if (first === undefined) return `${this.name}: expected rows, found none`;
    const stored = await timesOf(`${this.#origin}/${this.dataset}`, `&time>=${first}&time<=${last}`);
    const at = stored.findIndex((time, index) => time !== this.#times[index]);
    if (at < 0 && stored.length === this.#times.length) return undefined;
    return `${this.name}: expected the ${stored.length} rows that the server has, found ${this.#times.length}, the first other one at ${at}: ${stored[at]}, ${this.#times[at]}`;
  }

  async #read() {
    const { signal } = this.#stop;
    try {
      const rows = follow(`${this.url}/${this.dataset}?time&time>=${Date.now() / 1000 - 1}`, {
        signal,
        onState: () => {
          this.states += 1;
        },
      });
      for await (const { columns } of rows) {
        for (const time of columns[0]) {
          if (time <= (this.#times.at(-1) ?? 0))
            this.failure ??= `expected a later time than ${this.#times.at(-1)}, found ${time}`;
          this.#times.push(time);
        }
      }
      this.failure ??= 'expected no end';
    } catch (error) {
      if (!signal.aborted) this.failure ??= String(error);
    }
  }
}
