// All kinds of sensors, in the order in which lists and docs show them.

import type { SensorKind } from '../kind.ts';
import { ads1015 } from './ads1015.ts';
import { ads1115 } from './ads1115.ts';
import { bme280 } from './bme280.ts';
import { bmp280 } from './bmp280.ts';
import { ds18b20 } from './ds18b20.ts';
import { gpioInput } from './gpio-input.ts';
import { hostCpu } from './host-cpu.ts';
import { hostLoad } from './host-load.ts';
import { hostNetwork } from './host-network.ts';
import { hwmon } from './hwmon.ts';
import { iio } from './iio.ts';
import { ina219 } from './ina219.ts';
import { lm75 } from './lm75.ts';
import { mcp3008 } from './mcp3008.ts';
import { mcp9808 } from './mcp9808.ts';
import { mqtt } from './mqtt.ts';
import { piThrottled } from './pi-throttled.ts';
import { replay } from './replay.ts';
import { sht3x } from './sht3x.ts';
import { thermal } from './thermal-zone.ts';
import { tmp36Simulated } from './tmp36.ts';
import { tmp102 } from './tmp102.ts';
import { tmp105 } from './tmp105.ts';
import { waveform } from './waveform.ts';

export const SENSOR_KINDS: readonly SensorKind[] = [
  tmp36Simulated,
  waveform,
  replay,
  hostLoad,
  hostCpu,
  hostNetwork,
  thermal,
  ads1115,
  ads1015,
  lm75,
  tmp102,
  tmp105,
  mcp9808,
  bme280,
  bmp280,
  sht3x,
  ina219,
  ds18b20,
  iio,
  hwmon,
  piThrottled,
  mcp3008,
  gpioInput,
  mqtt,
];
