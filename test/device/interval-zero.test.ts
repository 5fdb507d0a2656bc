import { describe, expect, it } from 'vitest';
import type { Batch } from '../../dap/model/value.ts';
import { openDevice } from '../../device/sampling/device.ts';
import type { Channel, ComputedSensor } from '../../device/sensor.ts';
import { FakeClock } from './fake-clock.ts';
import { column, type Deferred, deferred, never, opening, sensorOf, take } from './fake-sensors.ts';
import { simulatedTmp36 } from './known-sensors.ts';

const START = 1_800_000_000;

describe('a device of computed sensors without an interval', () => {
  it('begins with a small batch and goes on in batches of 4096 rows, one step apart', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0, step: 0.5 });
    const batches = await take(device.rows(new AbortController().signal, { from: START }), 8);
    const lengths = batches.map(batch => batch.length);
    expect(lengths[0]).toBeLessThanOrEqual(16);
    expect(lengths.at(-1)).toBe(4096);
    for (const { length, columns } of batches) {
      expect(columns.map(values => values.length)).toEqual([length, length, length]);
    }
    const times = column(batches, 0);
    expect(times).toEqual(times.map((_, row) => START + row * 0.5));
    await device.close();
  });

  it('begins now, rounded up to a whole step, without a start time', async () => {
    const clock = new FakeClock(START + 0.25);
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0, step: 60, clock });
    const [batch] = await take(device.rows(new AbortController().signal), 1);
    const times = column([batch!], 0);
    expect(times[0]! % 60).toBe(0);
    expect(times[0]! - START).toBeGreaterThan(0);
    expect(times[0]! - START).toBeLessThanOrEqual(60);
    expect(times[1]! - times[0]!).toBe(60);
    await device.close();
  });

  it('gives the same rows to all readers that begin at the same time', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
    const { signal } = new AbortController();
    const [one, two] = [device.rows(signal, { from: START }), device.rows(signal, { from: START })];
    expect(await take(one, 6)).toEqual(await take(two, 6));
    const later = await take(device.rows(signal, { from: START + 100 }), 1);
    expect(column(later, 2)[0]).toBe(column(await take(device.rows(signal, { from: START }), 4), 2)[100]);
    await device.close();
  });

  it.each([1, 0.1, 0.3, 60])(
    'gives the same row at a time wherever a reader begins, at steps of %d s',
    async step => {
      const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0, step });
      const rowsFrom = async (from: number) => {
        const batches = await take(device.rows(new AbortController().signal, { from }), 3);
        return column(batches, 0).map((time, row) => [time, column(batches, 2)[row]]);
      };
      const rows = await rowsFrom(START);
      for (const row of [1, 2, 3, 7, 11, 50]) {
        const [before, at] = [rows[row - 1]![0]!, rows[row]![0]!];
        for (const from of [at, before + (at - before) / 2]) {
          expect((await rowsFrom(from)).slice(0, 100)).toEqual(rows.slice(row, row + 100));
        }
      }
      await device.close();
    },
  );

  it('makes rows in the memory of a batch that is handed back, the same rows', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
    const { signal } = new AbortController();
    const kept = await take(device.rows(signal, { from: START }), 12);
    const rows = device.rows(signal, { from: START });
    const seen = new Set<Batch>();
    let batch: Batch | undefined;
    for (const expected of kept) {
      const next = await rows.next(batch);
      batch = next.value as Batch;
      expect(batch).toEqual(expected);
      seen.add(batch);
    }
    expect(new Set(kept).size).toBe(12);
    expect(seen.size).toBeLessThan(8);
    await device.close();
  });

  it('fills columns of the type that the channel asks for', async () => {
    const channels: Channel[] = [
      { name: 'single', type: 'Float32', units: '1', longName: 'single' },
      { name: 'count', type: 'UInt32', units: '1', longName: 'count' },
    ];
    const sensor: ComputedSensor = {
      ...sensorOf('ramp', never, { channels }),
      compute: (times, columns) => {
        for (const values of columns) values.set([...times].map(time => time - START));
      },
    };
    const device = await openDevice({ sensors: [opening(sensor)], interval: 0 });
    const [batch] = await take(device.rows(new AbortController().signal, { from: START }), 1);
    expect(batch!.columns[1]).toBeInstanceOf(Float32Array);
    expect(batch!.columns[2]).toBeInstanceOf(Uint32Array);
    expect([...batch!.columns[2]!].slice(0, 3)).toEqual([0, 1, 2]);
    await device.close();
  });

  it('lets timers and sockets run while a reader takes rows without a pause', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    let rows = 0;
    for await (const batch of device.rows(stop.signal)) rows += batch.length;
    expect(rows).toBeGreaterThan(4096);
    await device.close();
  });

  it('refuses a beginning that is no time', async () => {
    const device = await openDevice({ sensors: [simulatedTmp36({ seed: 1 })], interval: 0 });
    const rows = device.rows(new AbortController().signal, { from: Number.NaN });
    await expect(rows.next()).rejects.toThrow('from: expected seconds since 1970, found NaN');
  });
});

