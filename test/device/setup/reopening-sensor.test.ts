import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import type { DeviceEvent } from '../../../device/sampling/events.ts';
import type { Sensor, SensorOpener } from '../../../device/sensor.ts';
import { reopenOnError } from '../../../device/setup/reopening-sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { channel, column, deferred, never, sensorOf, take } from '../fake-sensors.ts';
import { simulatedTmp36 } from '../known-sensors.ts';

async function deviceOf(open: SensorOpener, interval = 1) {
  const clock = new FakeClock(1_800_000_000);
  const events: DeviceEvent[] = [];
  const sensors = [reopenOnError(open, 's', [channel('s')], clock)];
  const device = await openDevice({ sensors, interval, clock, onEvent: event => events.push(event) });
  const stop = new AbortController();
  return { clock, device, events, rows: device.rows(stop.signal) };
}

const NOTHING = Number.NaN;

describe('a sensor that is not there', () => {
  it('gives rows without its values, says why, and comes when it is plugged in', async () => {
    let isThere = false;
    const { device, events, rows } = await deviceOf(async () => {
      if (!isThere) throw new Error('/dev/i2c-1 is not there');
      return sensorOf('s', () => [21]);
    });
    expect(column(await take(rows, 2), 1)).toEqual([NOTHING, NOTHING]);
    expect(device.sensors).toMatchObject([
      { state: 'failing', lastError: { message: '/dev/i2c-1 is not there' } },
    ]);
    isThere = true;
    const later = column(await take(rows, 10), 1);
    expect(later.at(-1)).toBe(21);
    expect(events.map(({ kind }) => kind)).toEqual(['sensor-failing', 'sensor-back']);
    await device.close();
  });

  it('is opened anew after a failed read, and closed before', async () => {
    const log: string[] = [];
    let opened = 0;
    const { device, rows } = await deviceOf(async (): Promise<Sensor> => {
      opened += 1;
      const number = opened;
      log.push(`open ${number}`);
      return sensorOf('s', () => (number === 1 ? Promise.reject(new Error('bus is gone')) : [number]), {
        close: async () => {
          log.push(`close ${number}`);
        },
      });
    });
    const values = column(await take(rows, 6), 1);
    expect(values[0]).toEqual(NOTHING);
    expect(values.at(-1)).toBe(2);
    await device.close();
    expect(log).toEqual(['open 1', 'close 1', 'open 2', 'close 2']);
  });

  it('does not hold up the others while it opens, and is closed if that ends too late', async () => {
    const late = deferred<Sensor>();
    let isClosed = false;
    const { device, rows } = await deviceOf(() => late.promise);
    expect(column(await take(rows, 1), 1)).toEqual([NOTHING]);
    await device.close();
    late.resolve(
      sensorOf('s', () => [1], {
        close: async () => {
          isClosed = true;
        },
      }),
    );
    await expect.poll(() => isClosed).toBe(true);
  });

  it('can be closed while it hangs', async () => {
    const { device, rows } = await deviceOf(never);
    await take(rows, 1);
    await device.close();
  });

  it('keeps the rows coming without an interval, too', async () => {
    const { device, rows } = await deviceOf(() => Promise.reject(new Error('none')), 0);
    expect(column(await take(rows, 2), 1)).toEqual([NOTHING, NOTHING]);
    await device.close();
  });
});

describe('a sensor that is computed', () => {
  it('stays so', async () => {
    const clock = new FakeClock(1_800_000_000);
    const device = await openDevice({
      sensors: [reopenOnError(simulatedTmp36({ seed: 1 }), 'tmp36', [], clock)],
      interval: 0,
      clock,
    });
    expect(device.computed).toBe(true);
    await device.close();
  });
});
