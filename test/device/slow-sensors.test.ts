import { describe, expect, it } from 'vitest';
import type { Clock } from '../../device/host/clock.ts';
import { openDevice } from '../../device/sampling/device.ts';
import type { DeviceEvent } from '../../device/sampling/events.ts';
import type { Reading, Sampling, Sensor } from '../../device/sensor.ts';
import { FakeClock } from './fake-clock.ts';
import { channel, column, never, opening, sensorOf, take } from './fake-sensors.ts';

const NEVER = new AbortController().signal;

function asleep(clock: Clock, seconds: number): Promise<void> {
  return clock.sleepUntil(clock.monotonic() + seconds, NEVER);
}

/** A device of one sensor, and one that is always in time. `read` receives the number of earlier calls. */
async function deviceOf(
  interval: number,
  sampling: Sampling,
  read: (count: number, clock: FakeClock) => Promise<Reading>,
  more: Partial<Sensor> = {},
) {
  const clock = new FakeClock(1_800_000_000);
  const events: DeviceEvent[] = [];
  const reads: number[] = [];
  const sensor = sensorOf(
    's',
    () => {
      reads.push(clock.wall());
      return read(reads.length - 1, clock);
    },
    { sampling, ...more },
  );
  const device = await openDevice({
    sensors: [opening(sensor), opening(sensorOf('steady', () => [7]))],
    interval,
    clock,
    onEvent: event => events.push(event),
  });
  return { clock, device, events, reads, rows: device.rows(NEVER) };
}

/** Takes 0.78 s, as a DS18B20 does, and counts. */
const counting = async (count: number, clock: Clock) => {
  await asleep(clock, 0.78);
  return [count];
};

const isNumber = (value: number) => !Number.isNaN(value);

