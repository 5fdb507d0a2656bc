// The quantities of the kernel's sensor interfaces, IIO and hwmon, and the units of their columns.

import type { Channel } from '../sensor.ts';

export interface Quantity {
  readonly longName: string;
  /** UDUNITS. */
  readonly units: string;
  /** One of the kernel's units in these units: a millidegree of the kernel is 0.001 degree_Celsius. */
  readonly factor: number;
  readonly standardName?: string;
  readonly validRange?: readonly [number, number];
  /** Mean and amplitude of a simulated value, in these units. */
  readonly usual: readonly [mean: number, amplitude: number];
}

const TEMPERATURE: Quantity = {
  longName: 'Temperature',
  units: 'degree_Celsius',
  factor: 0.001,
  usual: [21.5, 2.5],
};
const HUMIDITY: Quantity = {
  longName: 'Relative humidity',
  units: 'percent',
  factor: 0.001,
  standardName: 'relative_humidity',
  validRange: [0, 100],
  usual: [45, 9],
};
const VOLTAGE: Quantity = { longName: 'Voltage', units: 'mV', factor: 1, usual: [750, 50] };
const CURRENT: Quantity = { longName: 'Current', units: 'mA', factor: 1, usual: [350, 80] };

/** By type (Linux, Documentation/ABI/testing/sysfs-bus-iio). The kernel's units times `factor` are the units here. */
export const IIO_QUANTITIES: Readonly<Record<string, Quantity>> = {
  voltage: VOLTAGE,
  current: CURRENT,
  power: { longName: 'Power', units: 'mW', factor: 1, usual: [1700, 400] },
  temp: TEMPERATURE,
  humidityrelative: HUMIDITY,
  // In kPa in the kernel; in hPa as the other barometers here.
  pressure: { longName: 'Pressure', units: 'hPa', factor: 10, usual: [1013.25, 8] },
  illuminance: { longName: 'Illuminance', units: 'lx', factor: 1, usual: [320, 60] },
  intensity: { longName: 'Intensity', units: '1', factor: 1, usual: [2000, 300] },
  proximity: { longName: 'Proximity', units: '1', factor: 1, usual: [120, 20] },
  distance: { longName: 'Distance', units: 'm', factor: 1, usual: [1.2, 0.1] },
  accel: { longName: 'Acceleration', units: 'm s-2', factor: 1, usual: [0, 0.3] },
  gravity: { longName: 'Acceleration of gravity', units: 'm s-2', factor: 1, usual: [9.81, 0.01] },
  anglvel: { longName: 'Angular velocity', units: 'radian s-1', factor: 1, usual: [0, 0.1] },
  angl: { longName: 'Angle', units: 'radian', factor: 1, usual: [0.5, 0.1] },
  incli: { longName: 'Inclination', units: 'degree', factor: 1, usual: [2, 0.5] },
  // In gauss in the kernel.
  magn: { longName: 'Magnetic flux density', units: 'uT', factor: 100, usual: [30, 5] },
  capacitance: { longName: 'Capacitance', units: 'nF', factor: 1, usual: [12, 1] },
  resistance: { longName: 'Resistance', units: 'ohm', factor: 1, usual: [10_000, 500] },
  concentration: { longName: 'Concentration', units: 'percent', factor: 1, usual: [0.06, 0.01] },
  electricalconductivity: { longName: 'Conductivity', units: 'S m-1', factor: 1, usual: [0.05, 0.01] },
  ph: { longName: 'Acidity (pH)', units: '1', factor: 1, usual: [7.1, 0.2] },
  uvindex: { longName: 'UV index', units: '1', factor: 1, usual: [3, 1] },
};

/** By type (Linux, Documentation/hwmon/sysfs-interface.rst). */
export const HWMON_QUANTITIES: Readonly<Record<string, Quantity>> = {
  in: VOLTAGE,
  temp: TEMPERATURE,
  fan: { longName: 'Fan speed', units: 'min-1', factor: 1, usual: [2400, 200] },
  curr: CURRENT,
  // In uW and uJ in the kernel.
  power: { longName: 'Power', units: 'mW', factor: 0.001, usual: [1700, 400] },
  energy: { longName: 'Energy', units: 'J', factor: 1e-6, usual: [5000, 100] },
  humidity: HUMIDITY,
};

/** The column of one input. `place` distinguishes inputs of the same type: ` 0`, ` x`. */
export function channelOf(
  name: string,
  { longName, units, standardName, validRange }: Quantity,
  place: string,
): Channel {
  return {
    name,
    units,
    longName: `${longName}${place}`,
    ...(standardName === undefined ? {} : { standardName }),
    ...(validRange === undefined ? {} : { validRange }),
  };
}

/** deg C; no temperature is lower. */
const ABSOLUTE_ZERO = -273.15;

/**
 * A value of the kernel in the units of the column, without the rounding error of the multiplication.
 * @throws if the value is outside the range of its quantity
 */
export function inUnits({ factor, units, validRange }: Quantity, value: number, path: string): number {
  const converted = Number((value * factor).toPrecision(15));
  const low = validRange?.[0] ?? (units === 'degree_Celsius' ? ABSOLUTE_ZERO : Number.NEGATIVE_INFINITY);
  const high = validRange?.[1] ?? Number.POSITIVE_INFINITY;
  if (converted >= low && converted <= high) return converted;
  const range = high === Number.POSITIVE_INFINITY ? `${low} or more` : `${low} to ${high}`;
  throw new Error(`${path}: expected ${range} ${units}, found ${converted}`);
}
