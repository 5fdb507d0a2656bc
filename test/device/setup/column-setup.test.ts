import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sensorKind } from '../../../device/kind.ts';
import { openDevice } from '../../../device/sampling/device.ts';
import type { ComputedSensor } from '../../../device/sensor.ts';
import { type ChannelOverride, setUpSensor } from '../../../device/setup/column-setup.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { column, take } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';

const channels = [
  { name: 'raw', units: 'count', longName: 'Raw', resolution: 1, validRange: [0, 100] },
  { name: 'half', units: '1', longName: 'Half' },
] as const;

/** Reads 10 and 0.5; computed, `time` and half of it. */
const measuring = sensorKind({
  name: 'measuring',
  title: 'Two numbers',
  description: 'Two numbers.',
  needs: [],
  options: z.strictObject({ computed: z.boolean().default(false) }),
  channels: () => channels,
  conversionTime: () => 0,
  open: async ({ computed }) => {
    const sensor = { name: 'measuring', channels, read: async () => [10, 0.5], close: async () => {} };
    const compute: ComputedSensor['compute'] = (times, [raw, half]) => {
      raw!.set(times);
      half!.set(times.map(time => time / 2));
    };
    return computed ? { ...sensor, compute } : sensor;
  },
});

async function rowsOf(computed: boolean, overrides: Readonly<Record<string, ChannelOverride>>) {
  const setup = setUpSensor(measuring, { computed }, { name: 'a', channels: overrides });
  const device = await openDevice({ sensors: [sensorOpener(setup, hostOf(), false)], interval: 0 });
  const rows = await take(device.rows(new AbortController().signal, { from: 9 }), 1);
  await device.close();
  return { device, rows };
}

const calibration = { kind: 'linear', scale: -2, offset: 0.5 } as const;

describe('a sensor that was set up', () => {
  it("gives columns with the sensor's name before the channel's, unless a channel has a name of its own", () => {
    const names = (name?: string, overrides: Readonly<Record<string, ChannelOverride>> = {}) =>
      setUpSensor(
        measuring,
        {},
        { ...(name === undefined ? {} : { name }), channels: overrides },
      ).columns.map(setup => setup.column.name);
    expect(names()).toEqual(['raw', 'half']);
    expect(names('air')).toEqual(['air_raw', 'air_half']);
    expect(names('air', { half: { name: 'share' } })).toEqual(['air_raw', 'share']);
  });

  it('corrects readings, with the range and the resolution that are known of them', async () => {
    const { device, rows } = await rowsOf(false, { raw: { calibration, units: 'mm' } });
    expect(device.channels[0]).toEqual({
      ...{
        name: 'a_raw',
        sensorName: 'a',
        units: 'mm',
        longName: 'Raw',
        resolution: 2,
        validRange: [-199.5, 0.5],
      },
    });
    expect(column(rows, 1)).toEqual([-19.5]);
    expect(column(rows, 2)).toEqual([0.5]);
  });

  it('corrects computed columns, and rounds those of whole numbers', async () => {
    const { rows } = await rowsOf(true, { raw: { calibration }, half: { type: 'Int32' } });
    expect(column(rows, 1).slice(0, 3)).toEqual([-17.5, -19.5, -21.5]);
    expect(rows[0]!.columns[2]).toBeInstanceOf(Int32Array);
    expect(column(rows, 2).slice(0, 3)).toEqual([5, 5, 6]);
  });

  it('leaves NaN as it is', async () => {
    const nan = sensorKind({
      ...measuring,
      open: async () => ({ name: 'n', channels, read: async () => [Number.NaN, 1], close: async () => {} }),
    });
    const setup = setUpSensor(nan, {}, { channels: { raw: { calibration } } });
    const sensor = await sensorOpener(setup, hostOf(), false)();
    expect(await sensor.read(new AbortController())).toEqual([Number.NaN, 1]);
  });

  it('does not open if its kind opens a sensor with other channels', async () => {
    let closed = 0;
    const other = sensorKind({
      ...measuring,
      open: async () => ({
        ...{ name: 'o', channels: channels.slice(1), read: async () => [1] },
        close: async () => {
          closed++;
        },
      }),
    });
    await expect(sensorOpener(setUpSensor(other), hostOf(), false)()).rejects.toThrow(
      'sensor measuring: expected the channels raw, half, found half',
    );
    expect(closed).toBe(1);
  });

  it('is refused for a simulation that its kind does not have', async () => {
    const real = sensorKind({ ...measuring, needs: ['i2c'] });
    await expect(sensorOpener(setUpSensor(real), hostOf(), true)()).rejects.toThrow(
      'sensors of the kind measuring cannot be simulated',
    );
  });
});