describe('a sensor that is slower than its rows', () => {
  it('gives each reading once, and no value between them', async () => {
    const { device, rows } = await deviceOf(0.1, {}, counting);
    const taken = await take(rows, 60);
    const values = column(taken, 1).filter(isNumber);
    expect(values).toEqual(values.map((_value, index) => index));
    expect(values.length).toBeGreaterThanOrEqual(6);
    expect(column(taken, 2)).toEqual(Array(60).fill(7));
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('repeats the latest reading until the next one, with between: hold', async () => {
    const { device, rows } = await deviceOf(0.1, { between: 'hold' }, counting);
    const values = column(await take(rows, 60), 1);
    const first = values.findIndex(isNumber);
    expect(first).toBeGreaterThan(5);
    expect(values.slice(first).every(isNumber)).toBe(true);
    for (const [index, value] of values.slice(first + 1).entries()) {
      expect([0, 1]).toContain(value - values[first + index]!);
    }
    await device.close();
  });

  it('repeats nothing once a read has failed, until there is a new reading', async () => {
    const { device, rows } = await deviceOf(0.1, { between: 'hold' }, async (count, clock) => {
      await asleep(clock, 0.35);
      if (count === 1) throw new Error('wrong CRC');
      return [count];
    });
    const values = column(await take(rows, 20), 1);
    const told = values.map(value => (Number.isNaN(value) ? '-' : String(value))).join('');
    expect(told).toMatch(/^-{3}0{4}-{4}2{4}3{4}4$/);
    await device.close();
  });

  it('repeats nothing of a reading of which a part is missing', async () => {
    const { device, rows } = await deviceOf(
      0.1,
      { between: 'hold' },
      async (_count, clock) => {
        await asleep(clock, 0.35);
        return { values: [5, Number.NaN], problem: 'a jumper is open' };
      },
      { channels: [channel('a'), channel('b')] },
    );
    const values = column(await take(rows, 16), 1);
    expect(values.filter(isNumber).length).toBe(4);
    await device.close();
  });

  it('repeats a reading no longer than the next one and its deadline take', async () => {
    const { clock, device, rows } = await deviceOf(0.1, { between: 'hold' }, async (count, clock) => {
      if (count > 0) return never();
      await asleep(clock, 0.35);
      return [3];
    });
    const start = clock.monotonic();
    let last = start;
    for (let row = 0; row < 60; row++) {
      const [batch] = await take(rows, 1);
      if (column([batch!], 1)[0] === 3) last = clock.monotonic();
    }
    expect(last - start).toBeGreaterThan(2);
    expect(last - start).toBeLessThan(3);
    expect(device.sensors[0]).toMatchObject({
      state: 'failing',
      lastError: { message: 'no answer within 2 s' },
    });
    await device.close();
  });

  it('is healthy, its state has the time of its readings, and one event reports it', async () => {
    const { device, events, rows } = await deviceOf(0.1, { between: 'hold' }, counting);
    await take(rows, 200);
    const slow = { every: 0.1, takes: 0.78, waits: 0, between: 'hold' };
    expect(device.sensors).toMatchObject([{ state: 'ok', failures: 0, slow }, { state: 'ok' }]);
    expect(device.sensors[1]).not.toHaveProperty('slow');
    expect(events).toMatchObject([{ kind: 'sensor-slow', sensor: 's', ...slow }]);
    await device.close();
  });

  it('is not slow after one or two late readings, nor when it has become faster', async () => {
    const { device, events, rows } = await deviceOf(0.1, {}, async (count, clock) => {
      if (count % 5 < 2 || (count > 20 && count < 30)) await asleep(clock, 0.25);
      return [count];
    });
    let told = 0;
    const last = async () => column(await take(rows, 1), 1)[0]!;
    for (let value = await last(); !(value >= 20); value = await last()) {
      expect(device.sensors[0]).not.toHaveProperty('slow');
    }
    for (let value = await last(); !(value >= 40); value = await last()) {
      if (device.sensors[0]!.slow !== undefined) told++;
    }
    expect(told).toBeGreaterThan(5);
    expect(device.sensors[0]).not.toHaveProperty('slow');
    expect(events).toMatchObject([{ kind: 'sensor-slow' }]);
    await device.close();
  });
});

describe('a sensor that is read more rarely than rows are made', () => {
  it('is read on whole multiples of its own time, and has its value in that row alone', async () => {
    const { device, reads, rows } = await deviceOf(1, { every: 10 }, async count => [count]);
    const taken = await take(rows, 45);
    expect(reads.map(time => Math.round(time - 1_800_000_000))).toEqual([0, 10, 20, 30, 40]);
    const values = column(taken, 1);
    expect(values.filter(isNumber)).toEqual([0, 1, 2, 3, 4]);
    const times = column(taken, 0);
    for (const [index, value] of values.entries()) {
      expect(isNumber(value)).toBe(Math.round(times[index]! - 1_800_000_000) % 10 === 0);
    }
    expect(column(taken, 2)).toEqual(Array(45).fill(7));
    await device.close();
  });

  it('has its value in the rows between too, with between: hold', async () => {
    const { device, rows } = await deviceOf(1, { every: 10, between: 'hold' }, async count => [count]);
    const values = column(await take(rows, 40), 1);
    expect(values).toEqual([0, 1, 2, 3].flatMap(value => Array(10).fill(value)));
    await device.close();
  });

  it('is read in the nearest row if its time is no multiple of the interval', async () => {
    const { device, reads, rows } = await deviceOf(1, { every: 2.5, between: 'hold' }, async count => [
      count,
    ]);
    const values = column(await take(rows, 21), 1);
    expect(values.every(isNumber)).toBe(true);
    expect(reads).toHaveLength(9);
    await device.close();
  });

  it('is no slow one, though its reading comes too late for its row', async () => {
    const { device, events, rows } = await deviceOf(0.1, { every: 2, between: 'hold' }, counting);
    await take(rows, 200);
    expect(device.sensors[0]).not.toHaveProperty('slow');
    expect(events).toEqual([]);
    await device.close();
  });

  it('is tried again soon after a failed read, and does not wait for its next time', async () => {
    const { device, reads, rows } = await deviceOf(1, { every: 60, between: 'hold' }, async count => {
      if (count < 2) throw new Error('loose wire');
      return [count];
    });
    const values = column(await take(rows, 70), 1);
    expect(reads.map(time => Math.round(time - 1_800_000_000))).toEqual([0, 1, 3, 60]);
    expect(values.map(value => (Number.isNaN(value) ? '-' : String(value))).join('')).toMatch(
      /^---2{57}3{10}$/,
    );
    await device.close();
  });

  it('is read at once when the system clock is set, and then at the new multiples', async () => {
    const { clock, device, reads, rows } = await deviceOf(1, { every: 10 }, async count => [count]);
    await take(rows, 13);
    clock.set(-3605);
    await take(rows, 12);
    const since = reads.map(time => Math.round(time - 1_800_000_000));
    expect(since.slice(0, 2)).toEqual([0, 10]);
    expect(since[2]).toBeLessThan(-3590);
    expect(since[3]! % 10).toBeCloseTo(0);
    expect(since[3]! - since[2]!).toBeLessThanOrEqual(10);
    await device.close();
  });
});

describe('the deadline of a sensor', () => {
  it('is twice the conversion time, if that is longer than the usual deadline', async () => {
    const { clock, device, rows } = await deviceOf(
      1,
      { conversionTime: 4, between: 'hold' },
      async (count, clock) => {
        if (count > 0) return never();
        await asleep(clock, 6);
        return [3];
      },
    );
    const start = clock.monotonic();
    const values = column(await take(rows, 30), 1);
    expect(values).toContain(3);
    expect(clock.monotonic() - start).toBeLessThan(31);
    expect(device.sensors[0]!.lastError?.message).toBe('no answer within 8 s');
    await device.close();
  });
});
