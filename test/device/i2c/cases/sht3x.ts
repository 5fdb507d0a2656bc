// SHT3x: its three repeatabilities; each word of an answer has a CRC.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: ['low', 'medium', 'high'].map(repeatability => ({ repeatability, address: 0x45 })),
  readings: [
    {
      around: { temperature: 21.5, humidity: 40 },
      reads: { temperature: [21.5, 0.01], humidity: [40, 0.01] },
    },
    {
      around: { temperature: -10.5, humidity: 95 },
      reads: { temperature: [-10.5, 0.01], humidity: [95, 0.01] },
    },
  ],
  hasChecksum: true,
};
