import { describe, expect, it } from 'vitest';
import { oneWire } from '../../device/host/one-wire.ts';
import { serialQueues } from '../../device/host/serial.ts';
import { Ds18b20Model } from '../../device/models/ds18b20.ts';
import { W1ThermModel } from '../../device/models/w1-therm.ts';
import { openDevice } from '../../device/sampling/device.ts';
import type { DeviceEvent } from '../../device/sampling/events.ts';
import type { Reading, Sensor } from '../../device/sensor.ts';
import { ds18b20 } from '../../device/sensors/ds18b20.ts';
import { columnsOf, samplingOf, setUpSensor } from '../../device/setup/column-setup.ts';
import { reopenOnError } from '../../device/setup/reopening-sensor.ts';
import { sensorOpener } from '../../device/setup/sensor-opener.ts';
import { FakeClock } from './fake-clock.ts';
import { column, type Deferred, deferred, opening, sensorOf, take } from './fake-sensors.ts';
import { hostOf } from './known-sensors.ts';

const NEVER = new AbortController().signal;

/** Sensors on one bus, each of which takes 0.78 s of it; hung ones hold it until they are let go. */
function busOf(clock: FakeClock) {
  const serial = serialQueues();
  const hung: Deferred<Reading>[] = [];
  const work = async () => {
    await clock.sleepUntil(clock.monotonic() + 0.78, NEVER);
    return [clock.monotonic()];
  };
  const healthy = (name: string): Sensor => sensorOf(name, context => serial('1-wire', work, context));
  const hanging = (name: string, hangs: () => boolean): Sensor =>
    sensorOf(name, context =>
      serial(
        '1-wire',
        () => {
          if (!hangs()) return work();
          const answer = deferred<Reading>();
          hung.push(answer);
          return answer.promise;
        },
        context,
      ),
    );
  return { serial, healthy, hanging, hung };
}

async function deviceOf(clock: FakeClock, interval: number, sensors: readonly Sensor[]) {
  const events: DeviceEvent[] = [];
  const device = await openDevice({
    sensors: sensors.map(opening),
    interval,
    clock,
    onEvent: event => events.push(event),
  });
  return { device, events, rows: device.rows(NEVER) };
}

const isNumber = (value: number) => !Number.isNaN(value);