describe('a device of real sensors without an interval', () => {
  it('reads once a batch, stamped in order, and only when a batch is asked for', async () => {
    let reads = 0;
    const device = await openDevice({ sensors: [opening(sensorOf('s', () => [++reads]))], interval: 0 });
    const stop = new AbortController();
    const rows = device.rows(stop.signal);
    const taken = await take(rows, 50);
    expect(column(taken, 1)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    const times = column(taken, 0);
    for (let row = 1; row < times.length; row++) expect(times[row]).toBeGreaterThan(times[row - 1]!);
    expect(reads).toBe(50);
    stop.abort();
    expect((await rows.next()).done).toBe(true);
  });

  it('opens sensors for each generator and closes them with it', async () => {
    let open = 0;
    let opened = 0;
    const opener = async () => {
      open++;
      opened++;
      return sensorOf('s', () => [1], {
        close: async () => {
          open--;
        },
      });
    };
    const device = await openDevice({ sensors: [opener], interval: 0 });
    expect([open, opened]).toEqual([0, 1]);
    const stop = new AbortController();
    const generators = [1, 2, 3].map(() => device.rows(stop.signal));
    await Promise.all(generators.map(rows => rows.next()));
    expect([open, opened]).toEqual([3, 4]);
    await generators[0]!.return();
    expect(open).toBe(2);
    await device.close();
    expect(open).toBe(0);
    expect((await generators[1]!.next()).done).toBe(true);
  });

  it('ends at once on an abort while its sensors open, and closes them', async () => {
    const openings: Deferred<ReturnType<typeof sensorOf>>[] = [];
    const closed = deferred();
    const sensor = sensorOf('s', () => [1]);
    let first = true;
    const opener = () => {
      const pending = deferred<ReturnType<typeof sensorOf>>();
      openings.push(pending);
      if (first) pending.resolve(sensor);
      first = false;
      return pending.promise;
    };
    const device = await openDevice({ sensors: [opener], interval: 0 });
    const stop = new AbortController();
    const next = device.rows(stop.signal).next();
    stop.abort();
    expect((await next).done).toBe(true);
    openings[1]!.resolve({ ...sensor, close: async () => closed.resolve() });
    await closed.promise;
  });

  it('fails if the sensors open again with other channels', async () => {
    let name = 'before';
    const device = await openDevice({ sensors: [async () => sensorOf(name, () => [1])], interval: 0 });
    name = 'after';
    await expect(device.rows(new AbortController().signal).next()).rejects.toThrow(
      'expected the channels that the sensors had before, Float64 before (1), found Float64 after (1)',
    );
  });

  it('makes one row of NaN per second while all its sensors fail', async () => {
    const clock = new FakeClock(START);
    const dead = sensorOf('dead', () => Promise.reject(new Error('gone')));
    const hung = sensorOf('hung', never);
    const device = await openDevice({ sensors: [opening(dead), opening(hung)], interval: 0, clock });
    const times = column(await take(device.rows(new AbortController().signal), 30), 0);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(15);
    for (let row = 1; row < times.length; row++) expect(times[row]! - times[row - 1]!).toBeLessThan(3);
    expect(device.sensors.map(({ state }) => state)).toEqual(['failing', 'failing']);
    await device.close();
  });
});
