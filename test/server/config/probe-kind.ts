// A sensor kind for tests of configurations: it holds an address, takes time, and cannot be simulated.

import { z } from 'zod';
import { SENSOR_KINDS, type SensorKind, sensorKind } from '../../../device/index.ts';

const channels = [{ name: 'depth', units: 'm', longName: 'Depth', validRange: [0, 10] }] as const;

export const probe = sensorKind({
  name: 'probe',
  title: 'Depth probe',
  description: 'A probe on an I2C bus.',
  needs: ['i2c'],
  options: z
    .strictObject({
      bus: z.int().min(0).max(20).default(1).describe('The number of the bus.'),
      address: z.int().min(8).max(0x77).meta({ description: 'The address on the bus.', base: 16 }),
      rate: z.enum(['slow', 'fast']).default('slow').describe('How fast it measures.'),
    })
    .refine(({ bus, rate }) => bus !== 0 || rate === 'slow', {
      path: ['rate'],
      params: { expected: 'slow on bus 0', found: 'fast' },
    }),
  channels: () => channels,
  conversionTime: ({ rate }) => (rate === 'slow' ? 0.75 : 0.01),
  claims: ({ bus, address }) => [`i2c-${bus}:0x${address.toString(16)}`],
  open: async () => ({ name: 'probe', channels, read: async () => [1], close: async () => {} }),
});

export const KINDS: readonly SensorKind[] = [...SENSOR_KINDS, probe];
