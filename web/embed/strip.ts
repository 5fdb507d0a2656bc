// Shows the state of an embedded chart in one line above the charts: nothing while rows come in time.

import type { PastStatus } from '../chart/past-charts.ts';
import type { PlotStatus, RowProgress } from '../chart/plot-status.ts';
import { plainReason } from '../stream/reason.ts';
import type { StreamState } from '../stream/stream-state.ts';
import { element, write } from '../text/element.ts';
import { writeDuration, writeTime } from '../text/times.ts';

/** A row is late after this many usual gaps, and at least this many milliseconds. */
const LATE = 3;
const LEAST_LATE = 5000;

export class Strip implements PlotStatus {
  readonly element = element('p', { class: 'strip', role: 'status', hidden: true });
  #stream: StreamState = { state: 'connecting' };
  #late = '';
  #past = '';
  #clock = '';

  get stream(): StreamState {
    return this.#stream;
  }

  set(stream: StreamState): void {
    this.#stream = stream;
    this.#show();
  }

  beat(): void {
    this.#show();
  }

  /** An embedded chart has no button that pauses it. */
  pause(): void {}

  clock(difference: string): void {
    this.#clock = difference;
    this.#show();
  }

  past({ isLoading, failure }: PastStatus): void {
    this.#past =
      failure === undefined
        ? isLoading
          ? 'Loading…'
          : ''
        : `The past cannot be read now: ${plainReason(failure)}`;
    this.#show();
  }

  show({ newest, age, usual, absolute }: RowProgress): boolean {
    const isLate = newest !== undefined && age > Math.max(LEAST_LATE, LATE * (usual ?? 0));
    this.#late = isLate ? `No row for ${writeDuration(age)}; newest at ${writeTime(newest, absolute)}` : '';
    this.#show();
    return isLate;
  }

  #show(): void {
    const text = [this.#streamText, this.#late, this.#past, this.#clock]
      .filter(part => part !== '')
      .join('; ');
    write(this.element, text);
    this.element.hidden = text === '';
  }

  get #streamText(): string {
    const stream = this.#stream;
    switch (stream.state) {
      case 'connecting':
        return 'Connecting';
      case 'waiting':
        return 'Waiting for a row';
      case 'connected':
        return '';
      case 'reconnecting':
        return `Connecting again${reasonOf(stream.reason)}`;
      case 'ended':
        return `The rows have ended${reasonOf(stream.reason)}`;
      default:
        return '';
    }
  }
}

function reasonOf(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}
