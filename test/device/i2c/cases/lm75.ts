// LM75: 9 to 12 bits; readings on both sides of 0 deg C.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [9, 10, 11, 12].map(bits => ({ bits, bus: 255, address: 0x4f })),
  readings: [
    { around: { temperature: 21.5 }, reads: { temperature: [21.5, 0.5] } },
    { around: { temperature: -10.5 }, reads: { temperature: [-10.5, 0.5] } },
  ],
};
