// The kind `ads1015`: four voltages of 12 bits, up to 3300 conversions a second (TI datasheet SBAS473).

import { converterKind } from './ads1x15.ts';

export const ads1015 = converterKind({
  name: 'ads1015',
  title: 'ADS1015 analogue-to-digital converter',
  description:
    'Four voltages, or differences between them, on I2C: 12 bits, 128 to 3300 conversions a second.',
  bits: 12,
  rates: [128, 250, 490, 920, 1600, 2400, 3300],
  usualRate: 1600,
});
