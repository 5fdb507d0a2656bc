// BME280: its lowest and highest oversampling; readings within the tolerance of its integer compensation.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [
    { oversampling: 1, address: 0x77 },
    { oversampling: 16, bus: 255 },
  ],
  readings: [
    {
      around: { temperature: 21.5, pressure: 1013, humidity: 40 },
      reads: { temperature: [21.5, 0.1], pressure: [1013, 1], humidity: [40, 1] },
    },
    {
      around: { temperature: 5, pressure: 950, humidity: 80 },
      reads: { temperature: [5, 0.1], pressure: [950, 1], humidity: [80, 1] },
    },
  ],
};
