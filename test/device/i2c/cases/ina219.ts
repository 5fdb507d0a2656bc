// INA219: the limits of shunt, ranges and samples; readings with the shunt of 0.1 ohm that most boards have.

import type { ChipCase } from '../chip-case.ts';

export const chipCase: ChipCase = {
  corners: [
    { address: 0x4f, samples: 128 },
    { shunt: 0.0001, shuntRange: 40, busRange: 16 },
    { shunt: 1000, shuntRange: 320, busRange: 32 },
  ],
  readings: [
    {
      around: { busVoltage: 5, shuntVoltage: 0.01 },
      reads: { bus_voltage: [5, 0.004], shunt_voltage: [10, 0.01], current: [100, 0.1], power: [500, 1] },
    },
    {
      around: { busVoltage: 12, shuntVoltage: 0.03 },
      reads: { bus_voltage: [12, 0.004], shunt_voltage: [30, 0.01], current: [300, 0.1], power: [3600, 2] },
    },
  ],
};
