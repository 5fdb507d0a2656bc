// Mistakes in the limits of columns, and the messages for them.

import type { Mistake } from './mistake.ts';

/** A thermometer whose air temperature has these keys. */
const air = (keys: string) => `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        channels:
          temperature: {${keys}}
`;

const AT = 'datasets.a.sensors[0].channels.temperature';
const BOUNDS = 'a mapping with below, above or both, such as {above: 30}';

export const LIMITS: readonly Mistake[] = [
  ['a number for a limit', air('warn: 30'), [`6:31: ${AT}.warn: expected ${BOUNDS}, found 30`]],
  [
    'a list for a limit',
    air('alarm: [2, 30]'),
    [`6:32: ${AT}.alarm: expected ${BOUNDS}, found [2, 30]; remove the "-" before its keys`],
  ],
  [
    'a limit without a bound',
    air('warn: {}'),
    [`6:31: ${AT}.warn: expected below, above or both, found an empty mapping`],
  ],
  [
    'a misspelt bound',
    air('warn: {abov: 30}'),
    [`6:32: ${AT}.warn.abov: expected one of the keys below, above, found "abov"; did you mean "above"?`],
  ],
  [
    'a bound with its unit',
    air('warn: {above: 30 C}'),
    [`6:39: ${AT}.warn.above: expected a number, found "30 C"`],
  ],
  [
    'a bound that is no number',
    air('warn: {above: .nan}'),
    [`6:39: ${AT}.warn.above: expected a number, found NaN`],
  ],
  [
    'an infinite bound',
    air('warn: {above: .inf}'),
    [`6:39: ${AT}.warn.above: expected a number, found Infinity`],
  ],
  [
    'bounds that are swapped',
    air('warn: {below: 30, above: 2}'),
    [`6:39: ${AT}.warn.below: expected a number of at most 2, the upper bound, found 30`],
  ],
  [
    'an alarm inside of the warning',
    air('warn: {below: 2, above: 30}, alarm: {below: 3, above: 29}'),
    [
      `6:69: ${AT}.alarm.below: expected a number of at most 2, below which it warns, found 3`,
      `6:79: ${AT}.alarm.above: expected a number of at least 30, above which it warns, found 29`,
    ],
  ],
  [
    'an alarm that leaves no value without a warning',
    air('warn: {below: 20}, alarm: {above: 10}'),
    [`6:59: ${AT}.alarm.above: expected a number of at least 20, below which it warns, found 10`],
  ],
  [
    'a limit in other units than those of the column',
    air('alarm: {above: 212}'),
    [`6:40: ${AT}.alarm.above: expected a number in the valid range, from -40 to 125, found 212`],
  ],
  [
    'a limit that the type cannot hold',
    air('type: Float32, valid_range: [-1e99, 1e99], alarm: {above: 1e90}'),
    [`6:83: ${AT}.alarm.above: expected a number that a column of Float32 can hold, found 1e+90`],
  ],
  [
    'an unknown column',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        channels:
          temprature: {warn: {above: 30}}
`,
    [
      '6:11: datasets.a.sensors[0].channels.temprature: expected one of the channels voltage, temperature, found "temprature"; did you mean "temperature"?',
    ],
  ],
  [
    'a limit of the sensor',
    `datasets:
  a:
    sensors:
      - kind: thermal
        alarm: {above: 80}
`,
    [
      '5:9: datasets.a.sensors[0].alarm: expected one of the keys kind, name, title, zone, channels, derived, every, between, found "alarm"; it belongs below a name in "channels"',
    ],
  ],
  [
    'an alarm of a derived column inside of the warning',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          f: {by: linear, from: temperature, scale: 1.8, offset: 32, units: degree_Fahrenheit, warn: {above: 90}, alarm: {above: 80}}
`,
    [
      '6:130: datasets.a.sensors[0].derived.f.alarm.above: expected a number of at least 90, above which it warns, found 80',
    ],
  ],
];
