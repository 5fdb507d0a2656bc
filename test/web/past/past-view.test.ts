import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PastRows, Stretch } from '../../../web/past/past-rows.ts';
import { PastView, type WantedStretch } from '../../../web/past/past-view.ts';

const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;
const MINUTE = 60_000;

/** A server whose last row is of the time `newest`, and that ends an answer only when it has a row at the end or behind it. */
class WaitingSource {
  readonly asked: Stretch[] = [];
  readonly #newest: number;
  readonly #mayAnswer: () => boolean;

  constructor(newest: number, mayAnswer = () => true) {
    this.#newest = newest;
    this.#mayAnswer = mayAnswer;
  }

  intervalOf(): number {
    return MINUTE / 1000;
  }

  rows({ from, to }: Stretch, interval: number, _usual: unknown, signal: AbortSignal): Promise<PastRows> {
    this.asked.push({ from, to });
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      if (to <= this.#newest && this.#mayAnswer()) {
        resolve({ from, to, interval: 1000 * interval, times: [from], columns: [] });
      }
    });
  }
}

describe('the rows of the past', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Shows a stretch as charts do, in each frame, for `seconds`. */
  async function showFor(view: PastView, wanted: WantedStretch, seconds: number): Promise<void> {
    for (let frame = 0; frame < seconds * 20; frame += 1) {
      view.show(wanted);
      await vi.advanceTimersByTimeAsync(50);
    }
  }

  const stretch = (from: number, to: number, newest: number): WantedStretch => ({
    ...{ from, to, newest },
    width: 900,
    usual: MINUTE,
  });

  it('come up to the newest row from a server that waits for a row behind the end of a request', async () => {
    const source = new WaitingSource(NOW);
    const view = new PastView(source, { changed: () => {} });
    await showFor(view, stretch(NOW - HOUR, NOW + HOUR, NOW), 10);
    expect(view.rows?.to).toBe(NOW);
    expect(view.isLoading).toBe(false);
    // Nothing is asked for again before a newer row has come.
    const requests = source.asked.length;
    await showFor(view, stretch(NOW - HOUR, NOW + HOUR, NOW), 90);
    expect(source.asked.length).toBe(requests);
  });

  it('are asked for again once it is known that the newest row is earlier than was thought', async () => {
    const source = new WaitingSource(NOW - MINUTE);
    const view = new PastView(source, { changed: () => {} });
    await showFor(view, stretch(NOW - HOUR, NOW, NOW), 1);
    expect(view.rows).toBeUndefined();
    await showFor(view, stretch(NOW - HOUR, NOW, NOW - MINUTE), 10);
    expect(view.rows?.to).toBe(NOW - MINUTE);
  });

  it('of another stretch do not wait for an answer that does not come', async () => {
    let isStuck = true;
    const source = new WaitingSource(NOW, () => !isStuck);
    const view = new PastView(source, { changed: () => {} });
    await showFor(view, stretch(NOW - 2 * HOUR, NOW - HOUR, NOW), 2);
    isStuck = false;
    await showFor(view, stretch(NOW - 20 * HOUR, NOW - 19 * HOUR, NOW), 2);
    expect(view.rows?.from).toBeLessThanOrEqual(NOW - 20 * HOUR);
    expect(view.rows?.to).toBeLessThan(NOW - 2 * HOUR);
  });

  it('of a window that moves on for days are those of the window, and of a little before it', async () => {
    const source = new WaitingSource(Number.POSITIVE_INFINITY);
    const view = new PastView(source, { changed: () => {} });
    for (let minute = 0; minute < 3 * 24 * 60; minute += 1) {
      const now = NOW + minute * MINUTE;
      view.show(stretch(now - 2 * HOUR, now, now));
      await vi.advanceTimersByTimeAsync(MINUTE);
    }
    const { from, to, times } = view.rows!;
    const end = NOW + 3 * 24 * HOUR;
    expect(to).toBeGreaterThan(end - 5 * MINUTE);
    expect(from).toBeLessThanOrEqual(end - 2 * HOUR);
    expect(times[0]).toBeGreaterThanOrEqual(end - 4 * HOUR);
    expect(times.length).toBeLessThanOrEqual(4 * 60);
  });

  it('are not asked for anew in each movement of a drag', async () => {
    const source = new WaitingSource(NOW, () => false);
    const view = new PastView(source, { changed: () => {} });
    for (let step = 0; step < 20; step += 1) {
      view.show(stretch(NOW - (20 + step) * HOUR, NOW - (19 + step) * HOUR, NOW));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(source.asked.length).toBeLessThanOrEqual(2);
  });
});
