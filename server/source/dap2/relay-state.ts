// Keeps the state of a relay: whether it follows the other server, since when, how late its rows are, and the last error.

import type { FollowState } from '../../../dap/client/follow/follow.ts';
import type { RelayStatus, SourceEvent } from '../row-source.ts';

type KeptStatus = Omit<RelayStatus, 'untaken' | 'isBehind' | 'leftOut'>;

export class RelayState {
  readonly #address: string;
  readonly #tell: (event: SourceEvent) => void;
  #state: RelayStatus['state'] = 'connecting';
  #since = Date.now() / 1000;
  /** The same by `performance.now()`: a clock that is set makes no rows late. */
  #enteredAt = performance.now();
  #lastError: RelayStatus['lastError'];
  /** The time of the newest row, and by how much it was late when it came. */
  #lastTime: number | undefined;
  #late: number | undefined;

  constructor(address: string, tell: (event: SourceEvent) => void) {
    this.#address = address;
    this.#tell = tell;
  }

  get status(): KeptStatus {
    const behind = this.#behind;
    return {
      kind: 'dap2',
      address: this.#address,
      state: this.#state,
      since: this.#since,
      ...(behind === undefined ? {} : { behind }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  /** A row of the time `seconds` since 1970 is the newest. `isNew`: it has come just now. */
  lastRow(seconds: number, isNew = false): void {
    this.#lastTime = seconds;
    if (isNew) this.#late = Math.max(0, Date.now() / 1000 - seconds);
  }

  /** The rows cannot come now. */
  away(reason: string): void {
    this.#lastError = { time: Date.now() / 1000, message: reason };
    if (this.#state === 'away') return;
    this.#be('away');
    this.#tell({ kind: 'away', reason });
  }

  /** The stream has come into another state. `reasonOf` completes the reason of a break. */
  follows(state: FollowState, reasonOf: (reason: string) => string): void {
    switch (state.state) {
      case 'waiting':
      case 'connected':
        if (this.#state === 'following') return;
        if (this.#state === 'away')
          this.#tell({ kind: 'back', seconds: (performance.now() - this.#enteredAt) / 1000 });
        this.#be('following');
        return;
      case 'reconnecting':
        // The first attempt after a break usually succeeds, such as after a silence.
        if (state.attempt > 1) this.away(reasonOf(state.reason));
        return;
      case 'seam':
        this.#tell({ kind: 'notice', text: `${this.#address}: ${state.reason}` });
    }
  }

  get #behind(): number | undefined {
    if (this.#state === 'following') return this.#late;
    return this.#lastTime === undefined ? undefined : Math.max(0, Date.now() / 1000 - this.#lastTime);
  }

  #be(state: RelayStatus['state']): void {
    this.#state = state;
    this.#since = Date.now() / 1000;
    this.#enteredAt = performance.now();
  }
}
