// Whose turn is it? Streams that have more to do take turns, one piece each, and leave the event loop to others in between.

/** How long streams may go on before the event loop turns, in milliseconds. */
const LONGEST_RUN = 5;

export class Turns {
  private waiting = new Set<() => void>();
  /** Those whose turn it is in the round that is under way. */
  private round = new Set<() => void>();
  private scheduled = false;

  /** Has `turn` called once, after those that wait already. */
  add(turn: () => void): void {
    this.waiting.add(turn);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.run());
  }

  remove(turn: () => void): void {
    this.waiting.delete(turn);
    this.round.delete(turn);
  }

  private run(): void {
    this.goOn(performance.now() + LONGEST_RUN);
  }

  /** Goes on until the time is up. */
  private readonly goOn = (end: number): void => {
    this.round = this.waiting;
    this.waiting = new Set();
    let isUp = false;
    for (const turn of this.round) {
      this.round.delete(turn);
      turn();
      isUp = performance.now() > end;
      if (isUp) break;
    }
    // Those that this round did not come to are the first ones of the next.
    if (this.round.size > 0) this.waiting = new Set([...this.round, ...this.waiting]);
    this.round.clear();
    this.scheduled = this.waiting.size > 0;
    if (!this.scheduled) return;
    // A socket takes its next piece once it has told that it took the last one, which is in the next tick.
    if (isUp) setImmediate(() => this.run());
    else process.nextTick(this.goOn, end);
  };
}
