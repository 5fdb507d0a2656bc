// Whose turn is it? Streams that have more to do take turns, one piece each, and leave the event loop to others in between.

/** How long streams may go on before the event loop turns, in milliseconds. */
const LONGEST_RUN = 5;

export class Turns {
  private waiting = new Set<() => void>();
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
  }

  private run(): void {
    const end = performance.now() + LONGEST_RUN;
    const round = this.waiting;
    this.waiting = new Set();
    for (const turn of round) {
      round.delete(turn);
      turn();
      if (performance.now() > end) break;
    }
    // Those that this round did not come to are the first ones of the next.
    if (round.size > 0) this.waiting = new Set([...round, ...this.waiting]);
    this.scheduled = this.waiting.size > 0;
    if (this.scheduled) setImmediate(() => this.run());
  }
}
