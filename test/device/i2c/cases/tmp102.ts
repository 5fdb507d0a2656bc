// TMP102: no options but its place; readings on both sides of 0 deg C.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [{ bus: 0, address: 0x4b }],
  readings: [
    { around: { temperature: 21.5 }, reads: { temperature: [21.5, 0.0625] } },
    { around: { temperature: -10.5 }, reads: { temperature: [-10.5, 0.0625] } },
  ],
};
