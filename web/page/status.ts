// How the page says whether rows come: state and reason, a heartbeat for each row, and how old the newest row is.

import type { PlotStatus, RowNews } from '../chart/plot-status.ts';
import { wantsStillness } from '../chart/theme.ts';
import type { StreamState } from '../stream/stream-state.ts';
import { byId, write } from '../text/element.ts';
import { writeDuration, writeTime } from '../text/times.ts';

const NAMES: Readonly<Record<StreamState['state'], string>> = {
  connecting: 'Connecting',
  waiting: 'Waiting for a row',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
  failed: 'Not available',
};

/** A row is missed when it is this many times later than usual, and at least this late (ms). */
const LATE = 3;
const LEAST_LATE = 5000;

/** Milliseconds between two beats: more than three flashes a second would be dangerous to some. */
const BEAT_EVERY = 400;

export class Status implements PlotStatus {
  readonly #box = byId('status', HTMLElement);
  readonly #beat = byId('beat', HTMLElement);
  readonly #state = byId('state', HTMLElement);
  readonly #detail = byId('detail', HTMLElement);
  readonly #newest = byId('newest', HTMLElement);
  readonly #announcement = byId('announcement', HTMLElement);
  readonly #again = byId('again', HTMLButtonElement);
  #connection: StreamState = { state: 'connecting' };
  #announced = '';
  /** The time that the charts stand at; undefined while they move. */
  #pausedAt: string | undefined;
  #beaten = Number.NEGATIVE_INFINITY;
  readonly #changed: (state: StreamState['state']) => void;

  /** `changed` is told each time that the connection comes into another state. */
  constructor(changed: (state: StreamState['state']) => void) {
    this.#changed = changed;
  }

  get connection(): StreamState {
    return this.#connection;
  }

  set(connection: StreamState): void {
    const before = this.#connection.state;
    this.#connection = connection;
    this.#again.hidden = connection.state !== 'reconnecting';
    this.#name();
    const reason = 'reason' in connection ? connection.reason : '';
    this.#announce(connection.state, reason);
    this.#tell();
    if (connection.state !== before) this.#changed(connection.state);
  }

  /** The charts and their numbers stand still at a time, or go on: undefined. */
  pause(time: string | undefined): void {
    if (time === this.#pausedAt) return;
    this.#pausedAt = time;
    this.#name();
    this.#tell();
    write(this.#announcement, time === undefined ? NAMES[this.#connection.state] : `Paused at ${time}`);
  }

  /** A row has come. */
  beat(): void {
    const now = performance.now();
    if (wantsStillness() || now - this.#beaten < BEAT_EVERY) return;
    this.#beaten = now;
    this.#beat.animate(
      [
        { transform: 'scale(1.7)', opacity: 0.55 },
        { transform: 'scale(1)', opacity: 1 },
      ],
      { duration: 350, easing: 'ease-out' },
    );
  }

  /** Brings the countdown up to date. */
  count(): void {
    this.#tell();
  }

  /** Brings the countdown and the age of the newest row up to date. True where a row is missed. */
  show(news: RowNews): boolean {
    this.#tell();
    const { newest, age, usual, median, absolute } = news;
    const late = newest !== undefined && age > Math.max(LEAST_LATE, LATE * (usual ?? 0));
    const goingOn = this.#connection.state === 'connected' || this.#connection.state === 'waiting';
    this.#newest.setAttribute('data-late', String(late && goingOn));
    if (newest === undefined) write(this.#newest, '');
    else if (late)
      write(this.#newest, `no row for ${writeDuration(age)}; newest at ${writeTime(newest, absolute)}`);
    else write(this.#newest, `newest row ${writeTime(newest, absolute)}${rate(median)}`);
    return late;
  }

  /** Says the state: that of the connection where that is in trouble, else whether the charts move. */
  #name(): void {
    const { state } = this.#connection;
    const isPaused = this.#pausedAt !== undefined && ['connecting', 'waiting', 'connected'].includes(state);
    this.#box.setAttribute('data-state', isPaused ? 'paused' : state);
    write(this.#state, isPaused ? 'Paused' : NAMES[state]);
  }

  #tell(): void {
    const connection = this.#connection;
    let text = 'reason' in connection ? connection.reason : '';
    if (connection.state === 'reconnecting') {
      const seconds = Math.ceil((connection.until - performance.now()) / 1000);
      text = `${seconds > 0 ? `in ${seconds} s` : 'now'}${text === '' ? '' : `: ${text}`}`;
    }
    const still =
      this.#pausedAt === undefined ? '' : `${text === '' ? '' : '; charts paused '}at ${this.#pausedAt}`;
    write(this.#detail, `${text}${still}`);
  }

  /** Says the state to screen readers, once each time that it becomes another; not the countdown. */
  #announce(state: StreamState['state'], reason: string): void {
    if (state === this.#announced) return;
    this.#announced = state;
    write(this.#announcement, reason === '' ? NAMES[state] : `${NAMES[state]}: ${reason}`);
  }
}

function rate(median: number | undefined): string {
  if (median === undefined || median <= 0) return '';
  if (median < 400) return `, ${Math.round(1000 / median)} a second`;
  return `, one every ${writeDuration(median)}`;
}
