import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setUpSensor } from '../../../device/column-setup.ts';
import { simulatedHost } from '../../../device/kind.ts';
import { openerOf } from '../../../device/opened-setup.ts';
import { SENSOR_KINDS } from '../../../device/sensors/catalogue.ts';
import { hostOf } from '../known-sensors.ts';

/** UDUNITS names and symbols that a channel here may be measured in, alone or multiplied. */
const UNITS = new Set(['1', 'V', 'mV', 'mA', 'mW', 'hPa', 'degree_Celsius', 'percent', 'byte', 's-1']);

/** The options of a kind that is asked for nothing. */
const usual = (kind: (typeof SENSOR_KINDS)[number]) => kind.options.parse(kind.example ?? {});

it('no two kinds have one name', () => {
  const names = SENSOR_KINDS.map(({ name }) => name);
  expect([...new Set(names)]).toEqual(names);
});

describe.each(SENSOR_KINDS.map(kind => [kind.name, kind] as const))('the kind %s', (name, kind) => {
  it('tells what it is and what each of its options means', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.title).toMatch(/^[A-Z1].*[^.]$/);
    expect(kind.description).toMatch(/\.$/);
    const { properties = {}, additionalProperties } = z.toJSONSchema(kind.options, { io: 'input' });
    expect(additionalProperties, 'a strict object').toBe(false);
    for (const [option, schema] of Object.entries(properties)) {
      expect([option, typeof schema === 'object' && schema.description]).toEqual([
        option,
        expect.stringMatching(/\.$/),
      ]);
    }
  });

  it('describes channels that a Sequence and UDUNITS understand, without opening anything', () => {
    const channels = kind.channels(usual(kind));
    expect(channels.length).toBeGreaterThan(0);
    for (const { name: channel, units, longName, validRange = [0, 1], resolution = 1 } of channels) {
      expect(channel).toMatch(/^[a-z][A-Za-z0-9_]*$/);
      expect(units.split(' ').filter(unit => !UNITS.has(unit))).toEqual([]);
      expect(longName).toMatch(/^[A-Z]/);
      expect(validRange[0]).toBeLessThan(validRange[1]);
      expect(resolution).toBeGreaterThan(0);
    }
    expect(new Set(channels.map(channel => channel.name)).size).toBe(channels.length);
  });

  it('can be simulated: it is found, opens, gives a number a channel again and again, and closes', async () => {
    const host = simulatedHost(kind, usual(kind), hostOf());
    const found = (await kind.find?.(host)) ?? [{ options: kind.example ?? {} }];
    expect(found.length).toBeGreaterThan(0);
    for (const { options } of found) {
      const setup = setUpSensor(kind, kind.options.parse(options));
      const sensor = await openerOf(setup, hostOf(), true)();
      expect(sensor.channels).toEqual(setup.columns.map(({ column }) => column));
      for (let read = 0; read < 3; read++) {
        const reading = Array.from(await sensor.read(new AbortController().signal));
        expect(reading.map(value => typeof value)).toEqual(sensor.channels.map(() => 'number'));
        expect(read > 0 || reading.every(Number.isFinite)).toBe(true);
      }
      await sensor.close();
    }
  });
});
