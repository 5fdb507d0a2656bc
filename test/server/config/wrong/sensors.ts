// Mistakes in the kinds, options, names and addresses of sensors, and the messages for them.

import { KINDS } from '../probe-kind.ts';
import type { Mistake } from './mistake.ts';

const NAMES = KINDS.map(({ name }) => name).join(', ');

export const SENSORS: readonly Mistake[] = [
  [
    'sensors as one mapping',
    `datasets:
  a:
    sensors:
      kind: host-load
`,
    [
      `4:7: datasets.a.sensors: expected a list of one entry or more, found a mapping; begin each entry with "- "`,
    ],
  ],
  [
    'a sensor as a word',
    `datasets:
  a:
    sensors:
      - host-load
`,
    [`4:9: datasets.a.sensors[0]: expected a mapping, found "host-load"`],
  ],
  [
    'a sensor without a space after the colon',
    `datasets:
  a:
    sensors:
      - kind:host-load
`,
    [`4:9: datasets.a.sensors[0]: expected a mapping, found "kind:host-load"; put a space after the colon`],
  ],
  [
    'a sensor without a kind',
    `datasets:
  a:
    sensors:
      - name: x
`,
    [`4:9: datasets.a.sensors[0].kind: expected one of ${NAMES}, found nothing`],
  ],
  [
    'a misspelt kind',
    `datasets:
  a:
    sensors:
      - kind: tmp36_simulatd
`,
    [
      `4:15: datasets.a.sensors[0].kind: expected one of ${NAMES}, found "tmp36_simulatd"; did you mean "tmp36-simulated"?`,
    ],
  ],
  [
    'a kind that is a number',
    `datasets:
  a:
    sensors:
      - kind: 36
`,
    [`4:15: datasets.a.sensors[0].kind: expected one of ${NAMES}, found 36; put it in quotes`],
  ],
  [
    'a misspelt option',
    `datasets:
  a:
    sensors:
      - kind: thermal
        zon: 1
`,
    [
      `5:9: datasets.a.sensors[0].zon: expected one of the keys kind, name, title, zone, channels, derived, every, between, found "zon"; did you mean "zone"?`,
    ],
  ],
  [
    'an option of another kind',
    `datasets:
  a:
    sensors:
      - kind: host-load
        zone: 1
`,
    [
      `5:9: datasets.a.sensors[0].zone: expected one of the keys kind, name, title, channels, derived, every, between, found "zone"`,
    ],
  ],
  [
    'an option that is missing',
    `datasets:
  a:
    sensors:
      - kind: probe
`,
    ['4:9: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found nothing'],
  ],
  [
    'an option out of range',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: 0x80
`,
    ['5:18: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found 128 (0x80)'],
  ],
  [
    'an option as text',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: "0x48"
`,
    [
      `5:18: datasets.a.sensors[0].address: expected a whole number from 8 to 119, found "0x48"; remove the quotes`,
    ],
  ],
  [
    'a value that is not one of some',
    `datasets:
  a:
    sensors:
      - {kind: probe, address: 72, rate: fsat}
`,
    [`4:42: datasets.a.sensors[0].rate: expected one of slow, fast, found "fsat"; did you mean "fast"?`],
  ],
  [
    'options that do not go together',
    `datasets:
  a:
    sensors:
      - kind: probe
        address: 72
        bus: 0
        rate: fast
`,
    ['7:15: datasets.a.sensors[0].rate: expected slow on bus 0, found fast'],
  ],
  [
    'a name with a hyphen',
    `datasets:
  a:
    sensors:
      - kind: thermal
        name: cpu-0
`,
    [
      `5:15: datasets.a.sensors[0].name: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "cpu-0"`,
    ],
  ],
  [
    'two sensors of one name',
    `datasets:
  a:
    sensors:
      - {kind: host-load, name: x}
      - {kind: host-cpu, name: x}
`,
    [
      `5:32: datasets.a.sensors[1].name: expected a name that no other sensor of the dataset has, found "x", which datasets.a.sensors[0] (c.yaml:4) has too`,
    ],
  ],
  [
    'two sensors of a kind without names',
    `datasets:
  a:
    sensors:
      - kind: thermal
      - kind: thermal
        zone: 1
`,
    [
      `5:9: datasets.a.sensors[1]: expected a name that no other column of the dataset has, found "temperature", which datasets.a.sensors[0] (c.yaml:4) has too; give one of the sensors a name`,
    ],
  ],
  [
    'a channel called time',
    `datasets:
  a:
    sensors:
      - kind: thermal
        channels:
          temperature: {name: time}
`,
    [
      `6:31: datasets.a.sensors[0].channels.temperature.name: expected a name other than that of the column of row times, found "time"; choose another name`,
    ],
  ],
  [
    'two channels of one name',
    `datasets:
  a:
    sensors:
      - kind: tmp36-simulated
        channels:
          voltage: {name: v}
          temperature: {name: v}
`,
    [
      `7:31: datasets.a.sensors[0].channels.temperature.name: expected a name that no other column of the dataset has, found "v", which this sensor has too; choose another name`,
    ],
  ],
  [
    'an address used twice',
    `datasets:
  a:
    sensors:
      - {kind: probe, address: 72}
  b:
    sensors:
      - {kind: probe, address: 0x48}
`,
    [
      '7:9: datasets.b.sensors[0]: expected an address or a pin that no other sensor uses, found i2c-1:0x48, which datasets.a.sensors[0] (c.yaml:4) has too',
    ],
  ],
  [
    'a kind that cannot be simulated',
    `simulate: true
datasets:
  a:
    sensors:
      - {kind: probe, address: 72}
`,
    [
      '5:16: datasets.a.sensors[0].kind: expected a kind that can be simulated, since simulate is true, found probe',
    ],
  ],
];
