// Gives streams that have more rows to send one turn after another, and leaves the event loop to others in between.

import { ComingConnections } from '../network/coming-connections.ts';

/** Milliseconds for which streams may run before the event loop turns. */
const LONGEST_RUN = 2;

/** The same while connections come: the rows that are due are sent, and those that come find the event loop free. */
const RUN_BESIDE_CONNECTIONS = 0.2;

export class Turns {
  #waiting = new Set<() => void>();
  /** Streams that still have a turn in the current round. */
  #round = new Set<() => void>();
  #scheduled = false;
  /** The time, by `performance.now()`, until which streams may run before the event loop turns. */
  #end = 0;
  readonly #coming = new ComingConnections();

  /** A connection has come. Streams have less time of each turn of the event loop for a while, so that those behind it come soon. */
  connected(): void {
    this.#coming.came();
  }

  /** Schedules `turn` once, behind the turns already queued. */
  add(turn: () => void): void {
    this.#waiting.add(turn);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduleRound(this.#end);
  }

  remove(turn: () => void): void {
    this.#waiting.delete(turn);
    this.#round.delete(turn);
  }

  #run(): void {
    this.#end = performance.now() + (this.#coming.areAwaited() ? RUN_BESIDE_CONNECTIONS : LONGEST_RUN);
    this.#runRound();
  }

  /** Runs one round, or as much of it as the time allows. */
  readonly #runRound = (): void => {
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
    // Turns that this round had no time for are the first of the next.
    if (this.#round.size > 0) this.#waiting = new Set([...this.#round, ...this.#waiting]);
    this.#round.clear();
    this.#scheduled = this.#waiting.size > 0;
    if (this.#scheduled) this.#scheduleRound(isUp ? 0 : end);
  };

  /** Schedules a round for the next tick, in which sockets report that they took the last buffer, or after a turn of the event loop. */
  #scheduleRound(end: number): void {
    if (performance.now() < end) process.nextTick(this.#runRound);
    else setImmediate(() => this.#run());
  }
}
