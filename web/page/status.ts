// Shows whether rows come: the state of the stream with its reason, a heartbeat for each row, and the age of the newest row.

import type { PlotStatus, RowProgress } from '../chart/plot-status.ts';
import { wantsStillness } from '../chart/theme.ts';
import type { StreamState } from '../stream/stream-state.ts';
import { announce, type FindPart, write } from '../text/element.ts';
import { writeDuration, writeTime } from '../text/times.ts';

const NAMES: Readonly<Record<StreamState['state'], string>> = {
  connecting: 'Connecting',
  waiting: 'Waiting for a row',
  connected: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
  failed: 'Not available',
};

/** A row is late after this many usual gaps, and at least this many milliseconds. */
const LATE = 3;
const LEAST_LATE = 5000;

/** Milliseconds between two beats: more than three flashes a second can cause seizures (WCAG 2.2, 2.3.1). */
const BEAT_EVERY = 400;

export class Status implements PlotStatus {
  readonly #box: HTMLElement;
  readonly #beat: HTMLElement;
  readonly #state: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #newest: HTMLElement;
  readonly #clock: HTMLElement;
  readonly #announcement: HTMLElement;
  readonly #again: HTMLButtonElement;
  #stream: StreamState = { state: 'connecting' };
  #announced = '';
  /** The time that the charts stand at; undefined while they move. */
  #pausedAt: string | undefined;
  #beatAt = Number.NEGATIVE_INFINITY;
  readonly #changed: (state: StreamState['state']) => void;

  /** `changed` is called each time the stream comes into another state. */
  constructor(find: FindPart, changed: (state: StreamState['state']) => void) {
    this.#box = find('status', HTMLElement);
    this.#beat = find('beat', HTMLElement);
    this.#state = find('state', HTMLElement);
    this.#detail = find('detail', HTMLElement);
    this.#newest = find('newest', HTMLElement);
    this.#clock = find('clock-difference', HTMLElement);
    this.#announcement = find('announcement', HTMLElement);
    this.#again = find('again', HTMLButtonElement);
    this.#changed = changed;
  }

  get stream(): StreamState {
    return this.#stream;
  }

  set(stream: StreamState): void {
    const before = this.#stream.state;
    this.#stream = stream;
    this.#again.hidden = stream.state !== 'reconnecting';
    this.#showState();
    const reason = 'reason' in stream ? stream.reason : '';
    this.#announce(stream.state, reason);
    this.#showDetail();
    if (stream.state !== before) this.#changed(stream.state);
  }

  /** Shows the time at which the charts stand; undefined while they move. */
  pause(time: string | undefined): void {
    if (time === this.#pausedAt) return;
    this.#pausedAt = time;
    this.#showState();
    this.#showDetail();
    announce(this.#announcement, time === undefined ? NAMES[this.#stream.state] : `Paused at ${time}`);
  }

  /** Shows that a row has come. */
  beat(): void {
    const now = performance.now();
    if (wantsStillness() || now - this.#beatAt < BEAT_EVERY) return;
    this.#beatAt = now;
    this.#beat.animate(
      [
        { transform: 'scale(1.7)', opacity: 0.55 },
        { transform: 'scale(1)', opacity: 1 },
      ],
      { duration: 350, easing: 'ease-out' },
    );
  }

  /** Updates the countdown. */
  count(): void {
    this.#showDetail();
  }

  /** Updates the countdown and the age of the newest row. True if the next row is late. */
  show({ newest, age, usual, median, absolute }: RowProgress): boolean {
    this.#showDetail();
    const isLate = newest !== undefined && age > Math.max(LEAST_LATE, LATE * (usual ?? 0));
    const isOpen = this.#stream.state === 'connected' || this.#stream.state === 'waiting';
    this.#newest.setAttribute('data-late', String(isLate && isOpen));
    if (newest === undefined) write(this.#newest, '');
    else if (isLate)
      write(this.#newest, `no row for ${writeDuration(age)}; newest at ${writeTime(newest, absolute)}`);
    else write(this.#newest, `newest row ${writeTime(newest, absolute)}${rate(median)}`);
    return isLate;
  }

  clock(difference: string): void {
    write(this.#clock, difference);
  }

  /** Shows the state of the stream; "Paused" while the charts stand and the stream has no trouble. */
  #showState(): void {
    const { state } = this.#stream;
    const isPaused = this.#pausedAt !== undefined && ['connecting', 'waiting', 'connected'].includes(state);
    this.#box.setAttribute('data-state', isPaused ? 'paused' : state);
    write(this.#state, isPaused ? 'Paused' : NAMES[state]);
  }

  #showDetail(): void {
    const stream = this.#stream;
    let text = 'reason' in stream ? stream.reason : '';
    if (stream.state === 'reconnecting') {
      const seconds = Math.ceil((stream.until - performance.now()) / 1000);
      text = `${seconds > 0 ? `in ${seconds} s` : 'now'}${text === '' ? '' : `: ${text}`}`;
    }
    const still =
      this.#pausedAt === undefined ? '' : `${text === '' ? '' : '; charts paused '}at ${this.#pausedAt}`;
    write(this.#detail, `${text}${still}`);
  }

  /** Announces each new state to screen readers, without the countdown. */
  #announce(state: StreamState['state'], reason: string): void {
    if (state === this.#announced) return;
    this.#announced = state;
    announce(this.#announcement, reason === '' ? NAMES[state] : `${NAMES[state]}: ${reason}`);
  }
}

function rate(median: number | undefined): string {
  if (median === undefined || median <= 0) return '';
  if (median < 400) return `, ${Math.round(1000 / median)} a second`;
  return `, one every ${writeDuration(median)}`;
}
