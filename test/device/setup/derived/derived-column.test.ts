import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sensorKind } from '../../../../device/kind.ts';
import { openDevice } from '../../../../device/sampling/device.ts';
import type { Channel, ComputedSensor } from '../../../../device/sensor.ts';
import { type ChannelOverride, columnsOf, setUpSensor } from '../../../../device/setup/column-setup.ts';
import { DERIVATIONS } from '../../../../device/setup/derived/catalogue.ts';
import type { DerivedOverride } from '../../../../device/setup/derived/derived-column.ts';
import { sensorOpener } from '../../../../device/setup/sensor-opener.ts';
import { column, take } from '../../fake-sensors.ts';
import { hostOf } from '../../known-sensors.ts';

const channels: readonly Channel[] = [
  { name: 'a', units: 'V', longName: 'Input a' },
  { name: 'b', units: 'mV', longName: 'Input b' },
];

/** Measures what `measured` says at that time, computed or not. */
function converter(computed: boolean, measured: { a: number; b: number }) {
  return sensorKind({
    name: 'converter',
    title: 'Converter',
    description: 'Two voltages.',
    needs: [],
    options: z.strictObject({}),
    channels: () => channels,
    conversionTime: () => 0,
    open: async () => {
      const sensor = {
        ...{ name: 'converter', channels, read: async () => [measured.a, measured.b] },
        close: async () => {},
      };
      const compute: ComputedSensor['compute'] = (_times, [a, b]) => {
        a!.fill(measured.a);
        b!.fill(measured.b);
      };
      return computed ? { ...sensor, compute } : sensor;
    },
  });
}

function by(name: string, from: string, options: object = {}): DerivedOverride {
  const derivation = DERIVATIONS.find(candidate => candidate.name === name)!;
  return { from, by: derivation, options: derivation.options.parse(options) };
}

const derived = {
  air: by('tmp36', 'a'),
  battery: { ...by('divider', 'b', { upper: 3000, lower: 1000 }), type: 'Int32' as const },
};

async function deviceOf(
  computed: boolean,
  measured: { a: number; b: number },
  overrides: Readonly<Record<string, ChannelOverride>> = {},
) {
  const setup = setUpSensor(converter(computed, measured), {}, { name: 'adc', channels: overrides, derived });
  const device = await openDevice({ sensors: [sensorOpener(setup, hostOf(), false)], interval: 0 });
  const stop = new AbortController();
  const rows = device.rows(stop.signal, { from: 9 });
  const next = async () => {
    const batches = await take(rows, 1);
    return [1, 2, 3, 4].map(index => column(batches, index)[0]);
  };
  const close = async () => {
    stop.abort();
    await device.close();
  };
  return { setup, device, next, close };
}

describe.each([false, true])('derived columns of a sensor (computed: %s)', computed => {
  it('stand behind those of its channels, which stay, whatever units of voltage these have', async () => {
    const { setup, device, next, close } = await deviceOf(computed, { a: 0.75, b: 3100.2 });
    expect(columnsOf(setup)).toEqual(device.channels);
    expect(device.channels.map(({ name, units, type }) => [name, units, type])).toEqual([
      ['adc_a', 'V', undefined],
      ['adc_b', 'mV', undefined],
      ['adc_air', 'degree_Celsius', undefined],
      ['adc_battery', 'mV', 'Int32'],
    ]);
    expect(await next()).toEqual([0.75, 3100.2, 25, 12_401]);
    await close();
  });

  it('are made from corrected values, before these are rounded', async () => {
    const { next, close } = await deviceOf(
      computed,
      { a: 0.7, b: 10.3 },
      {
        a: { calibration: { kind: 'linear', scale: 1, offset: 0.05 }, type: 'Int32' },
        b: { type: 'Int32' },
      },
    );
    const [a, b, air, battery] = await next();
    expect([a, b, battery]).toEqual([1, 10, 41]);
    expect(air).toBeCloseTo(25, 9);
    await close();
  });

  it('have no value for an impossible source value, and the other columns keep theirs', async () => {
    const measured = { a: 3.3, b: 1000 };
    const { next, close } = await deviceOf(computed, measured);
    expect(await next()).toEqual([3.3, 1000, Number.NaN, 4000]);
    await close();
  });

  it('have no value without a source value', async () => {
    const { device, next, close } = await deviceOf(computed, { a: Number.NaN, b: Number.NaN });
    expect(await next()).toEqual([Number.NaN, Number.NaN, Number.NaN, -2147483647]);
    expect(device.sensors[0]?.state).toBe('ok');
    await close();
  });
});

it('a sensor whose derived column has no value says why, until it has one again', async () => {
  const measured = { a: 3.3, b: 1000 };
  const { device, next, close } = await deviceOf(false, measured);
  await next();
  expect(device.sensors[0]).toMatchObject({
    state: 'failing',
    lastError: { message: 'adc_air: expected 100 to 1750 mV in adc_a, found 3.3' },
  });
  measured.a = 0.5;
  expect(await next()).toEqual([0.5, 1000, 0, 4000]);
  expect(device.sensors[0]?.state).toBe('ok');
  await close();
});
