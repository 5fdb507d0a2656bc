import { expect, it } from 'vitest';
import { SENSOR_KINDS } from '../../device/sensors/catalogue.ts';
import { CIRCUITS } from './faults/gpio-circuits.ts';
import { CHIPS } from './faults/i2c-chips.ts';
import { KERNEL_MACHINES } from './faults/kernel-machines.ts';
import { ONE_WIRE_SENSORS } from './faults/one-wire-buses.ts';
import { SIMULATIONS } from './faults/simulations.ts';

/** Each is gone through by the test of its own name, which fails where a kind that it is meant for is not in it. */
const MATRICES = [CHIPS, CIRCUITS, ONE_WIRE_SENSORS, KERNEL_MACHINES, SIMULATIONS];

it('every kind of sensor is held to a matrix of faults', () => {
  const covered = new Set(MATRICES.flatMap(matrix => Object.keys(matrix)));
  const kinds = SENSOR_KINDS.map(({ name }) => name);
  expect(kinds.filter(name => !covered.has(name))).toEqual([]);
  expect([...covered].filter(name => !kinds.includes(name))).toEqual([]);
});
