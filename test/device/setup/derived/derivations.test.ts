import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../../../device/sensor.ts';
import { DERIVATIONS } from '../../../../device/setup/derived/catalogue.ts';

const VOLTAGE: Channel = {
  name: 'v',
  units: 'mV',
  longName: 'Input',
  validRange: [0, 3300],
  resolution: 0.125,
};

function derivationOf(name: string, options: object) {
  const by = DERIVATIONS.find(candidate => candidate.name === name)!;
  const parsed = by.options.parse(options);
  return {
    value: (measured: number) => by.derive(parsed, measured),
    channel: (source = VOLTAGE) => by.channel(parsed, source),
  };
}

describe.each(DERIVATIONS.map(by => [by.name, by] as const))('the derivation %s', (name, by) => {
  it('has a description, also of each option', () => {
    expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(by.title).toMatch(/^[A-Z].*[^.]$/);
    expect(by.description).toMatch(/\.$/);
    const { properties = {}, additionalProperties } = z.toJSONSchema(by.options, { io: 'input' });
    expect(additionalProperties, 'a strict object').toBe(false);
    for (const [option, schema] of Object.entries(properties)) {
      expect([option, typeof schema === 'object' && schema.description]).toEqual([
        option,
        expect.stringMatching(/\.$/),
      ]);
    }
  });
});

it('derivations have different names', () => {
  const names = DERIVATIONS.map(({ name }) => name);
  expect([...new Set(names)]).toEqual(names);
});

describe('a TMP36', () => {
  const { value, channel } = derivationOf('tmp36', {});

  it('gives the temperatures of its datasheet', () => {
    expect([750, 500, 100, 1750].map(value)).toEqual([25, 0, -40, 125]);
    expect(channel()).toEqual({
      units: 'degree_Celsius',
      longName: 'Temperature',
      validRange: [-40, 125],
      resolution: 0.0125,
    });
  });

  it('has no value for an impossible voltage', () => {
    for (const millivolts of [0, 99, 1751, 3300, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(value(millivolts)).toBeNaN();
    }
  });
});

describe('a thermistor', () => {
  const divider = { supply: 3300, series: 10_000 };
  /** Millivolts at the point between a resistor of 10 kOhm and a thermistor of `ohms`. */
  const low = (ohms: number) => (3300 * ohms) / (ohms + 10_000);
  const high = (ohms: number) => (3300 * 10_000) / (ohms + 10_000);

  it.each([
    [-20, 105_384.69],
    [0, 33_620.6],
    [25, 10_000],
    [50, 3_588.18],
    [100, 697.52],
  ])('of Beta 3950 K is %d deg C warm at %d ohms, on either side of its resistor', (celsius, ohms) => {
    expect(derivationOf('ntc-beta', divider).value(low(ohms))).toBeCloseTo(celsius, 2);
    expect(derivationOf('ntc-beta', { ...divider, wired: 'high' }).value(high(ohms))).toBeCloseTo(celsius, 2);
  });

  it('has the resistance and the temperature that were given', () => {
    const options = { ...divider, resistance: 47_000, at: 20, beta: 4000 };
    expect(derivationOf('ntc-beta', options).value(low(47_000))).toBeCloseTo(20, 9);
  });

  /** A thermistor of 10 kOhm at 25 deg C: resistances of its maker's table. */
  it.each([
    [0, 32_650],
    [25, 10_000],
    [50, 3_603],
    [100, 678.1],
  ])('by Steinhart and Hart is %d deg C warm at %d ohms', (celsius, ohms) => {
    const law = { a: 0.001129148, b: 0.000234125, c: 8.76741e-8 };
    expect(derivationOf('ntc-steinhart-hart', { ...divider, ...law }).value(low(ohms))).toBeCloseTo(
      celsius,
      1,
    );
  });

  it('that is not connected, or shorted, gives no temperature', () => {
    for (const wired of ['low', 'high']) {
      const { value } = derivationOf('ntc-beta', { ...divider, wired });
      for (const millivolts of [-1, 0, 0.01, 3299.99, 3300, 3400, Number.NaN])
        expect(value(millivolts)).toBeNaN();
    }
  });
});

describe('arithmetic', () => {
  it('gives the voltage before a divider, in the units of the channel', () => {
    const { value, channel } = derivationOf('divider', { upper: 30_000, lower: 10_000 });
    expect(value(3.1)).toBeCloseTo(12.4, 12);
    expect(channel()).toMatchObject({ units: 'mV', validRange: [0, 13_200], resolution: 0.5 });
    expect(channel({ ...VOLTAGE, units: 'V' }).units).toBe('V');
  });

  it('gives a straight line, with range and resolution along it', () => {
    const { value, channel } = derivationOf('linear', { scale: -2, offset: 100 });
    expect(value(30)).toBe(40);
    expect(channel()).toMatchObject({ units: 'mV', validRange: [-6500, 100], resolution: 0.25 });
  });

  it('gives a polynomial, the constant first', () => {
    const { value } = derivationOf('polynomial', { coefficients: [1, -2, 0, 0.5] });
    expect([0, 1, 2, -2].map(value)).toEqual([1, -0.5, 1, 1]);
  });

  it('gives no number that is not finite', () => {
    expect(derivationOf('polynomial', { coefficients: [0, 1e300, 1e300] }).value(1e10)).toBeNaN();
    expect(derivationOf('linear', { scale: 1e300 }).value(1e300)).toBeNaN();
  });
});
