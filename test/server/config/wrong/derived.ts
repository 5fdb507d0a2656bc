// Mistakes in derived columns, and several mistakes at once, with the messages for them.

import { DERIVATIONS } from '../../../../device/index.ts';
import type { Mistake } from './mistake.ts';

const EVERY_DERIVATION = DERIVATIONS.map(({ name }) => name).join(', ');

export const DERIVED: readonly Mistake[] = [
  [
    'a derivation that there is not',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp37, from: voltage}
`,
    [
      `6:19: datasets.a.sensors[0].derived.x.by: expected one of ${EVERY_DERIVATION}, found "tmp37"; did you mean "tmp36"?`,
    ],
  ],
  [
    'a derived column without a way',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {from: voltage}
`,
    [`6:11: datasets.a.sensors[0].derived.x.by: expected one of ${EVERY_DERIVATION}, found nothing`],
  ],
  [
    'a derived column from a channel that there is not',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: volts}
`,
    [
      `6:32: datasets.a.sensors[0].derived.x.from: expected one of the channels voltage, temperature, found "volts"`,
    ],
  ],
  [
    'a thermometer derived from what is no voltage',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: temperature}
`,
    [
      `6:32: datasets.a.sensors[0].derived.x.from: expected a channel in V, mV or uV, found temperature in degree_Celsius`,
    ],
  ],
  [
    'a divider with one resistor',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: divider, from: voltage, upper: 1000}
`,
    [
      `6:11: datasets.a.sensors[0].derived.x.lower: expected a number above 0, at most 1000000000, found nothing`,
    ],
  ],
  [
    'a thermistor at no supply',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: ntc-beta, from: voltage, supply: 200000, series: 0}
`,
    [
      `6:52: datasets.a.sensors[0].derived.x.supply: expected a number above 0, at most 100000, found 200000`,
      `6:68: datasets.a.sensors[0].derived.x.series: expected a number above 0, at most 100000000, found 0`,
    ],
  ],
  [
    'units of a derived column that has its own',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: tmp36, from: voltage, units: K}
`,
    [
      `6:41: datasets.a.sensors[0].derived.x.units: expected one of the keys by, from, long_name, standard_name, type, valid_range, warn, alarm, found "units"`,
    ],
  ],
  [
    'a derived column whose name begins with a digit',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          1x: {by: tmp36, from: voltage}
`,
    [
      `6:11: datasets.a.sensors[0].derived.1x: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "1x"`,
    ],
  ],
  [
    'a derived column that is called as a channel',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          temperature: {by: tmp36, from: voltage}
`,
    [
      `6:11: datasets.a.sensors[0].derived.temperature: expected a name that no other column of the dataset has, found "temperature", which this sensor has too; choose another name`,
    ],
  ],
  [
    'derived columns as a list',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          - {by: tmp36, from: voltage}
`,
    [`6:11: datasets.a.sensors[0].derived: expected a mapping, found a list; remove the "-" before its keys`],
  ],
  [
    'a polynomial of one number',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        derived:
          x: {by: polynomial, from: voltage, coefficients: [1]}
`,
    [
      `6:60: datasets.a.sensors[0].derived.x.coefficients: expected a list of two to ten numbers, the constant first, found [1]`,
    ],
  ],
  [
    'mistakes in several places',
    `server: {port: 0.5}
datasets:
  a:
    sensors:
      - kind: thermal
        zone: -1
      - kind: tmp36-simulated
  b:
    interval: soon
    sensors:
      - kind: host-load
      - kind: host-load
`,
    [
      '1:16: server.port: expected a whole number from 0 to 65535, found 0.5',
      '6:15: datasets.a.sensors[0].zone: expected the number of a thermal zone from 0 to 999, or its type, such as cpu-thermal, found -1',
      `9:15: datasets.b.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", or "on message", found "soon"`,
      `12:9: datasets.b.sensors[1]: expected a name that no other column of the dataset has, found "load_1min", which datasets.b.sensors[0] (c.yaml:11) has too; give one of the sensors a name`,
    ],
  ],
];
