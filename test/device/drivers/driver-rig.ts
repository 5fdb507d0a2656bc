// Makes kinds of drivers for tests, with any part of the contract replaced.

import { z } from 'zod';
import { guardedKind } from '../../../device/drivers/guarded-kind.ts';
import type { SensorKind } from '../../../device/kind.ts';

/** The channels of the drivers under test. */
export const CHANNELS = [{ name: 'depth', units: 'm', longName: 'Depth' }];
/** A context that never aborts. */
export const NEVER = new AbortController();

let count = 0;

/** The origin of one more driver, with a file of its own. */
export const originOf = () => {
  count++;
  return { file: `/etc/mine-${count}.js`, url: `file:///etc/mine-${count}.js?version=1` };
};

/** A driver's kind with these fields, which may break the contract. */
export const kindWith = (parts: object, origin = originOf()): SensorKind =>
  guardedKind(
    {
      name: 'mine',
      title: 'Mine',
      description: 'A sensor.',
      needs: ['files'],
      options: z.strictObject({}),
      channels: () => CHANNELS,
      conversionTime: () => 0,
      open: async () => ({ name: 'mine', channels: CHANNELS, read: async () => [1], close: async () => {} }),
      ...parts,
    },
    origin,
  );
