// Mistakes in datasets and their descriptions, and the messages for them.

import type { Mistake } from './mistake.ts';

export const DATASETS: readonly Mistake[] = [
  [
    'no dataset',
    `datasets: {}
`,
    ['1:11: datasets: expected a mapping of one key or more, found an empty mapping'],
  ],
  [
    'datasets that are not indented',
    `datasets:
a:
  sensors:
      - kind: host-load
`,
    [
      '1:1: datasets: expected a mapping of one key or more, found nothing; indent its contents below it',
      `2:1: a: expected one of the keys server, access, simulate, seed, history, fleet, publish, datasets, found "a"`,
    ],
  ],
  [
    'a list of datasets',
    `datasets:
  - name: a
`,
    [`2:3: datasets: expected a mapping of one key or more, found a list; remove the "-" before its keys`],
  ],
  [
    'a dataset without sensors',
    `datasets:
  a:
    title: A
`,
    ['2:3: datasets.a.sensors: expected a list of one entry or more, found nothing'],
  ],
  [
    'a dataset with an empty list of sensors',
    `datasets:
  a:
    sensors: []
`,
    ['3:14: datasets.a.sensors: expected a list of one entry or more, found an empty list'],
  ],
  [
    'a dataset with nothing',
    `datasets:
  a:
`,
    ['2:3: datasets.a: expected a mapping, found nothing; indent its contents below it'],
  ],
  [
    'a name that begins with a digit',
    `datasets:
  2nd:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets.2nd: expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "2nd"`,
    ],
  ],
  [
    'a name with a dot',
    `datasets:
  a.b:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets."a.b": expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "a.b"`,
    ],
  ],
  [
    'a name with a blank',
    `datasets:
  my garden:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets."my garden": expected a name of at most 64 letters, digits, _ and -, not beginning with a digit, found "my garden"`,
    ],
  ],
  [
    'an address of the server',
    `datasets:
  health:
    sensors:
      - kind: host-load
`,
    [
      `2:3: datasets.health: expected a name that the server does not use for an address of its own, found "health"`,
    ],
  ],
  [
    'a title that is a number',
    `datasets:
  a:
    title: 2013
    sensors:
      - kind: host-load
`,
    ['3:12: datasets.a.title: expected a text that is not empty, found 2013; put it in quotes'],
  ],
  [
    'an empty title',
    `datasets:
  a:
    title: ""
    sensors:
      - kind: host-load
`,
    [`3:12: datasets.a.title: expected a text that is not empty, found ""`],
  ],
  [
    'a title that was left empty',
    `datasets:
  a:
    title:
    sensors:
      - kind: host-load
`,
    ['3:5: datasets.a.title: expected a text that is not empty, found nothing'],
  ],
  [
    'keywords in one text',
    `datasets:
  a:
    keywords: weather, air
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.keywords: expected a list of one entry or more, found "weather, air"; write it as a list, in [ ]`,
    ],
  ],
  [
    'an e-mail address without @',
    `datasets:
  a:
    contact:
      email: example.org
    sensors:
      - kind: host-load
`,
    [`4:14: datasets.a.contact.email: expected an address such as someone@example.org, found "example.org"`],
  ],
  [
    'a web address without https',
    `datasets:
  a:
    contact:
      url: example.org
    sensors:
      - kind: host-load
`,
    [`4:12: datasets.a.contact.url: expected an address such as https://example.org, found "example.org"`],
  ],
  [
    'a type of contact that does not exist',
    `datasets:
  a:
    contact: {type: persn}
    sensors:
      - kind: host-load
`,
    [
      `3:21: datasets.a.contact.type: expected one of person, group, institution, position, found "persn"; did you mean "person"?`,
    ],
  ],
  [
    'a latitude out of range',
    `datasets:
  a:
    position: {latitude: 91, longitude: 0}
    sensors:
      - kind: host-load
`,
    ['3:26: datasets.a.position.latitude: expected a number from -90 to 90, found 91'],
  ],
  [
    'a position without longitude',
    `datasets:
  a:
    position:
      latitude: 52
    sensors:
      - kind: host-load
`,
    ['3:5: datasets.a.position.longitude: expected a number from -180 to 180, found nothing'],
  ],
  [
    'a decimal comma',
    `datasets:
  a:
    position: {latitude: "52,37", longitude: 9}
    sensors:
      - kind: host-load
`,
    [
      `3:26: datasets.a.position.latitude: expected a number from -90 to 90, found "52,37"; write a point for the decimal comma`,
    ],
  ],
  [
    'an attribute that is made by the server',
    `datasets:
  a:
    attributes: {Conventions: CF-1.4}
    sensors:
      - kind: host-load
`,
    [
      `3:18: datasets.a.attributes.Conventions: expected a name that neither another key nor the server itself sets, found "Conventions"`,
    ],
  ],
  [
    'an attribute that has a key of its own',
    `datasets:
  a:
    attributes: {creator_name: Me}
    sensors:
      - kind: host-load
`,
    [
      `3:18: datasets.a.attributes.creator_name: expected a name that neither another key nor the server itself sets, found "creator_name"`,
    ],
  ],
  [
    'an attribute that is a mapping',
    `datasets:
  a:
    attributes: {a: {b: 1}}
    sensors:
      - kind: host-load
`,
    ['3:21: datasets.a.attributes.a: expected a text, a number or a list of numbers, found a mapping'],
  ],
];
