// Tests that the doctor judges permissions and groups by who serves: the user of the service, else this user.

import { describe, expect, it } from 'vitest';
import type { FileInfo } from '../../../../server/machine/file-info.ts';
import type { Machine } from '../../../../server/machine/machine.ts';
import { type Change, onPi, STATUS } from './examined-pi.ts';

const MASTER = '/sys/bus/w1/devices/w1_bus_master1';
const BULK = `${MASTER}/therm_bulk_read`;
const TWO_THERMOMETERS = {
  [BULK]: '0\n',
  [`${MASTER}/28-0516b0a1c2ff/w1_slave`]: '',
  [`${MASTER}/10-000802b53f12/w1_slave`]: '',
};

/** The files of the machine, of which `therm_bulk_read` belongs to root and a group. */
function bulkOf({ group, mode }: Pick<FileInfo, 'group' | 'mode'>): Machine['fileInfo'] {
  return async path =>
    path === BULK
      ? { kind: 'file', size: 4096, user: 0, group, mode }
      : { kind: 'folder', size: 4096, user: 991, group: 991, mode: 0o755 };
}

const notes: readonly [string, Change, string][] = [
  [
    'thermometers that the service may not have convert at once',
    {
      files: TWO_THERMOMETERS,
      parts: { fileInfo: bulkOf({ group: 0, mode: 0o644 }) },
    },
    'note 1-Wire the thermometers on w1_bus_master1 convert one after the other, 0.8 s each: dapberry may not write therm_bulk_read, which makes them convert at once: give its group write access, as docs/one-wire.md describes',
  ],
  [
    'thermometers that the service may have convert at once, and this user may not',
    {
      files: TWO_THERMOMETERS,
      parts: { mayWrite: async () => false, fileInfo: bulkOf({ group: 991, mode: 0o664 }) },
    },
    'ok 1-Wire w1_bus_master1',
  ],
  [
    'thermometers that this user may not have convert at once, without a service',
    {
      files: TWO_THERMOMETERS,
      parts: { mayWrite: async path => path !== BULK, run: async () => undefined },
    },
    'note 1-Wire the thermometers on w1_bus_master1 convert one after the other, 0.8 s each: this user may not write therm_bulk_read, which makes them convert at once: give its group write access, as docs/one-wire.md describes',
  ],
  ['thermometers that convert at once', { files: TWO_THERMOMETERS }, 'ok 1-Wire w1_bus_master1'],
  [
    'groups of this user that nothing needs, without a service',
    { files: { '/proc/self/status': STATUS }, parts: { run: async () => undefined } },
    'note groups ada is not in gpio,i2c; no configured sensor needs it: sudo usermod -aG gpio,i2c ada, then log in again',
  ],
  [
    'groups of the service, though this user is in none of them',
    { files: { '/proc/self/status': STATUS } },
    'ok groups dapberry is in gpio, i2c',
  ],
  [
    'a service whose user is gone',
    { files: { '/etc/passwd': 'root:x:0:0:root:/:/bin/bash\n' } },
    'note groups unknown: the service runs as dapberry, which is no user of this machine',
  ],
  [
    'root, without a service',
    {
      files: { '/proc/self/status': 'Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t\n' },
      parts: { run: async () => undefined },
    },
    'ok groups root may open every device',
  ],
];

describe('dapberry doctor', () => {
  it.each(notes)('finds nothing to mend in %s', async (_, change, line) => {
    const { code, wrong, lines } = await onPi(change);
    expect([code, wrong]).toEqual([0, []]);
    expect(lines).toContain(line);
  });
});
