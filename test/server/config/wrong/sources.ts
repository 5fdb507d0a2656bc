// Mistakes in the sources of rows, and the messages for them.

import type { Mistake } from './mistake.ts';

const ADDRESS =
  'the address of a dataset on a DAP2 server, such as http://attic.local:8080/attic, without a constraint and without a password';

const dataset = (lines: string) => `datasets:\n  a:\n${lines.replace(/^/gm, '    ')}\n`;

export const SOURCES: readonly Mistake[] = [
  [
    'a source beside sensors and an interval',
    dataset('source: {dap2: "http://pi:8080/a"}\ninterval: 1\nsensors: [{kind: host-load}]'),
    [
      '4:5: datasets.a.interval: expected no interval in a dataset whose source decides when rows come, found "interval"',
      '5:5: datasets.a.sensors: expected either sensors or a source of rows, not both, found "sensors"',
    ],
  ],
  [
    'a source that is a text, without sensors',
    dataset('source: http://pi:8080/a'),
    ['2:3: datasets.a.sensors: expected a list of one entry or more, found nothing'],
  ],
  [
    'a source that is a number',
    dataset('source: 5\nsensors: [{kind: host-load}]'),
    [
      '3:13: datasets.a.source: expected a text that is not empty, or a mapping with the key dap2 or nats, found 5',
    ],
  ],
  [
    'a misspelt kind of source',
    dataset('source: {dap: "http://pi:8080/a"}'),
    [
      '3:13: datasets.a.source: expected a text that is not empty, or a mapping with the key dap2 or nats, found a mapping with "dap"; did you mean "dap2"?',
    ],
  ],
  [
    'a source that is an empty mapping',
    dataset('source: {}'),
    [
      '3:13: datasets.a.source: expected a text that is not empty, or a mapping with the key dap2 or nats, found an empty mapping',
    ],
  ],
  [
    'an unknown key of a source',
    dataset('source: {dap2: "http://pi:8080/a", passt: 1 h}'),
    [
      '3:40: datasets.a.source.passt: expected one of the keys dap2, credentials, past, found "passt"; did you mean "past"?',
    ],
  ],
  [
    'a source without an address',
    dataset('source: {dap2: roof}'),
    [`3:20: datasets.a.source.dap2: expected ${ADDRESS}, found "roof"`],
  ],
  [
    'a source at an address of another protocol',
    dataset('source: {dap2: "ftp://pi/roof"}'),
    [`3:20: datasets.a.source.dap2: expected ${ADDRESS}, found "ftp://pi/roof"`],
  ],
  [
    'a password in the address of a source, which is not quoted',
    dataset('source: {dap2: "http://ann:s3cret@pi:8080/a"}'),
    [
      `3:20: datasets.a.source.dap2: expected ${ADDRESS}, found a user or a password, which belongs into a file that "credentials" names`,
    ],
  ],
  [
    'a constraint in the address of a source',
    dataset('source: {dap2: "http://pi:8080/a?time,b"}'),
    [`3:20: datasets.a.source.dap2: expected ${ADDRESS}, found "?time,b"`],
  ],
  [
    'credentials that are no absolute path, and a past that is no time',
    dataset('source:\n  dap2: http://pi:8080/a\n  credentials: ./secret\n  past: all'),
    [
      '5:20: datasets.a.source.credentials: expected an absolute path, or the name of a credential of the service, found "./secret"',
      '6:13: datasets.a.source.past: expected 0, or 1 to 3162240000 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found "all"',
    ],
  ],
];
