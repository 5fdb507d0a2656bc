import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingMount, mountPointOf, mountTables, realPath } from '../../../server/machine/mounts.ts';

const mountinfo = `21 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw
24 21 0:20 / /proc rw - proc proc rw
30 21 8:1 / /mnt/my\\040disk rw - ext4 /dev/sda1 rw
31 21 0:44 / /mnt/auto rw - autofs systemd-1 rw
32 21 8:2 / /media/pi/STICK rw - vfat /dev/sdb1 rw
`;
const fstab = `# /mnt/comment/x
PARTUUID=1 /boot/firmware vfat defaults 0 2
/dev/sda1 /mnt/my\\040disk ext4 nofail
  /dev/sdc1\t/mnt/usb/ ext4 nofail,x-systemd.automount 0 2
//nas/rows /mnt/auto cifs x-systemd.automount
/swapfile none swap sw
`;
const tables = { fstab, units: ['srv-old\\x2ddisk.mount', 'dapberry.service', '-.mount'], mountinfo };

it('finds the mount point that holds a folder', () => {
  expect(mountPointOf('/var/lib/dapberry', tables)).toBe('/');
  expect(mountPointOf('/mnt/my disk/history', tables)).toBe('/mnt/my disk');
  expect(mountPointOf('/mnt/my disks/history', tables)).toBe('/');
  expect(mountPointOf('/mnt/my disk/history', { mountinfo: '' })).toBe('/');
});

it.each([
  ['/var/lib/dapberry/history', undefined],
  ['/mnt/my disk/history', undefined],
  ['/mnt/usb/history', '/mnt/usb'],
  ['/mnt/usb', '/mnt/usb'],
  ['/mnt/usb2/history', undefined],
  ['/mnt/auto/history', '/mnt/auto'],
  ['/srv/old-disk/rows', '/srv/old-disk'],
  ['/media/pi/STICK/history', undefined],
  ['/media/pi/OTHER/history', '/media'],
  ['/run/media/pi/X', '/run/media'],
  ['/mnt/comment/x/history', undefined],
])('tells whether a disk is missing for %s', (folder, missing) => {
  expect(missingMount(folder, tables)).toBe(missing);
});

it('needs no tables, and reads those of this machine', async () => {
  expect(missingMount('/mnt/usb/history', { fstab: '', units: [], mountinfo: '' })).toBeUndefined();
  expect(missingMount(tmpdir(), await mountTables())).toBeUndefined();
});

it('follows links, also of a folder that does not exist yet', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dapberry-mounts-')));
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));
  expect(await realPath(join(folder, 'link/a/b'))).toBe(join(folder, 'real/a/b'));
  rmSync(folder, { recursive: true });
});
