// Mistakes in the keys of a history, and the messages for them.

import type { Mistake } from './mistake.ts';

const SENSOR = `
    sensors: [{kind: host-load}]
`;
const KINDS_OF_HISTORY = 'on, off, or a mapping with the keys path, flush, keep and size';
const PATH = 'expected an absolute path of a folder, such as /mnt/usb/history';

export const HISTORIES: readonly Mistake[] = [
  [
    'a misspelt key of a history',
    'history: {kepe: 5 y}\n',
    [
      '1:11: history.kepe: expected one of the keys path, flush, keep, size, found "kepe"; did you mean "keep"?',
    ],
  ],
  [
    'a path in the place of a history',
    'history: /mnt/usb\n',
    [`1:10: history: expected ${KINDS_OF_HISTORY}, found "/mnt/usb"; write history: {path: /mnt/usb}`],
  ],
  [
    'another word for on',
    `history: yes
datasets:
  a:
    history: No${SENSOR}`,
    [
      `1:10: history: expected ${KINDS_OF_HISTORY}, found "yes"; write history: on`,
      `4:14: datasets.a.history: expected ${KINDS_OF_HISTORY}, found "No"; write history: off`,
    ],
  ],
  [
    'a time and a size in the place of a history',
    `history: 90 d
datasets:
  a:
    history: 2 GiB${SENSOR}`,
    [
      `1:10: history: expected ${KINDS_OF_HISTORY}, found "90 d"; write history: {keep: 90 d}`,
      `4:14: datasets.a.history: expected ${KINDS_OF_HISTORY}, found "2 GiB"; write history: {size: 2 GiB}`,
    ],
  ],
  [
    'a folder among the files of the kernel',
    'history: {path: /proc/rows}\n',
    [`1:17: history.path: ${PATH}, found "/proc/rows"; choose a folder on a disk: /proc holds no files`],
  ],
  [
    'a folder relative to nothing',
    'history: {path: rows}\n',
    [`1:17: history.path: ${PATH}, found "rows"; begin it with /`],
  ],
  [
    'a folder in a home, as a shell has it',
    `datasets:
  a:
    history: {path: ~/rows}${SENSOR}`,
    [`3:21: datasets.a.history.path: ${PATH}, found "~/rows"; write the path of the home out`],
  ],
  [
    'rows that are kept for an hour',
    `datasets:
  a:
    history: {keep: 1 h}${SENSOR}`,
    [
      '3:21: datasets.a.history.keep: expected 86400 to 3162240000 seconds, as a number or a text such as "90 d" or "5 y", found "1 h"',
    ],
  ],
  [
    'a unit in small letters',
    'history: {size: 2 gib}\n',
    [
      '1:17: history.size: expected 1048576 to 1099511627776 bytes, as a number or a text such as "500 MB" or "2 GiB", found "2 gib"',
    ],
  ],
  [
    'a history of rows that each client has for itself',
    `datasets:
  a:
    interval: 0
    history: {keep: 90 d}${SENSOR}`,
    [
      '4:5: datasets.a.history: expected no history in a dataset with the interval 0, of which each client gets rows of its own, found a mapping',
    ],
  ],
];
