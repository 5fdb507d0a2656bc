// Misspelt and misplaced keys, wrong booleans and seeds, and the messages for them.

import type { Mistake } from './mistake.ts';

export const KEYS: readonly Mistake[] = [
  [
    'a misspelt key',
    `sever:
  port: 80
`,
    [
      `1:1: sever: expected one of the keys server, access, simulate, seed, history, fleet, publish, datasets, found "sever"; did you mean "server"?`,
    ],
  ],
  [
    'a key of another program',
    `version: 2
`,
    [
      `1:1: version: expected one of the keys server, access, simulate, seed, history, fleet, publish, datasets, found "version"`,
    ],
  ],
  [
    'a key at the wrong level',
    `port: 8080
`,
    [
      `1:1: port: expected one of the keys server, access, simulate, seed, history, fleet, publish, datasets, found "port"; it belongs below "server"`,
    ],
  ],
  [
    'keys below server that are not indented',
    `server:
port: 80
`,
    [
      '1:1: server: expected a mapping, found nothing; indent its contents below it',
      `2:1: port: expected one of the keys server, access, simulate, seed, history, fleet, publish, datasets, found "port"; it belongs below "server"`,
    ],
  ],
  [
    'server as a number',
    `server: 8080
`,
    ['1:9: server: expected a mapping, found 8080'],
  ],
  [
    'server as a list',
    `server:
  - port: 80
`,
    [`2:3: server: expected a mapping, found a list; remove the "-" before its keys`],
  ],
  [
    'yes for true',
    `simulate: yes
`,
    [`1:11: simulate: expected true or false, found "yes"; did you mean true?`],
  ],
  [
    'On for true',
    `simulate: On
`,
    [`1:11: simulate: expected true or false, found "On"; did you mean true?`],
  ],
  [
    'true in quotes',
    `simulate: "true"
`,
    [`1:11: simulate: expected true or false, found "true"; remove the quotes`],
  ],
  [
    'a misspelt true',
    `simulate: ture
`,
    [`1:11: simulate: expected true or false, found "ture"; did you mean true?`],
  ],
  [
    '1 for true',
    `simulate: 1
`,
    ['1:11: simulate: expected true or false, found 1'],
  ],
  [
    'a negative seed',
    `seed: -1
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found -1'],
  ],
  [
    'a seed with a fraction',
    `seed: 20.13
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found 20.13'],
  ],
  [
    'a seed that is too large',
    `seed: 4294967296
`,
    ['1:7: seed: expected a whole number from 0 to 4294967295, found 4294967296'],
  ],
  [
    'a seed as text',
    `seed: "2013"
`,
    [`1:7: seed: expected a whole number from 0 to 4294967295, found "2013"; remove the quotes`],
  ],
  [
    'a list with a line break in it',
    '["server\\n"]\n',
    ['1:1: expected a configuration, which is a mapping, found a list'],
  ],
];
