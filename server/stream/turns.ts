// Whose turn is it? Streams that have more to do take turns, one piece each, and leave the event loop to others in between.

/** How long streams may go on before the event loop turns, in milliseconds. */
const LONGEST_RUN = 5;

export class Turns {
  #waiting = new Set<() => void>();
  /** Those whose turn it is in the round that is under way. */
  #round = new Set<() => void>();
  #scheduled = false;
  /** Until when streams may go on before the event loop turns, by `performance.now()`. */
  #end = 0;

  /** Has `turn` called once, after those that wait already. */
  add(turn: () => void): void {
    this.#waiting.add(turn);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#goOnWithin(this.#end);
  }

  remove(turn: () => void): void {
    this.#waiting.delete(turn);
    this.#round.delete(turn);
  }

  #run(): void {
    this.#end = performance.now() + LONGEST_RUN;
    this.#goOn();
  }

  /** Goes on until the time is up. */
  readonly #goOn = (): void => {
    const end = this.#end;
    this.#round = this.#waiting;
    this.#waiting = new Set();
    let isUp = false;
    for (const turn of this.#round) {
      this.#round.delete(turn);
      turn();
      isUp = performance.now() > end;
      if (isUp) break;
    }
    // Those that this round did not come to are the first ones of the next.
    if (this.#round.size > 0) this.#waiting = new Set([...this.#round, ...this.#waiting]);
    this.#round.clear();
    this.#scheduled = this.#waiting.size > 0;
    if (this.#scheduled) this.#goOnWithin(isUp ? 0 : end);
  };

  /** A socket takes its next piece once it has told that it took the last one, which is in the next tick. */
  #goOnWithin(end: number): void {
    if (performance.now() < end) process.nextTick(this.#goOn);
    else setImmediate(() => this.#run());
  }
}
