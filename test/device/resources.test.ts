import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Device, openDevice } from '../../device/sampling/device.ts';
import { opening, sensorOf, take } from './fake-sensors.ts';
import { hostSensors, simulatedTmp36 } from './known-sensors.ts';

const GENERATORS = 1000;
const aborters = () => Array.from({ length: GENERATORS }, () => new AbortController());

/** How many timers, files and so on keep the process busy, by kind. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

let before: Map<string, number>;
beforeEach(() => {
  before = resources();
});

/** Gives everything its turn to end, then fails with what there is more of than before the test. */
async function nothingLeft() {
  const more = () => [...resources()].filter(([kind, count]) => count > (before.get(kind) ?? 0));
  for (let tries = 0; tries < 500 && more().length > 0; tries++) await turn();
  expect(more()).toEqual([]);
}

describe('a thousand generators that are started and aborted', () => {
  const devices: Device[] = [];
  afterEach(async () => {
    await Promise.all(devices.splice(0).map(device => device.close()));
  });

  it('leave nothing of a computed device', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
    devices.push(device);
    const stops = aborters();
    const generators = stops.map(stop => device.rows(stop.signal));
    await Promise.all(generators.map(rows => take(rows, 2)));
    for (const stop of stops) stop.abort();
    const ends = await Promise.all(generators.map(rows => rows.next()));
    expect(ends.every(({ done }) => done)).toBe(true);
    await nothingLeft();
  });

  it('leave nothing of reads that were under way', async () => {
    let open = 0;
    const opener = async () => {
      open++;
      return sensorOf(
        's',
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          }),
        {
          close: async () => {
            open--;
          },
        },
      );
    };
    const device = await openDevice({ sensors: [opener], interval: 0 });
    devices.push(device);
    const stops = aborters();
    const nexts = stops.map(stop => device.rows(stop.signal).next());
    await turn();
    expect(open).toBe(GENERATORS);
    const aborted = performance.now();
    for (const stop of stops) stop.abort();
    expect((await Promise.all(nexts)).every(({ done }) => done)).toBe(true);
    expect(performance.now() - aborted).toBeLessThan(60_000);
    expect(open).toBe(0);
    await nothingLeft();
  });

  it('leave nothing of waits for the next slot', async () => {
    const all = await Promise.all(
      Array.from({ length: GENERATORS }, () =>
        openDevice({ sensors: [opening(sensorOf('s', () => [1]))], interval: 3600 }),
      ),
    );
    devices.push(...all);
    const stops = aborters();
    const generators = all.map((device, index) => device.rows(stops[index]!.signal));
    await Promise.all(generators.map(rows => rows.next()));
    const nexts = generators.map(rows => rows.next());
    await turn();
    expect(process.getActiveResourcesInfo().filter(name => name === 'Timeout').length).toBeGreaterThanOrEqual(
      GENERATORS,
    );
    for (const stop of stops) stop.abort();
    expect((await Promise.all(nexts)).every(({ done }) => done)).toBe(true);
    await nothingLeft();
  });

  it.skipIf(process.platform !== 'linux')('leave no file of the host open', async () => {
    const device = await openDevice({ sensors: await hostSensors(), interval: 0 });
    devices.push(device);
    const stops = aborters();
    const generators = stops.map(stop => device.rows(stop.signal));
    const nexts = generators.map(rows => rows.next());
    await turn();
    for (const stop of stops) stop.abort();
    // Some have read their row before they are stopped.
    await Promise.all(nexts);
    const ends = await Promise.all(generators.map(rows => rows.next()));
    expect(ends.every(({ done }) => done)).toBe(true);
    await nothingLeft();
  });
});
