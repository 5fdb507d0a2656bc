// Mistakes in channels and calibrations, and the messages for them.

import type { Mistake } from './mistake.ts';

export const COLUMNS: readonly Mistake[] = [
  [
    'a misspelt channel',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temprature: {units: K}
`,
    [
      `6:11: datasets.a.sensors[0].channels.temprature: expected one of the channels temperature, found "temprature"; did you mean "temperature"?`,
    ],
  ],
  [
    'empty units',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {units: ""}
`,
    [`6:32: datasets.a.sensors[0].channels.temperature.units: expected a text that is not empty, found ""`],
  ],
  [
    'an attribute in camel case',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {longName: T}
`,
    [
      `6:25: datasets.a.sensors[0].channels.temperature.longName: expected one of the keys name, units, long_name, standard_name, type, valid_range, warn, alarm, calibration, found "longName"; did you mean "long_name"?`,
    ],
  ],
  [
    'a standard name with blanks',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {standard_name: Air temperature}
`,
    [
      `6:40: datasets.a.sensors[0].channels.temperature.standard_name: expected a name of small letters, digits and _, such as air_temperature, found "Air temperature"`,
    ],
  ],
  [
    'an unknown type of column',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {type: float64}
`,
    [
      `6:31: datasets.a.sensors[0].channels.temperature.type: expected one of Float64, Float32, Int32, UInt32, found "float64"; did you mean "Float64"?`,
    ],
  ],
  [
    'a range with its bounds swapped',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {valid_range: [100, 0]}
`,
    [
      '6:38: datasets.a.sensors[0].channels.temperature.valid_range: expected a list of two numbers, the lower one first, found [100, 0]',
    ],
  ],
  [
    'a range of one number',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {valid_range: [100]}
`,
    [
      '6:38: datasets.a.sensors[0].channels.temperature.valid_range: expected a list of two numbers, the lower one first, found [100]',
    ],
  ],
  [
    'a calibration as a number',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: -0.4}
`,
    ['6:38: datasets.a.sensors[0].channels.temperature.calibration: expected a mapping, found -0.4'],
  ],
  [
    'a scale of 0',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: {scale: 0}}
`,
    [
      '6:46: datasets.a.sensors[0].channels.temperature.calibration.scale: expected a number other than 0, found 0',
    ],
  ],
  [
    'an offset as text',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {calibration: {offset: "-0.4"}}
`,
    [
      `6:47: datasets.a.sensors[0].channels.temperature.calibration.offset: expected a number, found "-0.4"; remove the quotes`,
    ],
  ],
];
