import { expect, it } from 'vitest';
import { z } from 'zod';
import { DRIVER_TOOLS } from '../../../device/drivers/driver.ts';
import { guardedKind } from '../../../device/drivers/guarded-kind.ts';
import { SimulatedI2c, simulatedI2c } from '../../../device/host/i2c/i2c-simulated.ts';
import { serialQueues } from '../../../device/host/serial.ts';
import type { SensorHost } from '../../../device/kind.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { Reading } from '../../../device/sensor.ts';
import { FakeClock } from '../fake-clock.ts';
import { channel, column, never, opening, take } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';

const CHANNELS = [channel('x'), channel('y')];

/** The sensor of a driver whose `read` gets the signal itself, as drivers of version 0.1 expect. */
function earlierSensor(
  read: (signal: AbortSignal, host: SensorHost) => Promise<Reading>,
  host: SensorHost = hostOf(),
) {
  const kind = {
    name: 'earlier',
    title: 'Earlier',
    description: 'A driver of version 0.1.',
    needs: [],
    options: z.strictObject({}),
    channels: () => CHANNELS,
    conversionTime: () => 0,
    open: async (_options: unknown, given: SensorHost) => ({
      name: 'earlier',
      channels: CHANNELS,
      read: (context: unknown) => read(context as AbortSignal, given),
      close: async () => {},
    }),
  };
  return guardedKind(kind, { file: '/etc/earlier.js', url: 'file:///etc/earlier.js' }).open({}, host);
}

it('a driver may use the context of its read as an abort signal', async () => {
  const sensor = await earlierSensor(async signal => {
    expect(signal).toBeInstanceOf(AbortSignal);
    // Only a real signal passes the check of `fetch`.
    return fetch('data:,1', { signal }).then(answer => answer.json().then(value => [value, 2]));
  });
  expect(await sensor.read(new AbortController())).toEqual([1, 2]);
  const stop = new AbortController();
  let reason: unknown;
  const hanging = await earlierSensor(signal => {
    signal.addEventListener('abort', () => {
      reason = signal.reason;
    });
    return never();
  });
  const reading = hanging.read(stop);
  stop.abort('too late');
  await expect(reading).rejects.toBe('too late');
  expect(reason).toBe('too late');
});

it('a driver may hand that signal, or one of its own, to queues and chips', async () => {
  const clock = new FakeClock();
  const serial = serialQueues();
  const bus = new SimulatedI2c(1, { 35: { write: () => true, read: () => Uint8Array.of(7) } });
  const host = hostOf({ clock, buses: { serial }, i2c: simulatedI2c([bus], { clock, serial }) });
  const sensor = await earlierSensor(async (signal, { buses, i2c }) => {
    const chip = await i2c.open(1, 0x23);
    const own = new AbortController();
    own.abort(new Error('given up by the driver'));
    const answers = [
      buses.serial('mine', () => chip.readByte(0, signal as never), signal as never),
      buses.serial('mine', async () => 1, own.signal as never),
      chip.readByte(0, own.signal as never),
    ];
    const ends = await Promise.allSettled(answers);
    expect(ends.slice(1)).toEqual(Array(2).fill({ status: 'rejected', reason: own.signal.reason }));
    return [await answers[0]!, 0];
  }, host);
  expect(await sensor.read(new AbortController())).toEqual([7, 0]);
});

it('the deadline of such a driver leaves out the time that it waits in a queue', async () => {
  const clock = new FakeClock();
  const host = hostOf({ clock, buses: { serial: serialQueues() } });
  const asleep = (seconds: number) => clock.sleepUntil(clock.monotonic() + seconds);
  void host.buses.serial('1-wire', () => asleep(7));
  const sensor = await earlierSensor(
    (signal, { buses }) => buses.serial('1-wire', async () => asleep(1).then(() => [1, 2]), signal as never),
    host,
  );
  const device = await openDevice({ sensors: [opening(sensor)], interval: 2, clock });
  const rows = device.rows(new AbortController().signal);
  expect(column(await take(rows, 6), 1)).toContain(1);
  expect(device.sensors).toMatchObject([{ state: 'ok', failures: 0 }]);
  await device.close();
});

it('a driver may still throw an IncompleteReading: its values and its reason are those of the reading', async () => {
  const sensor = await earlierSensor(async () => {
    throw new DRIVER_TOOLS.IncompleteReading([21.3, Number.NaN], 'no humidity');
  });
  expect(await sensor.read(new AbortController())).toEqual({
    values: [21.3, Number.NaN],
    problem: 'no humidity',
  });
});
