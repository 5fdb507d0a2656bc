import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import type { DeviceEvent } from '../../../device/sampling/events.ts';
import { FakeClock } from '../fake-clock.ts';
import { channel, column, deferred, never, opening, sensorOf, take } from '../fake-sensors.ts';
import { simulatedTmp36 } from '../known-sensors.ts';

describe('a device with an interval', () => {
  it('gives its first row at once and the next ones on whole multiples of the interval', async () => {
    const clock = new FakeClock(1_800_000_003.25);
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 10, clock });
    const rows = await take(device.rows(new AbortController().signal), 4);
    const times = column(rows, 0);
    for (const [index, time] of [3.25, 10, 20, 30].entries()) {
      expect(times[index]).toBeCloseTo(1_800_000_000 + time, 2);
    }
    await device.close();
  });

  it('gives rows after the last one of an earlier process, if its clock is a little behind that', async () => {
    const clock = new FakeClock(1_800_000_000);
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 10, clock });
    const rows = await take(device.rows(new AbortController().signal, { after: 1_800_000_020 }), 6);
    for (const [index, time] of [20, 25, 30, 35, 40, 50].entries()) {
      expect(column(rows, 0)[index]).toBeCloseTo(1_800_000_000 + time, 2);
    }
    expect(device.clock.lastSteps).toMatchObject([{ seconds: -20 }]);
    await device.close();
  });

  it('gives batches of one row: time as Float64Array, then one typed array per channel', async () => {
    const channels = [
      channel('a'),
      channel('b', { type: 'Float32' }),
      channel('c', { type: 'Int32' }),
      channel('d', { type: 'UInt32' }),
    ];
    const sensor = sensorOf('s', () => [1.5, 2.5, -3.2, 4e9], { channels });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 1, clock: new FakeClock() });
    expect(device.channels).toEqual(channels);
    const [row] = await take(device.rows(new AbortController().signal), 1);
    expect(row!.length).toBe(1);
    expect(row!.columns.slice(1)).toEqual([
      Float64Array.of(1.5),
      Float32Array.of(2.5),
      Int32Array.of(-3),
      Uint32Array.of(4e9),
    ]);
    expect(row!.columns[0]).toBeInstanceOf(Float64Array);
    await device.close();
  });

  it('marks a missing value by the fill value where the column cannot hold NaN, and never by 0', async () => {
    const channels = [
      channel('a'),
      channel('b', { type: 'Int32' }),
      channel('c', { type: 'UInt32' }),
      channel('d', { type: 'UInt32' }),
    ];
    const sensor = sensorOf('s', () => [Number.NaN, Number.NaN, Number.NaN, -1], { channels });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 1, clock: new FakeClock() });
    const [row] = await take(device.rows(new AbortController().signal), 1);
    const values = row!.columns.slice(1).map(([value]) => value);
    expect(values).toEqual([Number.NaN, -2147483647, 4294967295, 4294967295]);
    await device.close();
  });

  it('skips and counts the slots that a slow reader of rows has missed, and reports them once a minute at most', async () => {
    const clock = new FakeClock(1_800_000_000);
    const events: DeviceEvent[] = [];
    const device = await openDevice({
      sensors: [opening(sensorOf('s', () => [1]))],
      interval: 1,
      clock,
      onEvent: event => events.push(event),
    });
    const rows = device.rows(new AbortController().signal);
    await take(rows, 2);
    clock.pass(5.2);
    const [late] = await take(rows, 1);
    expect(column([late!], 0)[0]).toBeCloseTo(1_800_000_006.2, 2);
    const [next] = await take(rows, 1);
    expect(column([next!], 0)[0]).toBeCloseTo(1_800_000_007, 2);
    expect(device.missedSlots).toBe(4);
    expect(events).toMatchObject([{ kind: 'slots-missed', missed: 4 }]);

    clock.pass(5.2);
    await take(rows, 1);
    expect(device.missedSlots).toBe(8);
    expect(events).toHaveLength(1);

    clock.pass(60);
    await take(rows, 1);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ missed: device.missedSlots - 4 });
    await device.close();
  });

  it('knows how late its schedule is, while it sleeps and while its caller delays it', async () => {
    const clock = new FakeClock();
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 3600, clock });
    expect(device.lateness).toBe(0);
    const stop = new AbortController();
    const rows = device.rows(stop.signal);
    await take(rows, 2);
    // Within the slot, all is well for an hour.
    clock.pass(3599);
    expect(device.lateness).toBe(0);
    clock.pass(61);
    expect(device.lateness).toBeCloseTo(60, 0);
    await take(rows, 1);
    expect(device.lateness).toBe(0);
    stop.abort();
    await rows.next();
    clock.pass(10_000);
    expect(device.lateness).toBe(0);
    await device.close();
  });

  it('keeps rows in order when the clock is set back an hour, and aligns the slots again', async () => {
    const clock = new FakeClock(1_800_000_000);
    const events: DeviceEvent[] = [];
    const device = await openDevice({
      sensors: [simulatedTmp36({ seed: 1 })],
      interval: 1,
      clock,
      onEvent: event => events.push(event),
    });
    const rows = device.rows(new AbortController().signal);
    const before = await take(rows, 3);
    clock.set(-3600.3);
    const after = await take(rows, 20);
    const times = column([...before, ...after], 0);
    for (let row = 1; row < times.length; row++) expect(times[row]).toBeGreaterThan(times[row - 1]!);
    expect(times.at(-1)! - times[2]!).toBeGreaterThan(9);
    expect(times.at(-1)! - times[2]!).toBeLessThan(11);
    expect(events).toMatchObject([{ kind: 'clock-stepped' }]);
    expect(device.clock.steps).toBe(1);
    expect(device.clock.ahead).toBeGreaterThan(3580);
    const fraction = clock.wall() % 1;
    expect(Math.min(fraction, 1 - fraction)).toBeLessThan(0.01);
    await device.close();
  });

  it('follows a clock that is set forward', async () => {
    const clock = new FakeClock(1_800_000_000);
    const events: DeviceEvent[] = [];
    const device = await openDevice({
      sensors: [simulatedTmp36({ seed: 1 })],
      interval: 1,
      clock,
      onEvent: event => events.push(event),
    });
    const rows = device.rows(new AbortController().signal);
    await take(rows, 2);
    clock.set(3600);
    const [row] = await take(rows, 1);
    expect(column([row!], 0)[0]).toBeCloseTo(1_800_003_602, 2);
    expect(device.clock).toEqual({
      steps: 1,
      lastSteps: [{ time: column([row!], 0)[0], seconds: 3600, ahead: 0 }],
      ahead: 0,
    });
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('keeps the real interval on a real clock', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0.05 });
    const stop = new AbortController();
    const times = column(await take(device.rows(stop.signal), 12), 0);
    stop.abort();
    // The first slot comes half an interval after the first row at the earliest, and no row comes before its slot.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(10.5 * 0.05 - 0.002);
    const punctual = times.slice(1).filter(time => (time + 0.0005) % 0.05 < 0.02);
    expect(punctual.length).toBeGreaterThan(5);
    await device.close();
  });

  it('has one generator at a time, and a new one after the first has stopped', async () => {
    let opened = 0;
    let closed = 0;
    const open = async () => {
      opened++;
      return sensorOf('s', () => [1], {
        close: async () => {
          closed++;
        },
      });
    };
    const clock = new FakeClock();
    const device = await openDevice({ sensors: [open], interval: 1, clock });
    const stop = new AbortController();
    const rows = device.rows(stop.signal);
    const first = column(await take(rows, 2), 0);
    await expect(device.rows(stop.signal).next()).rejects.toThrow(/expected one generator of rows at a time/);
    stop.abort();
    expect((await rows.next()).done).toBe(true);
    expect([opened, closed]).toEqual([1, 1]);

    const again = column(await take(device.rows(new AbortController().signal), 1), 0);
    expect(again[0]).toBeGreaterThan(first[1]!);
    expect(opened).toBe(2);
    await device.close();
    expect(closed).toBe(2);
    await expect(device.rows(new AbortController().signal).next()).rejects.toThrow('the device is closed');
  });

  it('opens its sensors again only when they are closed', async () => {
    const closing = deferred();
    let opened = 0;
    const open = async () => {
      opened++;
      return sensorOf('s', () => [1], { close: () => closing.promise });
    };
    const device = await openDevice({ sensors: [open], interval: 1 });
    const stop = new AbortController();
    await device.rows(stop.signal).next();
    stop.abort();
    const again = device.rows(new AbortController().signal).next();
    await turn();
    expect(opened).toBe(1);
    closing.resolve();
    expect((await again).done).toBe(false);
    expect(opened).toBe(2);
    await device.close();
  });

  it('closes its sensors on the abort, even if its caller takes no further row', async () => {
    const closed = deferred();
    const sensor = sensorOf('s', () => [1], { close: async () => closed.resolve() });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 1 });
    const stop = new AbortController();
    await device.rows(stop.signal).next();
    stop.abort();
    await closed.promise;
  });

  it('closes its sensors when a loop over its rows is left', async () => {
    let closed = false;
    const sensor = sensorOf('s', () => [1], {
      close: async () => {
        closed = true;
      },
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 1 });
    for await (const row of device.rows(new AbortController().signal)) {
      expect(row.length).toBe(1);
      break;
    }
    expect(closed).toBe(true);
  });

  it('closes sensors that no generator has used', async () => {
    let closed = 0;
    const sensor = sensorOf('s', () => [1], {
      close: async () => {
        closed++;
      },
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 1 });
    await device.close();
    await device.close();
    expect(closed).toBe(1);
  });

  it('gives up a sensor whose close hangs after a second', async () => {
    const sensor = sensorOf('s', () => [1], { close: never });
    const clock = new FakeClock();
    const device = await openDevice({ sensors: [opening(sensor)], interval: 10, clock });
    await take(device.rows(new AbortController().signal), 1);
    const before = clock.monotonic();
    await device.close();
    expect(clock.monotonic() - before).toBe(1);
  });
});
