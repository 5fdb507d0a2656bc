// Checks all promises about a failing sensor: breaks and repairs it in a stream, beside a sensor that keeps working.

import { expect } from 'vitest';
import type { Batch } from '../../../dap/model/value.ts';
import type { Clock } from '../../../device/host/clock.ts';
import { type Device, openDevice } from '../../../device/sampling/device.ts';
import type { DeviceEvent } from '../../../device/sampling/events.ts';
import type { Sensor } from '../../../device/sensor.ts';
import { EventLog } from '../../../server/run/logging/events.ts';
import { createLogger } from '../../../server/run/logging/logger.ts';
import { column, sensorOf, take } from '../fake-sensors.ts';

/** Seconds between rows. */
const INTERVAL = 2;

/** Rows within which the sensor must be back, though the waits between attempts double. */
const ROWS_TO_COME_BACK = 20;

export interface Stream {
  readonly device: Device;
  readonly events: readonly DeviceEvent[];
  /** The sentences of the log. */
  readonly sentences: readonly string[];
  readonly rows: AsyncGenerator<Batch>;
}

/** Rows of a sensor as in a dataset, and of a sensor beside it that always reads 7. */
export async function streaming(sensor: Sensor, clock: Clock, interval = INTERVAL): Promise<Stream> {
  const events: DeviceEvent[] = [];
  const sentences: string[] = [];
  const destination = {
    write: (line: string) => void sentences.push((JSON.parse(line) as { msg: string }).msg),
  };
  const log = new EventLog(createLogger('json', destination));
  const device = await openDevice({
    sensors: [async () => sensor, async () => sensorOf('steady', () => [7])],
    interval,
    clock,
    onEvent: event => {
      events.push(event);
      log.device('matrix', event);
    },
  });
  return { device, events, sentences, rows: device.rows(new AbortController().signal) };
}

export interface Outage {
  readonly break: () => unknown;
  readonly mend: () => unknown;
  /** Whether a value of the watched channel is what is measured at the time of its row. */
  readonly isRight: (value: number, time: number) => boolean;
  /** The expected reason in the state and in the log. */
  readonly reason: RegExp;
  /** The channel that `isRight` judges; the first by default. */
  readonly channel?: number;
  /** Rows while it is broken. */
  readonly rows?: number;
  /** Rows that may still be right after it broke, if the fault is noticed late. */
  readonly late?: number;
}

/** Breaks the sensor while rows are taken, mends it, and closes the device. */
export async function expectToOutlast(stream: Stream, outage: Outage): Promise<void> {
  const { device, rows } = stream;
  const { rows: broken = 5, late = 0 } = outage;
  const before = await take(rows, 3);
  await outage.break();
  const during = await take(rows, broken);
  const [failing] = device.sensors;
  await outage.mend();
  const after = await take(rows, ROWS_TO_COME_BACK);
  const [back] = device.sensors;
  await device.close();

  const right = (batches: readonly Batch[]) => judged(batches, outage);
  expect(right(before), 'values before').toEqual(Array(3).fill('right'));
  expect(right(during.slice(0, late)), 'values until it was noticed').not.toContain('wrong');
  const own = device.channels.length - 1;
  const held = during.slice(late);
  for (let index = 1; index <= own; index++) {
    expect(column(held, index), 'values while it is broken').toEqual(Array(held.length).fill(Number.NaN));
  }
  expect(right(after), 'values after').not.toContain('wrong');
  expect(right(after).at(-1), 'the last value').toBe('right');

  const all = [...before, ...during, ...after];
  expect(column(all, own + 1), 'the sensor beside it').toEqual(Array(all.length).fill(7));
  const times = column(all, 0);
  expect(
    times.every((time, index) => index === 0 || time > times[index - 1]!),
    'times grow',
  ).toBe(true);

  expect(failing).toMatchObject({
    state: 'failing',
    lastError: { message: expect.stringMatching(outage.reason) },
  });
  expect(failing!.failures).toBeGreaterThan(0);
  expect(back!.state).toBe('ok');
  // While a sensor hangs, rows may miss their slots.
  expect(stream.events.map(({ kind }) => kind).filter(kind => kind !== 'slots-missed')).toEqual([
    'sensor-failing',
    'sensor-back',
  ]);
  const { name } = back!;
  expect(stream.sentences.filter(sentence => sentence.startsWith('sensor '))).toEqual([
    expect.stringMatching(new RegExp(`^sensor ${name} fails: .*(?:${outage.reason.source})`, 's')),
    expect.stringMatching(new RegExp(`^sensor ${name} is back after `)),
  ]);
}

/** `right`, `none` or `wrong` for each row. */
function judged(batches: readonly Batch[], { isRight, channel = 0 }: Outage): readonly string[] {
  const times = column(batches, 0);
  return column(batches, channel + 1).map((value, row) => {
    if (Number.isNaN(value)) return 'none';
    return isRight(value, times[row]!) ? 'right' : 'wrong';
  });
}

/** Whether a value is the expected one, to the precision of a sensor. */
export function about(expected: number, tolerance = 0.01): (value: number) => boolean {
  return value => Math.abs(value - expected) <= tolerance;
}
