// Which chip is on the bus for each kind that needs I2C? A model at its usual address, in surroundings that are known.

import type { I2cChipModel } from '../../../device/host/i2c/i2c-simulated.ts';
import { Ads1x15Model } from '../../../device/models/ads1x15.ts';
import { Bme280Model } from '../../../device/models/bme280.ts';
import { Ina219Model } from '../../../device/models/ina219.ts';
import { Lm75Model } from '../../../device/models/lm75.ts';
import { Mcp9808Model } from '../../../device/models/mcp9808.ts';
import { Sht3xModel } from '../../../device/models/sht3x.ts';
import { Tmp102Model } from '../../../device/models/tmp102.ts';
import { Tmp105Model } from '../../../device/models/tmp105.ts';

export type Model = I2cChipModel & { powerOn(): void };

export interface Chip {
  readonly address: number;
  readonly model: (now: () => number) => Model;
  /** What the first channel is while all is well. */
  readonly value: number;
}

const CELSIUS = 25;
const temperature = () => CELSIUS;
const air = { temperature, pressure: () => 1000, humidity: () => 50 };

/** A chip for each kind that needs I2C. */
export const CHIPS: Readonly<Record<string, Chip>> = {
  ads1115: {
    address: 0x48,
    model: now => new Ads1x15Model({ voltage: () => 1.5, now, bits: 16 }),
    value: 1500,
  },
  ads1015: {
    address: 0x48,
    model: now => new Ads1x15Model({ voltage: () => 1.5, now, bits: 12 }),
    value: 1500,
  },
  lm75: { address: 0x48, model: now => new Lm75Model({ temperature, now }), value: CELSIUS },
  tmp102: { address: 0x48, model: now => new Tmp102Model({ temperature, now }), value: CELSIUS },
  tmp105: { address: 0x48, model: now => new Tmp105Model({ temperature, now }), value: CELSIUS },
  mcp9808: { address: 0x18, model: now => new Mcp9808Model({ temperature, now }), value: CELSIUS },
  bme280: { address: 0x76, model: now => new Bme280Model({ ...air, now, id: 0x60 }), value: CELSIUS },
  bmp280: { address: 0x76, model: now => new Bme280Model({ ...air, now, id: 0x58 }), value: CELSIUS },
  sht3x: { address: 0x44, model: now => new Sht3xModel({ ...air, now }), value: CELSIUS },
  ina219: {
    address: 0x40,
    model: now => new Ina219Model({ busVoltage: () => 12, shuntVoltage: () => 0.02, now }),
    value: 12,
  },
};
