import { expect, it } from 'vitest';
import { z } from 'zod';
import { sensorKind } from '../../device/kind.ts';
import { openDevice } from '../../device/sampling/device.ts';
import type { DeviceEvent } from '../../device/sampling/events.ts';
import type { Reading } from '../../device/sensor.ts';
import { setUpSensor } from '../../device/setup/column-setup.ts';
import { reopenOnError } from '../../device/setup/reopening-sensor.ts';
import { sensorOpener } from '../../device/setup/sensor-opener.ts';
import { FakeClock } from './fake-clock.ts';
import { channel, column, take } from './fake-sensors.ts';
import { hostOf } from './known-sensors.ts';

/** A device of one sensor with two channels, the second doubled, made as a dataset makes it. */
async function deviceOf(read: (reads: number) => Reading) {
  const clock = new FakeClock();
  const channels = [channel('x'), channel('y')];
  const counts = { opened: 0, reads: 0 };
  const kind = sensorKind({
    name: 'two-inputs',
    title: 'Two inputs',
    description: 'Two inputs.',
    needs: [],
    options: z.strictObject({}),
    channels: () => channels,
    conversionTime: () => 0,
    open: async () => {
      counts.opened++;
      return { name: 'two-inputs', channels, read: async () => read(++counts.reads), close: async () => {} };
    },
  });
  const setup = setUpSensor(
    kind,
    {},
    { channels: { y: { calibration: { kind: 'linear', scale: 2, offset: 0 } } } },
  );
  const events: DeviceEvent[] = [];
  const open = reopenOnError(sensorOpener(setup, hostOf({ clock }), false), setup.name, channels, clock);
  const device = await openDevice({
    sensors: [open],
    interval: 1,
    clock,
    onEvent: event => events.push(event),
  });
  return { device, events, counts, rows: device.rows(new AbortController().signal) };
}

it('a sensor that has some of its values gives them, each row, and counts as failing until it has all', async () => {
  const { device, events, counts, rows } = await deviceOf(reads => {
    if (reads === 2 || reads === 3) return { values: [Number.NaN, 21], problem: 'x is out of range' };
    return [10, 20];
  });
  const taken = await take(rows, 3);
  expect(device.sensors).toMatchObject([
    { state: 'failing', failures: 2, lastError: { message: 'x is out of range' } },
  ]);
  taken.push(...(await take(rows, 1)));
  expect(column(taken, 1)).toEqual([10, Number.NaN, Number.NaN, 10]);
  expect(column(taken, 2)).toEqual([40, 42, 42, 40]);
  expect(events.map(({ kind }) => kind)).toEqual(['sensor-failing', 'sensor-back']);
  expect(counts).toEqual({ opened: 1, reads: 4 });
  await device.close();
});

it('an incomplete reading of the wrong length is an error like any other', async () => {
  const { device, rows } = await deviceOf(() => ({ values: [1], problem: 'x is out of range' }));
  expect(column(await take(rows, 1), 1)).toEqual([Number.NaN]);
  expect(device.sensors[0]!.lastError!.message).toBe(
    'expected 2 values, one per channel, found 1 in the reading',
  );
  await device.close();
});
