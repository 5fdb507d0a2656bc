// Mistakes with tags, escapes, repeated keys, aliases and odd characters in YAML, and the messages for them.

import type { Mistake } from './mistake.ts';

export const YAML: readonly Mistake[] = [
  [
    'a tag of a program',
    `datasets:
  a:
    title: !secret name
    sensors:
      - kind: host-load
`,
    [`3:12: expected a tag that YAML 1.2 knows, found "!secret name"; remove the tag, which begins with !`],
  ],
  [
    'a backslash in double quotes',
    `datasets:
  a:
    title: "C:\\garden"
    sensors:
      - kind: host-load
`,
    [`3:15: expected an escape that YAML knows, found "\\\\garden\\""; use single quotes for a text with \\`],
  ],
  [
    'two documents',
    `server:
  port: 80
---
datasets:
  a:
    sensors:
      - kind: host-load
`,
    [`3:1: expected one document, found "---"; remove the line "---" or "..."`],
  ],
  [
    'the same key twice',
    `server:
  port: 80
  host: localhost
  port: 8080
`,
    [`4:3: server.port: expected each key once, found "port" again after line 2`],
  ],
  [
    'the same dataset twice',
    `datasets:
  a:
    sensors:
      - kind: host-load
  a:
    sensors:
      - kind: host-load
`,
    [`5:3: datasets.a: expected each key once, found "a" again after line 2`],
  ],
  [
    'an alias without an anchor',
    `datasets:
  a:
    log: *usual
    sensors:
      - kind: host-load
`,
    [
      '3:10: datasets.a.log: expected an anchor &usual before this alias, found none; put a text that begins with * in quotes',
    ],
  ],
  [
    'an alias of itself',
    `datasets:
  a:
    attributes: &a {x: *a}
    sensors:
      - kind: host-load
`,
    [
      '3:24: datasets.a.attributes.x: expected an alias of a complete value, found an alias of a value that contains it',
    ],
  ],
  [
    'a list as a key',
    `? [a, b]
: 1
`,
    ['1:3: expected a name before the colon, found something else'],
  ],
  [
    'merge keys of YAML 1.1',
    `server: &s
  port: 80
datasets:
  a:
    <<: *s
    sensors:
      - kind: host-load
`,
    [
      `5:5: datasets.a."<<": expected one of the keys title, summary, source, institution, contact, project, license, keywords, comment, references, acknowledgement, id, naming_authority, position, attributes, public, interval, log, history, publish, sensors, found "<<"`,
    ],
  ],
  [
    'the key __proto__',
    `datasets:
  a:
    attributes: {__proto__: 1}
    sensors:
      - kind: host-load
`,
    [`3:18: datasets.a.attributes: expected a name before the colon, found "__proto__"`],
  ],
  [
    'a control character',
    'datasets:\n  a:\n    title: "a\u0000b"\n    sensors:\n      - kind: host-load\n',
    ['3:14: expected text without control characters, found the control character U+0000'],
  ],
  [
    'a comment without a blank before it',
    `datasets:
  a:
    title: "a"#b
    sensors:
      - kind: host-load
`,
    [`3:15: expected a space before #, found "#b"`],
  ],
];
