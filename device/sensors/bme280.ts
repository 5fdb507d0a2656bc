// The kind `bme280`: temperature, pressure and humidity of the air, on I2C (Bosch datasheet BST-BME280-DS002).

import { barometerKind } from './bmx280.ts';

export const bme280 = barometerKind({
  name: 'bme280',
  title: 'BME280 thermometer, barometer and hygrometer',
  description: 'Temperature, pressure and humidity of the air, on I2C.',
  id: 0x60,
  hasHumidity: true,
});
