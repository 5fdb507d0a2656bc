// Suggests another kind or a kernel driver for a part that has no kind of its own.

/** Parts with a kernel driver that Raspberry Pi OS loads by an overlay, and the kind that reads the driver's files. */
const BY_OVERLAY: Readonly<Record<string, readonly [overlay: string, kind: 'iio' | 'hwmon']>> = {
  dht11: ['dht11,gpiopin=4', 'iio'],
  dht22: ['dht11,gpiopin=4', 'iio'],
  am2302: ['dht11,gpiopin=4', 'iio'],
  ...i2cSensors('iio', [
    'bh1750',
    'bme680',
    'bmp085',
    'bmp180',
    'bmp380',
    'ccs811',
    'htu21',
    'sgp30',
    'sps30',
  ]),
  ...i2cSensors('iio', ['mpu6050', 'mpu9250', 'ms5637', 'ms5803', 'ms5805', 'ms8607', 'si7020', 'veml6070']),
  ...i2cSensors('hwmon', ['adt7410', 'aht10', 'ds1621', 'sht4x']),
  bme688: ['i2c-sensor,bme680', 'iio'],
  bmp388: ['i2c-sensor,bmp380', 'iio'],
  htu21d: ['i2c-sensor,htu21', 'iio'],
  si7021: ['i2c-sensor,si7020', 'iio'],
  hdc1080: ['i2c-sensor,hdc100x', 'iio'],
  sht40: ['i2c-sensor,sht4x', 'hwmon'],
  sht41: ['i2c-sensor,sht4x', 'hwmon'],
  sht45: ['i2c-sensor,sht4x', 'hwmon'],
};

function i2cSensors(kind: 'iio' | 'hwmon', parts: readonly string[]) {
  return Object.fromEntries(parts.map(part => [part, [`i2c-sensor,${part}`, kind] as const]));
}

/** Words for quantities and parts, and the kinds to use for them. */
const BY_WORD: readonly (readonly [words: readonly string[], use: string])[] = [
  [['sht30', 'sht31', 'sht35'], 'use sht3x'],
  [['ds1820', '1-wire', '1wire', 'w1', 'onewire', 'one-wire'], 'use ds18b20'],
  [['lm75a', 'lm75b'], 'use lm75 with bits: 11'],
  [['tmp75', 'tmp175'], 'use tmp105'],
  [['mcp3004'], 'use mcp3008 with the channels that it has'],
  [
    ['tmp36', 'tmp35', 'lm35', 'thermistor', 'ntc'],
    'it gives a voltage: use ads1115 or mcp3008 with a derived column, or tmp36-simulated to try it',
  ],
  [['adc', 'analog', 'analogue', 'voltage', 'a0'], 'use ads1115, ads1015 or mcp3008'],
  [
    ['temp', 'temperature', 'thermometer'],
    'use ds18b20 (1-Wire), lm75, bme280 or mcp9808 (I2C), or thermal (of this machine)',
  ],
  [
    ['cpu', 'cpu-temp', 'cpu-temperature', 'cputemp', 'soc'],
    'use thermal for its temperature, host-cpu for its load',
  ],
  [['humidity', 'hygrometer'], 'use bme280 or sht3x'],
  [['pressure', 'barometer'], 'use bme280 or bmp280'],
  [['power', 'current'], 'use ina219'],
  [
    ['gpio', 'pin', 'button', 'switch', 'pulse', 'counter', 'rain', 'wind', 'anemometer', 'reed', 'pir'],
    'use gpio-input',
  ],
  [['network', 'net'], 'use host-network'],
  [['load', 'loadavg'], 'use host-load'],
  [['csv', 'file', 'recording', 'playback'], 'use replay'],
  [['simulated', 'simulation', 'sine', 'random', 'fake', 'test', 'dummy'], 'use waveform or tmp36-simulated'],
  [['undervoltage', 'throttled'], 'use pi-throttled'],
];

/** What to use in place of an unknown kind; undefined if there is no suggestion. */
export function insteadOfKind(word: string): string | undefined {
  const plain = word.toLowerCase().replaceAll(/[\s_]+/g, '-');
  const [overlay, kind] = Object.hasOwn(BY_OVERLAY, plain) ? BY_OVERLAY[plain]! : [];
  if (overlay !== undefined) {
    return `the kernel has a driver for it: put dtoverlay=${overlay} into config.txt, restart, and use the kind ${kind} (dapberry list prints its lines)`;
  }
  return BY_WORD.find(([words]) => words.includes(plain))?.[1];
}
