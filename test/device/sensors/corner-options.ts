// Which options of each kind lie at their limits? What all kinds are tested with, besides none at all.

import type { SensorKind } from '../../../device/kind.ts';
import { usualOptions } from '../../../device/kind.ts';
import { INPUTS as CONVERTER_INPUTS, RANGES } from '../../../device/sensors/ads1x15-options.ts';
import { HWMON_QUANTITIES, IIO_QUANTITIES } from '../../../device/sensors/quantities.ts';
import { SHAPES } from '../../../device/sensors/shapes.ts';

type Written = Readonly<Record<string, unknown>>;

const CONVERTER: readonly Written[] = [
  { bus: 0, address: 0x4b, inputs: CONVERTER_INPUTS },
  ...RANGES.map(range => ({ range, inputs: ['AIN3', 'AIN0-AIN1'] })),
  { inputs: ['AIN2-AIN3', 'AIN0'], ranges: { 'AIN2-AIN3': 0.256 } },
];

const SEEDS: readonly Written[] = [{ seed: 0 }, { seed: 4_294_967_295 }];
const OVERSAMPLINGS: readonly Written[] = [
  { oversampling: 1, address: 0x77 },
  { oversampling: 16, bus: 255 },
];
const BITS: readonly Written[] = [9, 10, 11, 12].map(bits => ({ bits, bus: 255, address: 0x4f }));

/** By the names of kinds; a kind that takes no options has none. */
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
  ads1115: [...CONVERTER, { rate: 8 }, { rate: 860 }],
  ads1015: [...CONVERTER, { rate: 128 }, { rate: 3300 }],
  lm75: BITS,
  tmp102: [{ bus: 0, address: 0x4b }],
  tmp105: BITS,
  mcp9808: [0.5, 0.25, 0.125, 0.0625].map(resolution => ({ resolution, address: 0x1f })),
  bme280: OVERSAMPLINGS,
  bmp280: OVERSAMPLINGS,
  sht3x: ['low', 'medium', 'high'].map(repeatability => ({ repeatability, address: 0x45 })),
  ina219: [
    { address: 0x4f, samples: 128 },
    { shunt: 0.0001, shuntRange: 40, busRange: 16 },
    { shunt: 1000, shuntRange: 320, busRange: 32 },
  ],
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
  'gpio-input': [
    { pin: 0, pull: 'down', count: 'falling', debounce: 0 },
    { pin: 53, invert: true, count: 'both', debounce: 1, scale: 1e-9, units: 'm' },
  ],
};

/** What a kind is tested with: no options at all, its example, and its corners; as its schema gives them. */
export function trials(kind: SensorKind): readonly Written[] {
  const written = [...(kind.example === undefined ? [] : [kind.example]), ...(CORNERS[kind.name] ?? [])];
  return [usualOptions(kind), ...written.map(options => kind.options.parse(options))];
}

/** How many corners there are of a kind. */
export function cornersOf({ name }: SensorKind): number {
  return CORNERS[name]?.length ?? 0;
}
