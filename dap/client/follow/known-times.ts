// Keeps the times of some received rows, fewer of older rows, to recognise a server that still has these rows.

/** The most times that are kept. */
const MOST_KNOWN = 256;

export class KnownTimes {
  readonly #times: number[] = [];

  add(time: number): void {
    const times = this.#times;
    if (times.at(-1) === time) return;
    times.push(time);
    if (times.length <= MOST_KNOWN) return;
    const older = times.splice(0, MOST_KNOWN / 2);
    times.unshift(...older.filter((_, index) => index % 2 === 0));
  }

  /** The newest time that is not later than `most`. */
  upTo(most: number): number | undefined {
    return this.#times.findLast(time => time <= most);
  }

  /** Three of the times: the first one and the last two. */
  get some(): readonly number[] {
    return [...new Set([...this.#times.slice(-2), ...this.#times.slice(0, 1)])];
  }

  keep(isTime: (time: number) => boolean): void {
    this.#times.splice(0, this.#times.length, ...this.#times.filter(isTime));
  }

  clear(): void {
    this.#times.length = 0;
  }
}
