// Records the state of a feed: its connection, the rows that the receiver has, and those that it will not get.

import { messageOf } from '../../device/index.ts';
import type { FeedEvent, FeedStatus } from './sink.ts';

type State = FeedStatus['state'];

export class FeedRecord {
  readonly #kind: string;
  readonly #onEvent: (event: FeedEvent) => void;
  #to: string | undefined;
  #state: State = 'connecting';
  #since = now();
  #sent = 0;
  #dropped = 0;
  #gaps = 0;
  #lastDrop: FeedStatus['lastDrop'];
  #lastError: FeedStatus['lastError'];
  /** When it became away, by `performance.now()`. */
  #awaySince: number | undefined;

  constructor(kind: string, onEvent: (event: FeedEvent) => void) {
    this.#kind = kind;
    this.#onEvent = onEvent;
  }

  /** Rows that the receiver has taken since the start. */
  get sentRows(): number {
    return this.#sent;
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** The receiver is known. */
  opened(to: string): void {
    this.#to = to;
  }

  connected(): void {
    this.#enter('connected');
    if (this.#awaySince === undefined) return;
    const seconds = (performance.now() - this.#awaySince) / 1000;
    this.#awaySince = undefined;
    this.#onEvent({ kind: 'back', to: this.#address, seconds });
  }

  /** An attempt to connect or to send has failed. */
  failed(error: unknown): void {
    this.#lastError = { time: now(), message: messageOf(error) };
    this.#enter('away');
    if (this.#awaySince !== undefined) return;
    this.#awaySince = performance.now();
    this.#onEvent({ kind: 'away', to: this.#address, error });
  }

  /** The receiver does not take something besides rows, which go on. */
  noted(message: string): void {
    this.#lastError = { time: now(), message };
  }

  sent(rows: number): void {
    this.#sent += rows;
  }

  /** @param rows undefined for a stretch of rows of unknown number */
  dropped(rows: number | undefined, reason: string): void {
    if (rows === 0) return;
    if (rows === undefined) this.#gaps += 1;
    else this.#dropped += rows;
    this.#lastDrop = { time: now(), reason, ...(rows === undefined ? {} : { rows }) };
    this.#onEvent({ kind: 'dropped', to: this.#address, rows, reason });
  }

  unsaved(error: unknown): void {
    this.#onEvent({ kind: 'no-progress', to: this.#address, error });
  }

  statusWith(rows: Pick<FeedStatus, 'behind'> & { readonly lastTime?: number | undefined }): FeedStatus {
    const { behind, lastTime } = rows;
    return {
      kind: this.#kind,
      ...(this.#to === undefined ? {} : { to: this.#to }),
      state: this.#state,
      since: this.#since,
      sent: this.#sent,
      ...(lastTime === undefined ? {} : { lastTime }),
      behind,
      dropped: this.#dropped,
      gaps: this.#gaps,
      ...(this.#lastDrop === undefined ? {} : { lastDrop: this.#lastDrop }),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  get #address(): string {
    return this.#to ?? this.#kind;
  }

  #enter(state: State): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = now();
  }
}

function now(): number {
  return Date.now() / 1000;
}
