import { describe, expect, it } from 'vitest';
import { type Change, onPi } from './examined-pi.ts';
import { mountinfo } from './machines.ts';

/** What sysfs says of a card. */
const device = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, text]) => [`/sys/block/mmcblk0/device/${name}`, `${text}\n`]),
  );

const ERRORS = '/sys/fs/ext4/mmcblk0p2/errors_count';
const IN_MEMORY = {
  '/etc/dapberry/config.yaml': 'history: off\ndatasets: {a: {sensors: [{kind: host-load}]}}\n',
};

const cases: readonly (readonly [string, Change['files'], string])[] = [
  [
    'an SD card',
    device({ type: 'SD', name: 'SC32G', manfid: '0x000003', oemid: '0x5344', date: '05/2021' }),
    'ok card mmcblk0 is the SD card SC32G (manufacturer 0x000003, OEM 0x5344, made 05/2021); SD cards do not report their wear',
  ],
  [
    'an SD card without a history on it',
    { ...IN_MEMORY, ...device({ type: 'SD', name: 'SC32G' }) },
    'ok card mmcblk0 is the SD card SC32G; SD cards do not report their wear',
  ],
  [
    'a new eMMC',
    device({ type: 'MMC', life_time: '0x01 0x01', pre_eol_info: '0x01' }),
    'ok card mmcblk0 has used 10 % of its life time',
  ],
  [
    'an old eMMC',
    device({ type: 'MMC', life_time: '0x02 0x09', pre_eol_info: '0x01' }),
    'note card mmcblk0 has used 90 % of its life time: back it up (dapberry backup), and replace the card',
  ],
  [
    'an eMMC with few spare blocks, which does not tell its life time',
    device({ type: 'MMC', life_time: '0x00 0x00', pre_eol_info: '0x02' }),
    'note card mmcblk0 has used 80 % of its spare blocks: back it up',
  ],
  [
    'an eMMC without spare blocks',
    device({ type: 'MMC', life_time: '0x05 0x05', pre_eol_info: '0x03' }),
    'fix card mmcblk0 has used 50 % of its life time, and has used up its spare blocks: back it up',
  ],
  [
    'errors on the disk of a system without a history',
    { ...IN_MEMORY, [ERRORS]: '1\n' },
    'fix card 1 error of the file system on mmcblk0p2: back it up',
  ],
  [
    'a root file system that the kernel names by its number alone',
    {
      [ERRORS]: '2\n',
      '/proc/self/mountinfo': '22 1 179:2 / / rw,noatime - ext4 /dev/root rw\n',
      '/sys/dev/block/179:2/uevent': 'MAJOR=179\nMINOR=2\nDEVNAME=mmcblk0p2\nDEVTYPE=partition\n',
    },
    'fix card 2 errors of the file system on mmcblk0p2: back it up',
  ],
  [
    'the disk below an overlay',
    {
      [ERRORS]: '4\n',
      '/proc/self/mountinfo': mountinfo('/dev/mmcblk0p2 /media/root-ro ext4 ro', 'overlay / overlay rw'),
    },
    'fix card 4 errors of the file system on mmcblk0p2: back it up',
  ],
  [
    'a root file system that became read-only after an error',
    { '/proc/self/mountinfo': mountinfo('/dev/mmcblk0p2 / ext4 ro,noatime') },
    'fix root file system read-only, although /etc/fstab does not say so',
  ],
  [
    'a root file system that became read-only after an error, as newer kernels put it',
    { '/proc/self/mountinfo': '22 1 179:2 / / rw,noatime - ext4 /dev/mmcblk0p2 rw,emergency_ro\n' },
    'fix root file system read-only, although /etc/fstab does not say so',
  ],
];

describe('dapberry doctor', () => {
  it.each(cases)('says what the kernel knows of %s', async (_case, files, line) => {
    const { lines, code } = await onPi({ files: files ?? {} });
    expect(lines).toContainEqual(expect.stringContaining(line));
    expect(code).toBe(line.startsWith('fix') ? 1 : 0);
    expect(lines.filter(found => / card /.test(found)).length).toBeLessThanOrEqual(1);
  });
});
