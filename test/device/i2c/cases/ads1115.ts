// ADS1115: every input, every range, its slowest and fastest rate.

import { INPUTS, RANGES } from '../../../../device/sensors/ads1x15-options.ts';
import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [
    { bus: 0, address: 0x4b, inputs: INPUTS },
    ...RANGES.map(range => ({ range, inputs: ['AIN3', 'AIN0-AIN1'] })),
    { inputs: ['AIN2-AIN3', 'AIN0'], ranges: { 'AIN2-AIN3': 0.256 } },
    { rate: 8 },
    { rate: 860 },
  ],
  readings: [
    {
      around: { ain0: 0.75, ain1: 1, ain2: 2, ain3: 3 },
      reads: {
        voltage_ain0: [750, 1],
        voltage_ain1: [1000, 1],
        voltage_ain2: [2000, 1],
        voltage_ain3: [3000, 1],
      },
    },
    {
      around: { ain0: 1.5, ain1: 0.5, ain2: 0.25, ain3: 3.5 },
      reads: {
        voltage_ain0: [1500, 1],
        voltage_ain1: [500, 1],
        voltage_ain2: [250, 1],
        voltage_ain3: [3500, 1],
      },
    },
  ],
};
