// Mistakes that people make in a driver, with the exact messages: the cases of wrong.test.ts.

import { driverText } from './command.ts';

/** Each in a dataset of its own: the driver's file, the options of the sensor, and the problems that are printed. */
export const WRONG: readonly (readonly [
  mistake: string,
  text: string,
  sensor: string,
  problems: readonly (string | RegExp)[],
])[] = [
  [
    'syntax',
    'export default {\n  name: 5,,\n};\n',
    '',
    ["3: driver: expected a driver that can be loaded, found a mistake in line 2: Unexpected token ','"],
  ],
  [
    'throws',
    '\n\nthrow new Error("no wire");\nexport default 1;\n',
    '',
    ['3: driver: expected a driver that can be loaded, found the error in line 3: no wire'],
  ],
  [
    'throws_no_text',
    'throw Object.create(null);\n',
    '',
    ['3: driver: expected a driver that can be loaded, found the error: an object'],
  ],
  [
    'hangs',
    'await new Promise(() => {});\nexport default 1;\n',
    '',
    ['3: driver: expected a driver that loads within 10 s, found one that does not'],
  ],
  [
    'own_zod',
    'import { z } from "zod";\nexport default z;\n',
    '',
    [
      '3: driver: expected a driver that can be loaded, found one that imports zod, which is not installed; use the z that the driver receives: export default ({ z }) => ...',
    ],
  ],
  [
    'no_default',
    'export const kind = {};\n',
    '',
    ['3: driver: expected a default export: a sensor kind, or a function that returns one, found none'],
  ],
  [
    'common_js',
    'module.exports = {};\n',
    '',
    [
      '3: driver: expected an ES module, found a CommonJS module, or one without exports; write "export default" in place of "module.exports ="',
    ],
  ],
  ['number', 'export default 5;\n', '', ['3: driver: expected a sensor kind, found 5']],
  [
    'factory',
    'export default () => {\n  throw new Error("no wire");\n};\n',
    '',
    ['3: driver: expected a function that returns a sensor kind, found the error in line 2: no wire'],
  ],
  [
    'empty_factory',
    'export default async () => {};\n',
    '',
    ['3: driver: expected a sensor kind, found nothing'],
  ],
  [
    'fields',
    driverText({
      name: "'thermal'",
      title: '5',
      channels: '[]',
      simulat: '() => ({})',
      options: 'z.object({ name: z.string() })',
    }),
    '',
    [
      '3: driver.title: expected a text that is not empty, found 5',
      '3: driver.channels: expected a function of the options that gives the channels, found a list of 0',
      /^3: driver\.simulat: expected one of the fields .*, found "simulat"; did you mean "simulate"\?$/,
      '3: driver.name: expected a name that no built-in kind has, found "thermal"',
      '3: driver.options.name: expected another name for the option, found a key of every sensor',
    ],
  ],
  [
    'channels',
    driverText({ channels: "() => [{ name: 'depth', units: '°C' }]" }),
    '',
    [
      '3: driver.channels[0].units: expected units in UDUNITS spelling, such as degree_Celsius, hPa, m s-1 or 1, found "°C"',
      '3: driver.channels[0].longName: expected a text that is not empty, found nothing',
    ],
  ],
  [
    'conversion',
    driverText({ conversionTime: "() => '1 s'" }),
    '',
    ['3: driver.conversionTime: expected seconds, 0 or more, found "1 s"'],
  ],
  [
    'claims',
    driverText({ claims: '() => { throw new Error("no wire"); }' }),
    '',
    ['3: driver.claims: expected an answer, found the error: no wire'],
  ],
  [
    'schema',
    driverText({
      options: 'z.strictObject({ value: z.number().refine(() => { throw new Error("no wire"); }) })',
    }),
    'value: 1',
    ['3: driver.options: expected a schema that validates options, found the error: no wire'],
  ],
  [
    'slow',
    driverText({ conversionTime: '() => 2.5' }),
    '',
    [
      '1: interval: expected 2.5 seconds or more, the time of a reading of mine, found 1; to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
    ],
  ],
  [
    'option',
    driverText(),
    'valu: 2',
    [
      '4: valu: expected one of the keys driver, name, title, value, channels, derived, every, between, found "valu"; did you mean "value"?',
    ],
  ],
  ['type', driverText(), 'value: two', ['4: value: expected a number, found "two"']],
  [
    'refined',
    driverText({
      options: 'z.strictObject({ value: z.number().refine(v => v % 2 === 0, "an even number") })',
    }),
    'value: 3',
    ['4: value: expected an even number, found 3'],
  ],
  [
    'together',
    driverText({
      options:
        'z.strictObject({ low: z.number(), high: z.number() }).refine(({ low, high }) => low < high, { path: ["low"], params: { expected: "a low below high", found: "5 and 4" } })',
    }),
    'low: 5\n        high: 4',
    ['4: low: expected a low below high, found 5 and 4'],
  ],
  [
    'channel',
    driverText(),
    'channels: {dept: {units: cm}}',
    ['4: channels.dept: expected one of the channels depth, found "dept"; did you mean "depth"?'],
  ],
  [
    'derived',
    driverText(),
    'derived: {a: {by: tmp36, from: depth}}',
    ['4: derived.a.from: expected a channel in V, mV or uV, found depth in m'],
  ],
  [
    'name',
    driverText(),
    'name: 3x',
    ['4: name: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "3x"'],
  ],
  ['both', driverText(), 'kind: thermal', ['3: driver: expected either a driver or a kind, found both']],
];
