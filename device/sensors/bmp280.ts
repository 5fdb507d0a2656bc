// The kind `bmp280`: temperature and pressure of the air, on I2C (Bosch datasheet BST-BMP280-DS001).

import { barometerKind } from './bmx280.ts';

export const bmp280 = barometerKind({
  name: 'bmp280',
  title: 'BMP280 thermometer and barometer',
  description: 'Temperature and pressure of the air, on I2C; often sold as a BME280, which has humidity too.',
  id: 0x58,
  hasHumidity: false,
});
