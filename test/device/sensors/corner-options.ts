// The options that tests of every kind run with: none, the example of the kind, and options at their limits.

import type { SensorKind } from '../../../device/kind.ts';
import { usualOptions } from '../../../device/kind.ts';
import { isI2cKind } from '../../../device/sensors/i2c-kind.ts';
import { HWMON_QUANTITIES, IIO_QUANTITIES } from '../../../device/sensors/quantities.ts';
import { SHAPES } from '../../../device/sensors/shapes.ts';
import { CHIP_CASES, caseFile } from '../i2c/chip-case.ts';

type Written = Readonly<Record<string, unknown>>;

const SEEDS: readonly Written[] = [{ seed: 0 }, { seed: 4_294_967_295 }];
/** Options at their limits, by kind, of kinds that are not a chip on I2C (theirs are in test/device/i2c/cases). */
const CORNERS: Readonly<Record<string, readonly Written[]>> = {
  'tmp36-simulated': SEEDS,
  waveform: [
    ...SEEDS,
    ...Object.keys(SHAPES).map(shape => ({ shape, step: 0.25, noise: 1, drift: -1, phase: 1 })),
    { period: 0.001, mean: 1e6, amplitude: 0, spikes: 1 },
  ],
  replay: [
    { file: 'docs/recording.csv', columns: ['voltage', 'temperature'], speed: 'as-read', repeat: false },
    { file: 'docs/recording.csv', columns: ['temperature'], speed: 1_000_000 },
  ],
  thermal: [{ zone: 999 }, { zone: 'roof, "south"' }],
  ds18b20: [
    { address: '10-0316a2794cff' },
    ...['22', '28', '3b', '42'].map((family, index) => ({
      address: `${family}-0316a2794cff`,
      resolution: 9 + index,
    })),
  ],
  iio: [
    { device: 999, inputs: Object.keys(IIO_QUANTITIES) },
    { device: 'bme280', inputs: ['voltage0-voltage1', 'voltage63', 'accel_x'] },
  ],
  hwmon: [
    { device: 999, inputs: Object.keys(HWMON_QUANTITIES).map(type => `${type}0`) },
    { device: 'rpi_volt', inputs: ['in0_lcrit_alarm', 'temp999'] },
  ],
  mcp3008: [
    { inputs: ['CH7', 'CH7-CH6', 'CH0'], reference: 0.25 },
    { clock: 53, data_out: 0, data_in: 1, select: 2, reference: 5.5, pull: 'up' },
  ],
  mqtt: [
    { url: 'mqtts://[::1]:1', topic: '#', wildcards: true, states: {}, maxAge: 0.1, retained: true },
    {
      url: 'mqtt://a',
      topic: 'a',
      values: { a: '/b/0/c~1d', b: '/b/1' },
      maxAge: '366 d',
      availability: 'b',
    },
  ],
  'gpio-input': [
    { pin: 0, pull: 'down', count: 'falling', debounce: 0 },
    { pin: 53, invert: true, count: 'both', debounce: 1, scale: 1e-9, units: 'm' },
  ],
};

/** The file where the corners of a kind belong, for messages. */
export function cornerFile(kind: SensorKind): string {
  return isI2cKind(kind) ? caseFile(kind) : 'test/device/sensors/corner-options.ts';
}

export function cornersOf(kind: SensorKind): readonly Written[] {
  return (isI2cKind(kind) ? CHIP_CASES[kind.name]?.corners : CORNERS[kind.name]) ?? [];
}

/** The options that a kind is tested with: its defaults, its example and its corners, as its schema gives them. */
export function trials(kind: SensorKind): readonly Written[] {
  const written = [...(kind.example === undefined ? [] : [kind.example]), ...cornersOf(kind)];
  return [usualOptions(kind), ...written.map(options => kind.options.parse(options))];
}
