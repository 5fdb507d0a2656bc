// Mistakes in the lines, indentation and quotes of a configuration, and the messages for them.

import type { Mistake } from './mistake.ts';

export const LINES: readonly Mistake[] = [
  ['an empty file', ``, ['1:1: expected a configuration, which is a mapping, found an empty file']],
  [
    'comments alone',
    `# server:
#   port: 80
`,
    ['1:1: expected a configuration, which is a mapping, found an empty file'],
  ],
  [
    'a line of text',
    `port 8080
`,
    [`1:1: expected a configuration, which is a mapping, found "port 8080"`],
  ],
  [
    'a list in place of keys',
    `- server
- datasets
`,
    ['1:1: expected a configuration, which is a mapping, found [server, datasets]'],
  ],
  [
    'a tab before a key',
    'server:\n\tport: 80\n',
    ['2:1: expected spaces before a key, found a tab; YAML does not allow a tab there'],
  ],
  [
    'a colon without a blank',
    `server:
  port:8080
`,
    [`2:3: server: expected a mapping, found "port:8080"; put a space after the colon`],
  ],
  [
    'no blank after the only colon',
    `server:8080
`,
    [`1:1: expected a configuration, which is a mapping, found "server:8080"; put a space after the colon`],
  ],
  [
    'a key without a colon',
    `server:
  port: 80
  host
`,
    [`3:3: expected a colon and a space after a key, found "host"`],
  ],
  [
    'two colons in a line',
    `datasets:
  a:
    title: Garden: north
    sensors:
      - kind: host-load
`,
    [
      `3:12: expected a value of one line without ": " in it, found "Garden: north"; put a text with a colon and a space in quotes, or indent the next line less`,
    ],
  ],
  [
    'a key that is indented too far',
    `server:
  port: 80
   host: x
`,
    [
      `2:9: expected a value of one line without ": " in it, found "80"; put a text with a colon and a space in quotes, or indent the next line less`,
    ],
  ],
  [
    'a key that is indented too little',
    `server:
  port: 80
 host: x
`,
    [
      `3:1: expected the same indentation as before, found " host: x"; keys of one mapping begin in one column`,
    ],
  ],
  [
    'a list entry at another column',
    `datasets:
  a:
    sensors:
      - kind: host-load
     - kind: host-cpu
`,
    [
      `5:1: expected a value of one line without ": " in it, found "     - kind: host-cpu"; put a text with a colon and a space in quotes, or indent the next line less`,
      `5:6: expected a colon after a key of one line, found "- kind: host-cpu"; is a ":" or a quote missing?`,
    ],
  ],
  [
    'a quote that is not closed',
    `datasets:
  a:
    title: "Garden
    sensors:
      - kind: host-load
`,
    ['6:1: expected a closing quote, found the end of the line'],
  ],
  [
    'text after a closing quote',
    `datasets:
  a:
    title: "Garden" north
    sensors:
      - kind: host-load
`,
    [
      `3:21: expected nothing more after a complete value, found "north"; put a text with such characters in quotes`,
    ],
  ],
  [
    'a brace too many',
    `server: {port: 8080}}
`,
    [`1:21: expected no closing bracket without an opening one, found "}"; remove it`],
  ],
  [
    'a bracket that is not closed',
    `server:
  cors: {origins: ["*"}
`,
    [`2:23: expected a closing "]", found "}"`, `2:24: expected a closing "}", found the end of the line`],
  ],
  [
    'a brace that is not closed',
    `datasets:
  a:
    position: {latitude: 1, longitude: 2
    sensors:
      - kind: host-load
`,
    [`4:5: expected a closing "}", found "sensors:"`],
  ],
  [
    'no comma between two keys',
    `datasets:
  a:
    position: {latitude: 1 longitude: 2}
    sensors:
      - kind: host-load
`,
    [`3:26: expected a comma or a closing bracket after a value, found "1 longitude: 2}"`],
  ],
  [
    'a text that begins with @',
    `datasets:
  a:
    title: @home
    sensors:
      - kind: host-load
`,
    [`3:12: expected a value, found "@home"; put a text that begins with @, % or \` in quotes`],
  ],
  [
    'a text that begins with %',
    `datasets:
  a:
    title: %humidity
    sensors:
      - kind: host-load
`,
    [`3:12: expected a value, found "%humidity"; put a text that begins with @, % or \` in quotes`],
  ],
  [
    'a text that begins with *',
    `datasets:
  a:
    title: *Garden*
    sensors:
      - kind: host-load
`,
    [
      '3:12: datasets.a.title: expected an anchor &Garden* before this alias, found none; put a text that begins with * in quotes',
    ],
  ],
];
