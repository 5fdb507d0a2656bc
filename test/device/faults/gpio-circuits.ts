// The circuits at the pins for each kind that needs GPIO, with known values.

import { Mcp3008Model } from '../../../device/models/mcp3008.ts';
import { connectMcp3008 } from '../../../device/sensors/mcp3008.ts';
import type { GpioRig } from '../sensors/gpio-rig.ts';

export interface Circuit {
  readonly connect: (rig: GpioRig) => void;
  /** A pin of it that may fail. */
  readonly pin: number;
  /** What the first channel is while all is well. */
  readonly value: number;
}

/** A circuit for each kind that needs GPIO. */
export const CIRCUITS: Readonly<Record<string, Circuit>> = {
  mcp3008: {
    connect: ({ gpio }) => {
      const pins = { clock: 18, data_out: 23, data_in: 24, select: 25 };
      connectMcp3008(gpio, new Mcp3008Model({ voltage: () => 1.65, reference: 3.3 }), pins);
    },
    pin: 23,
    value: (512 * 3300) / 1023,
  },
  'gpio-input': { connect: ({ gpio }) => gpio.set(17, 1), pin: 17, value: 1 },
};
