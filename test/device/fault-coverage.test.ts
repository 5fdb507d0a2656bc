import { expect, it } from 'vitest';
import { SENSOR_KINDS } from '../../device/sensors/catalogue.ts';
import { CIRCUITS } from './faults/gpio-circuits.ts';
import { KERNEL_MACHINES } from './faults/kernel-machines.ts';
import { MQTT_SENSORS } from './faults/mqtt-messages.ts';
import { ONE_WIRE_SENSORS } from './faults/one-wire-buses.ts';
import { SIMULATIONS } from './faults/simulations.ts';
import { CHIP_CASES } from './i2c/chip-case.ts';

/** The matrices, by the file that holds them. Each is used by a test of its own, which fails if a kind that it is meant for is missing. */
const MATRICES = {
  'test/device/i2c/cases/NAME.ts (kinds on I2C)': CHIP_CASES,
  'test/device/faults/gpio-circuits.ts': CIRCUITS,
  'test/device/faults/one-wire-buses.ts': ONE_WIRE_SENSORS,
  'test/device/faults/kernel-machines.ts': KERNEL_MACHINES,
  'test/device/faults/mqtt-messages.ts': MQTT_SENSORS,
  'test/device/faults/simulations.ts': SIMULATIONS,
};

it('every kind of sensor is held to a matrix of faults', () => {
  const kinds = SENSOR_KINDS.map(({ name }) => name);
  const covered = new Set(Object.values(MATRICES).flatMap(matrix => Object.keys(matrix)));
  expect(
    kinds.filter(name => !covered.has(name)),
    `write each into the file of what it needs: ${Object.keys(MATRICES).join(', ')}`,
  ).toEqual([]);
  for (const [file, matrix] of Object.entries(MATRICES)) {
    expect(
      Object.keys(matrix).filter(name => !kinds.includes(name)),
      `${file} has kinds that device/sensors/catalogue.ts has not`,
    ).toEqual([]);
  }
});
