import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { systemClock, waitFor } from '../../../device/host/clock.ts';
import { never } from '../fake-sensors.ts';

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;
const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;

describe('waiting on the system clock', () => {
  it('never ends before its time', async () => {
    const { signal } = new AbortController();
    for (const seconds of [0.001, 0.0123, 0.03]) {
      const time = systemClock.monotonic() + seconds;
      await systemClock.sleepUntil(time, signal);
      expect(systemClock.monotonic()).toBeGreaterThanOrEqual(time);
    }
    expect(listeners(signal)).toBe(0);
  });

  it('ends with an abort, even if the time would never come', async () => {
    const before = timers();
    for (const time of [systemClock.monotonic() + 3600, Number.POSITIVE_INFINITY]) {
      const stop = new AbortController();
      const sleep = systemClock.sleepUntil(time, stop.signal);
      const aborted = performance.now();
      stop.abort();
      await sleep;
      expect(performance.now() - aborted).toBeLessThan(30_000);
    }
    expect(timers()).toBe(before);
  });

  it('ends at once if the abort came before', async () => {
    const before = timers();
    await systemClock.sleepUntil(systemClock.monotonic() + 3600, AbortSignal.abort());
    expect(timers()).toBe(before);
  });
});

describe('waiting for work with a limit', () => {
  it('ends with the work, leaving neither timer nor listener', async () => {
    const before = timers();
    const started = performance.now();
    const { signal } = new AbortController();
    await waitFor(systemClock, Promise.resolve(), 3600, signal);
    expect(listeners(signal)).toBe(0);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(timers()).toBe(before);
  });

  it('ends at the limit if the work does not', async () => {
    const started = performance.now();
    await waitFor(systemClock, never(), 0.02);
    expect(performance.now() - started).toBeGreaterThanOrEqual(20);
  });

  it('ends with the abort, leaving no timer', async () => {
    const before = timers();
    const stop = new AbortController();
    const wait = waitFor(systemClock, never(), 3600, stop.signal);
    stop.abort();
    await wait;
    await waitFor(systemClock, never(), 3600, stop.signal);
    expect(timers()).toBe(before);
  });
});