describe('sensors that take turns on a bus', () => {
  it('do not miss their deadlines, however many are before them', async () => {
    const clock = new FakeClock(1_800_000_000);
    const { healthy } = busOf(clock);
    const names = Array.from({ length: 16 }, (_, index) => `t${index}`);
    const { device, events, rows } = await deviceOf(clock, 1, names.map(healthy));
    const taken = await take(rows, 60);
    for (const index of names.keys()) {
      expect(column(taken, 1 + index).filter(isNumber).length).toBeGreaterThanOrEqual(4);
    }
    for (const sensor of device.sensors) expect(sensor).toMatchObject({ state: 'ok', failures: 0 });
    expect(events.map(({ kind }) => kind)).toEqual(names.map(() => 'sensor-slow'));
    const { takes, waits } = device.sensors[15]!.slow!;
    expect(takes).toBeGreaterThan(15 * 0.78);
    expect(takes - waits).toBeCloseTo(0.78);
    await device.close();
  });

  it('fail with the name of the sensor that hangs, which fails first', async () => {
    const clock = new FakeClock(1_800_000_000);
    const { healthy, hanging } = busOf(clock);
    const sensors = [hanging('attic', () => true), healthy('cellar'), healthy('garden')];
    const { device, events, rows } = await deviceOf(clock, 1, sensors);
    const taken = await take(rows, 20);
    for (const index of [1, 2, 3]) expect(column(taken, index).some(isNumber)).toBe(false);
    expect(events).toMatchObject([
      { sensor: 'attic', error: 'no answer within 2 s' },
      { sensor: 'cellar', error: '1-wire is not free: the sensor attic has held it for 3.0 s' },
      { sensor: 'garden', error: '1-wire is not free: the sensor attic has held it for 3.0 s' },
    ]);
    expect(events[1]!.time - 1_800_000_000).toBeLessThan(4.5);
    expect(device.sensors[0]!.lastError!.message).toMatch(
      /^no answer within 2 s: an earlier read has not ended for \d+\.\d s$/,
    );
    expect(device.sensors[2]!.lastError!.message).toMatch(/the sensor attic has held it for \d\d\.\d s$/);
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('recover as soon as the bus is free', async () => {
    const clock = new FakeClock(1_800_000_000);
    let broken = true;
    const { healthy, hanging, hung } = busOf(clock);
    const { device, rows } = await deviceOf(clock, 3, [hanging('attic', () => broken), healthy('cellar')]);
    await take(rows, 4);
    expect(device.sensors.map(({ state }) => state)).toEqual(['failing', 'failing']);
    broken = false;
    for (const { resolve } of hung) resolve([1]);
    const after = await take(rows, 10);
    expect(device.sensors.map(({ state }) => state)).toEqual(['ok', 'ok']);
    expect(column(after, 1)).not.toContain(1);
    await device.close();
  });

  it('have their own deadline from the moment when it is their turn', async () => {
    const clock = new FakeClock(1_800_000_000);
    const { healthy, hanging } = busOf(clock);
    const sensors = [healthy('a'), healthy('b'), healthy('c'), hanging('attic', () => true)];
    const { device, events, rows } = await deviceOf(clock, 1, sensors);
    await take(rows, 7);
    const [failing] = events;
    expect(failing).toMatchObject({ kind: 'sensor-failing', sensor: 'attic', error: 'no answer within 2 s' });
    // After 2.34 s it has the bus, after 4.34 it is overdue, in the row of 4.
    expect(failing!.time - 1_800_000_000).toBeCloseTo(4, 1);
    await device.close();
  });

  it('fail after ten seconds if the holder of the bus is unknown', async () => {
    const clock = new FakeClock(1_800_000_000);
    const { serial, healthy } = busOf(clock);
    void serial('1-wire', () => new Promise(() => {}));
    const { device, events, rows } = await deviceOf(clock, 1, [healthy('cellar')]);
    await take(rows, 15);
    expect(events).toMatchObject([
      { sensor: 'cellar', error: '1-wire is not free: something else has held it for 10.0 s' },
    ]);
    expect(events[0]!.time - 1_800_000_000).toBeLessThan(13);
    await device.close();
  });
});

describe('thermometers on 1-Wire that convert one after the other', () => {
  it('are all read, however many there are: none fails for the time of the others', async () => {
    const clock = new FakeClock(1_800_000_000);
    const addresses = Array.from({ length: 6 }, (_, index) => `28-00000000000${index + 1}`);
    const chips = Object.fromEntries(
      addresses.map((address, index) => [address, new Ds18b20Model(() => 20 + index)]),
    );
    const files = new W1ThermModel({ chips, clock, driver: 'single' });
    const host = hostOf({ files, clock, oneWire: oneWire({ files, serial: serialQueues(), clock }) });
    const sensors = addresses.map((address, index) => {
      const setup = setUpSensor(ds18b20, { address }, { name: `t${index}`, sampling: { between: 'hold' } });
      const open = sensorOpener(setup, host, false);
      return reopenOnError(open, setup.name, columnsOf(setup), clock, samplingOf(setup));
    });
    const device = await openDevice({ sensors, interval: 1, clock });
    const taken = await take(device.rows(NEVER), 40);
    for (const [index, sensor] of device.sensors.entries()) {
      expect(sensor).toMatchObject({ state: 'ok', failures: 0 });
      const values = column(taken, 1 + index).filter(isNumber);
      expect(values.length).toBeGreaterThanOrEqual(34);
      expect(new Set(values)).toEqual(new Set([20 + index]));
    }
    await device.close();
  });
});
