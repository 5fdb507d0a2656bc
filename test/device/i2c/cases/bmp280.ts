// BMP280: its lowest and highest oversampling; its model has a humidity, which the chip does not measure.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [
    { oversampling: 1, address: 0x77 },
    { oversampling: 16, bus: 255 },
  ],
  readings: [
    {
      around: { temperature: 21.5, pressure: 1013, humidity: 0 },
      reads: { temperature: [21.5, 0.1], pressure: [1013, 1] },
    },
    {
      around: { temperature: 5, pressure: 950, humidity: 0 },
      reads: { temperature: [5, 0.1], pressure: [950, 1] },
    },
  ],
};
