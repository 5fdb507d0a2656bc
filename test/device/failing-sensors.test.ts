import { describe, expect, it } from 'vitest';
import { openDevice } from '../../device/sampling/device.ts';
import type { DeviceEvent } from '../../device/sampling/events.ts';
import type { Reading, Sensor } from '../../device/sensor.ts';
import { FakeClock } from './fake-clock.ts';
import { channel, column, type Deferred, deferred, never, opening, sensorOf, take } from './fake-sensors.ts';

async function deviceOf(interval: number, ...sensors: Sensor[]) {
  const clock = new FakeClock(1_800_000_000);
  const events: DeviceEvent[] = [];
  const device = await openDevice({
    sensors: sensors.map(opening),
    interval,
    clock,
    onEvent: event => events.push(event),
  });
  const stop = new AbortController();
  return { clock, device, events, stop, rows: device.rows(stop.signal) };
}

const steady = () => sensorOf('steady', () => [7]);

describe('a sensor that fails', () => {
  it('gives NaN in its own columns while the others go on', async () => {
    const broken = sensorOf('broken', () => Promise.reject(new Error('wire is off')), {
      channels: [channel('x'), channel('y')],
    });
    const { device, rows } = await deviceOf(1, broken, steady());
    const taken = await take(rows, 5);
    expect(column(taken, 1)).toEqual(Array(5).fill(Number.NaN));
    expect(column(taken, 2)).toEqual(Array(5).fill(Number.NaN));
    expect(column(taken, 3)).toEqual(Array(5).fill(7));
    await device.close();
  });

  it('is waiting until its first read, whose success is no event', async () => {
    const { device, events, rows } = await deviceOf(
      1,
      sensorOf('s', () => [3]),
    );
    expect(device.sensors).toMatchObject([{ name: 's', state: 'waiting' }]);
    await take(rows, 1);
    expect(device.sensors).toMatchObject([{ name: 's', state: 'ok', failures: 0 }]);
    expect(events).toEqual([]);
  });

  it('reports the failure once, with the reason, and once its recovery', async () => {
    let broken = true;
    const sensor = sensorOf('s', () => {
      if (broken) throw new Error('wire is off');
      return [3];
    });
    const { device, events, rows } = await deviceOf(1, sensor);
    expect(device.sensors).toMatchObject([{ name: 's', channels: ['s'], state: 'waiting', failures: 0 }]);
    await take(rows, 6);
    expect(events).toMatchObject([{ kind: 'sensor-failing', sensor: 's', error: 'wire is off' }]);
    const [state] = device.sensors;
    expect(state).toMatchObject({ state: 'failing', lastError: { message: 'wire is off' } });
    expect(state!.since).toBeCloseTo(1_800_000_000, 1);
    expect(state!.failures).toBeGreaterThan(1);

    broken = false;
    const taken = await take(rows, 6);
    expect(column(taken, 1).at(-1)).toBe(3);
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({ kind: 'sensor-back', sensor: 's' });
    expect(device.sensors[0]).toMatchObject({ state: 'ok', lastError: { message: 'wire is off' } });
    expect(device.sensors[0]!.since).toBeGreaterThan(state!.since);
    await device.close();
  });

  it('loses one row to one bad read, each time', async () => {
    let reads = 0;
    const flaky = sensorOf('flaky', () => {
      reads++;
      if (reads === 3 || reads === 5) throw new Error('bad CRC');
      return [reads];
    });
    const { device, rows } = await deviceOf(1, flaky);
    expect(column(await take(rows, 8), 1)).toEqual([1, 2, Number.NaN, 4, Number.NaN, 6, 7, 8]);
    await device.close();
  });

  it('is tried ever more rarely, once a minute in the end, and no row is late for it', async () => {
    const tries: number[] = [];
    const dead = sensorOf('dead', () => {
      tries.push(clock.monotonic());
      throw new Error('gone');
    });
    const { clock, device, rows } = await deviceOf(1, dead, steady());
    const times = column(await take(rows, 400), 0);
    for (let row = 1; row < times.length; row++) expect(times[row]! - times[row - 1]!).toBeCloseTo(1, 2);
    const waits = tries.slice(1).map((time, index) => time - tries[index]!);
    for (const [index, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      expect(waits[index]).toBeCloseTo(seconds, 1);
    }
    expect(device.sensors[0]!.failures).toBe(tries.length);
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('fails if its reading has not one value per channel', async () => {
    const { device, rows } = await deviceOf(
      1,
      sensorOf('s', () => [1, 2]),
    );
    expect(column(await take(rows, 1), 1)).toEqual([Number.NaN]);
    expect(device.sensors[0]!.lastError?.message).toBe(
      'expected 1 value, one per channel, found 2 in the reading',
    );
    await device.close();
  });

  it('fails if its read throws before it returns a promise', async () => {
    const sensor: Sensor = {
      ...steady(),
      read: () => {
        throw new TypeError('no bus');
      },
    };
    const { device, rows } = await deviceOf(1, sensor);
    expect(column(await take(rows, 1), 1)).toEqual([Number.NaN]);
    expect(device.sensors[0]).toMatchObject({ state: 'failing', lastError: { message: 'no bus' } });
    await device.close();
  });
});

describe('a sensor that hangs', () => {
  it('does not hold up the rows, is reported, and is not read a second time meanwhile', async () => {
    let reads = 0;
    const signals: AbortSignal[] = [];
    const hung = sensorOf('hung', ({ signal }) => {
      reads++;
      signals.push(signal);
      return never();
    });
    const { device, events, rows } = await deviceOf(0.5, hung, steady());
    const taken = await take(rows, 300);
    const times = column(taken, 0);
    for (let row = 2; row < times.length; row++) expect(times[row]! - times[row - 1]!).toBeCloseTo(0.5, 2);
    expect(column(taken, 1).every(Number.isNaN)).toBe(true);
    expect(column(taken, 2)).toEqual(Array(300).fill(7));
    expect(reads).toBe(1);
    expect(signals[0]!.aborted).toBe(true);
    expect(events).toMatchObject([{ kind: 'sensor-failing', sensor: 'hung', error: 'no answer within 2 s' }]);
    expect(device.sensors[0]).toMatchObject({ state: 'failing', failures: 1 });
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('has the interval to answer, ten seconds at most', async () => {
    for (const [interval, deadline] of [
      [5, 5],
      [3600, 10],
    ] as const) {
      const { clock, device, rows } = await deviceOf(interval, sensorOf('hung', never), steady());
      const started = clock.monotonic();
      const [row] = await take(rows, 1);
      expect(column([row!], 2)).toEqual([7]);
      expect(clock.monotonic() - started).toBeCloseTo(deadline, 2);
      await take(rows, 1);
      expect(device.sensors[0]!.lastError?.message).toBe(`no answer within ${deadline} s`);
      await device.close();
    }
  });

  it('is read again after its late answer, which is thrown away', async () => {
    const answers: Deferred<Reading>[] = [];
    const sensor = sensorOf('s', () => {
      const answer = deferred<Reading>();
      answers.push(answer);
      if (answers.length > 1) answer.resolve([2]);
      return answer.promise;
    });
    const { device, rows } = await deviceOf(2, sensor);
    const hung = await take(rows, 5);
    expect(column(hung, 1).every(Number.isNaN)).toBe(true);
    expect(answers).toHaveLength(1);
    answers[0]!.resolve([1]);
    const after = column(await take(rows, 5), 1);
    expect(after).not.toContain(1);
    expect(after.at(-1)).toBe(2);
    expect(device.sensors[0]!.state).toBe('ok');
    await device.close();
  });

  it('is closed long before the next row when the rows are aborted', async () => {
    const device = await openDevice({
      sensors: [opening(sensorOf('hung', never)), opening(steady())],
      interval: 60,
    });
    const stop = new AbortController();
    const next = device.rows(stop.signal).next();
    const aborted = performance.now();
    stop.abort();
    expect((await next).done).toBe(true);
    expect(performance.now() - aborted).toBeLessThan(30_000);
    await device.close();
  });

  it('that ends on abort is tried again', async () => {
    let reads = 0;
    const sensor = sensorOf('s', ({ signal }) => {
      reads++;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    });
    const { device, rows } = await deviceOf(2, sensor);
    await take(rows, 20);
    expect(reads).toBeGreaterThan(2);
    expect(device.sensors[0]!.failures).toBeGreaterThan(1);
    expect(device.sensors[0]!.lastError?.message).toBe('no answer within 2 s');
    await device.close();
  });
});

describe('a sensor that is slower than the interval', () => {
  it('has its values in the row during which its read ends, and does not slow the others', async () => {
    let reads = 0;
    const slow = sensorOf('slow', async () => {
      reads++;
      await clock.sleepUntil(clock.monotonic() + 0.78);
      return [reads];
    });
    const { clock, device, rows } = await deviceOf(0.25, slow, steady());
    const taken = await take(rows, 40);
    const times = column(taken, 0);
    for (let row = 2; row < times.length; row++) expect(times[row]! - times[row - 1]!).toBeCloseTo(0.25, 2);
    expect(column(taken, 2)).toEqual(Array(40).fill(7));
    const values = column(taken, 1).filter(value => !Number.isNaN(value));
    expect(values.length).toBeGreaterThanOrEqual(9);
    expect(values).toEqual(values.map((_, index) => index + 1));
    expect(device.sensors[0]).toMatchObject({ state: 'ok', failures: 0 });
    expect(device.missedSlots).toBe(0);
    await device.close();
  });

  it('has all sensors read side by side', async () => {
    const slow = (name: string) =>
      sensorOf(name, async () => {
        await clock.sleepUntil(clock.monotonic() + 0.6);
        return [1];
      });
    const { clock, device, rows } = await deviceOf(1, slow('a'), slow('b'), slow('c'));
    const taken = await take(rows, 5);
    for (const index of [1, 2, 3]) expect(column(taken, index)).toEqual(Array(5).fill(1));
    expect(device.missedSlots).toBe(0);
    await device.close();
  });
});
