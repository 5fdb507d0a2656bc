// Mistakes in intervals, paces and logs, and the messages for them.

import type { Mistake } from './mistake.ts';

export const INTERVALS: readonly Mistake[] = [
  [
    'an interval without a number',
    `datasets:
  a:
    interval: second
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", or "on message", found "second"`,
    ],
  ],
  [
    'an interval with a decimal comma',
    `datasets:
  a:
    interval: 0,5 s
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", or "on message", found "0,5 s"; write a point for the decimal comma`,
    ],
  ],
  [
    'an interval that is too short',
    `datasets:
  a:
    interval: 0.0001
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", or "on message", found 0.0001`,
    ],
  ],
  [
    'a negative interval',
    `datasets:
  a:
    interval: -1
    sensors:
      - kind: host-load
`,
    [
      `3:15: datasets.a.interval: expected 0, or 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", or "on message", found -1`,
    ],
  ],
  [
    'an interval shorter than the sensor takes',
    `datasets:
  a:
    interval: 500 ms
    sensors:
      - kind: probe
        address: 0x48
`,
    [
      '3:15: datasets.a.interval: expected 0.75 seconds or more, the time of a reading of probe, found 0.5; to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
    ],
  ],
  [
    'a sensor that is to be read more often than it can, or than there are rows',
    `datasets:
  a:
    interval: 1 s
    sensors:
      - {kind: host-load, every: 500 ms}
  b:
    interval: 100 ms
    sensors:
      - {kind: probe, address: 0x48, every: 0.5 s}
`,
    [
      '5:34: datasets.a.sensors[0].every: expected 1 seconds, the interval of the dataset, or more, found 0.5',
      '9:45: datasets.b.sensors[0].every: expected 0.75 seconds or more, the time of a reading of probe, found 0.5',
    ],
  ],
  [
    'a sensor with a time of its own where rows come as fast as they are read',
    `datasets:
  a:
    interval: 0
    sensors:
      - {kind: host-load, every: 1 min}
`,
    [
      '5:34: datasets.a.sensors[0].every: expected no "every" in a dataset with the interval 0, found "every" of 60 s',
    ],
  ],
  [
    'an unknown way to fill the rows between readings',
    `datasets:
  a:
    sensors:
      - {kind: host-load, between: last, every: 0}
`,
    [
      '4:36: datasets.a.sensors[0].between: expected one of nan, hold, found "last"',
      '4:49: datasets.a.sensors[0].every: expected 0.001 to 86400 seconds, as a number or a text such as "500 ms", "10 s", "1 min", "2 h" or "1 d", found 0',
    ],
  ],
  [
    'a log of no rows',
    `datasets:
  a:
    log: {rows: 0}
    sensors:
      - kind: host-load
`,
    ['3:17: datasets.a.log.rows: expected a whole number from 1 to 1000000000, found 0'],
  ],
  [
    'a log in unknown units',
    `datasets:
  a:
    log:
      bytes: 32 Mb
    sensors:
      - kind: host-load
`,
    [
      `4:14: datasets.a.log.bytes: expected 1024 to 68719476736 bytes, as a number or a text such as "500 kB", "32 MB" or "32 MiB", found "32 Mb"`,
    ],
  ],
  [
    'a log as a number',
    `datasets:
  a:
    log: 1000
    sensors:
      - kind: host-load
`,
    ['3:10: datasets.a.log: expected a mapping, found 1000'],
  ],
  [
    'a sensor that is read in a dataset with a row for each message',
    `datasets:
  a:
    interval: on message
    sensors:
      - {kind: mqtt, url: mqtt://b, topic: t}
      - kind: host-load
`,
    [
      `6:15: datasets.a.sensors[1].kind: expected sensors of the kind mqtt alone, since the interval is "on message", found host-load; put the other sensors into a dataset of their own, or give this one an interval such as 10 s`,
    ],
  ],
  [
    'a pace of a sensor whose messages make the rows',
    `datasets:
  a:
    interval: on message
    sensors:
      - {kind: mqtt, url: mqtt://b, topic: t, every: 10, between: hold}
`,
    [
      `5:47: datasets.a.sensors[0].every: expected no "every" in a dataset with a row for each message, found "every"`,
      `5:58: datasets.a.sensors[0].between: expected no "between" in a dataset with a row for each message, found "between"`,
    ],
  ],
];
