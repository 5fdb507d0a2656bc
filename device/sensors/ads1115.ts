// The kind `ads1115`: four voltages of 16 bits, up to 860 conversions a second (TI datasheet SBAS444).

import { converterKind } from './ads1x15.ts';

export const ads1115 = converterKind({
  name: 'ads1115',
  title: 'ADS1115 analogue-to-digital converter',
  description: 'Four voltages, or differences between them, on I2C: 16 bits, 8 to 860 conversions a second.',
  bits: 16,
  rates: [8, 16, 32, 64, 128, 250, 475, 860],
  usualRate: 128,
});
