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
    const end = performance.now() + LONGEST_RUN;
    this.round = this.waiting;
    this.waiting = new Set();
    for (const turn of this.round) {
      this.round.delete(turn);
      turn();
      if (performance.now() > end) break;
    }
    // Those that this round did not come to are the first ones of the next.
    if (this.round.size > 0) this.waiting = new Set([...this.round, ...this.waiting]);
    this.round.clear();
    this.scheduled = this.waiting.size > 0;
    if (this.scheduled) setImmediate(() => this.run());
  }
}
