import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { DERIVATIONS, SENSOR_KINDS } from '../../device/index.ts';
import type { Channel } from '../../device/sensor.ts';
import { prettyUnits } from '../../web/text/units.ts';
import { describeWith, tools } from '../tools.ts';
import { trials } from './sensors/corner-options.ts';

/** What one of each unit is in the units of SI beside it: a new unit has to be written down here too. */
const IN_SI: Readonly<Record<string, readonly [value: number, units: string]>> = {
  '1': [1, '1'],
  percent: [0.01, '1'],
  byte: [8, 'bit'],
  'byte s-1': [8, 'bit s-1'],
  degree_Celsius: [274.15, 'K'],
  V: [1, 'kg m2 s-3 A-1'],
  mV: [0.001, 'kg m2 s-3 A-1'],
  mA: [0.001, 'A'],
  mW: [0.001, 'kg m2 s-3'],
  J: [1, 'kg m2 s-2'],
  hPa: [100, 'kg m-1 s-2'],
  lx: [1, 'cd sr m-2'],
  m: [1, 'm'],
  mm: [0.001, 'm'],
  'm s-1': [1, 'm s-1'],
  'mm s-1': [0.001, 'm s-1'],
  'm s-2': [1, 'm s-2'],
  radian: [1, 'rad'],
  'radian s-1': [1, 'rad s-1'],
  degree: [Math.PI / 180, 'rad'],
  uT: [1e-6, 'kg s-2 A-1'],
  nF: [1e-9, 's4 A2 m-2 kg-1'],
  ohm: [1, 'kg m2 s-3 A-2'],
  'S m-1': [1, 's3 A2 m-3 kg-1'],
  's-1': [1, 's-1'],
  'min-1': [1 / 60, 's-1'],
};

/** The units of derived columns that are made from a channel in mV, by derivations that choose their units themselves. */
function derivedUnits(): readonly string[] {
  const source: Channel = { name: 'voltage', units: 'mV', longName: 'Voltage' };
  const resistors = { supply: 3300, series: 10_000, upper: 1000, lower: 1000 };
  const coefficients = { a: 0.001, b: 0.0002, c: 1e-7, coefficients: [0, 1] };
  return DERIVATIONS.map(by => {
    const known = Object.entries({ ...resistors, ...coefficients }).filter(
      ([key]) => key in by.options.shape,
    );
    return by.channel(by.options.parse(Object.fromEntries(known)), source).units;
  });
}

const UNITS = [
  ...new Set([
    ...SENSOR_KINDS.flatMap(kind => trials(kind).flatMap(options => kind.channels(options))).map(
      ({ units }) => units,
    ),
    ...derivedUnits(),
  ]),
].sort();

/** The canonical units of the standard names that channels have (CF Standard Name Table). */
const CANONICAL: Readonly<Record<string, string>> = {
  air_temperature: 'K',
  air_pressure: 'Pa',
  relative_humidity: '1',
};

/** One of a unit in another, as UDUNITS has it. */
function converted(have: string, want: string): number {
  const { stdout, stderr } = spawnSync(tools.udunits2!, ['-U', '-H', have, '-W', want], { encoding: 'utf8' });
  const [, value] = /^\s*1 .* = (\S+) /.exec(stdout) ?? [];
  if (value === undefined) throw new Error(`${have} in ${want}: ${stderr.trim() || stdout.trim()}`);
  return Number(value);
}

describeWith('udunits2', 'units, as UDUNITS has them', () => {
  it.each(UNITS)('"%s" is understood in its meaning', units => {
    const [value, base] = IN_SI[units] ?? [];
    expect(base, `what ${units} is in SI`).toBeDefined();
    // It prints six digits.
    expect(converted(units, base!)).toBe(Number(value!.toPrecision(6)));
  });

  it.each(UNITS)('"%s" stays the same unit as the live page writes it', units => {
    // The program does not read a superscript minus, though it writes them.
    const plain = prettyUnits(units).replaceAll(
      /⁻([⁰¹²³⁴⁵⁶⁷⁸⁹])/g,
      (_all, digit: string) => `-${'⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)}`,
    );
    expect(converted(plain === '' ? '1' : plain, units)).toBe(1);
  });

  it('of channels with a standard name can be converted to its canonical units', () => {
    const named = SENSOR_KINDS.flatMap(kind =>
      trials(kind).flatMap(options => kind.channels(options)),
    ).filter(({ standardName }) => standardName !== undefined);
    expect(named.length).toBeGreaterThan(0);
    for (const { standardName = '', units } of named) {
      expect(converted(units, CANONICAL[standardName] ?? '')).toBeGreaterThan(0);
    }
  });

  it('that are invalid are recognised', () => {
    expect(() => converted('degree_Celcius', 'K')).toThrow('Don\'t recognize "degree_Celcius"');
    expect(() => converted('mV', 'K')).toThrow('not convertible');
  });
});

describe('the units of all channels', () => {
  it('are short on the live page', () => {
    for (const units of UNITS) {
      expect(prettyUnits(units).length).toBeLessThanOrEqual('byte/s'.length);
      expect(prettyUnits(units)).not.toContain('_');
    }
  });
});
