// MCP9808: its four resolutions; readings on both sides of 0 deg C.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [0.5, 0.25, 0.125, 0.0625].map(resolution => ({ resolution, address: 0x1f })),
  readings: [
    { around: { temperature: 21.5 }, reads: { temperature: [21.5, 0.0625] } },
    { around: { temperature: -10.5 }, reads: { temperature: [-10.5, 0.0625] } },
  ],
};
