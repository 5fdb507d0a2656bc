// Examines what the kernel knows about the wear and the errors of the disks of the system and of the histories.

import { fileSystemOf } from '../../machine/file-system.ts';
import { textOf } from '../../machine/kernel-devices.ts';
import type { Machine } from '../../machine/machine.ts';
import { MOUNTINFO, type Mount, mountsIn } from '../../machine/mounts.ts';
import { counted } from '../../text/terminal-text.ts';
import { type Finding, fix, note, ok } from './finding.ts';

type Files = Machine['files'];

const DISK = /^\/dev\/([A-Za-z0-9]+)$/;

const REPLACE = 'back it up (dapberry backup), and replace the card';

/** One examination for each partition that holds the root file system or one of the folders, and for each card. */
export async function examineCards(machine: Machine, folders: Iterable<string>): Promise<readonly Finding[]> {
  const { files } = machine;
  const partitions = new Set<string>();
  for (const folder of ['/', ...folders]) {
    const mount = await fileSystemOf(machine, folder);
    for (const name of mount === undefined ? [] : await partitionsOf(files, mount)) partitions.add(name);
  }
  const findings: Finding[] = [];
  for (const partition of partitions) findings.push(...(await errors(files, partition)));
  const disks = [...partitions].flatMap(name => /^(mmcblk\d+)p\d+$/.exec(name)?.[1] ?? []);
  for (const disk of new Set(disks)) findings.push(...(await card(files, disk)));
  return findings;
}

/** `mmcblk0p2` for `/dev/mmcblk0p2`; all of ext4 below an overlay; by its number for `/dev/root`, which has no file. */
async function partitionsOf(files: Files, { device, number }: Mount): Promise<readonly string[]> {
  const [, name] = DISK.exec(device) ?? [];
  if (name !== undefined && name !== 'root') return [name];
  if (name === undefined) {
    if (!device.includes('overlay')) return [];
    const disks = mountsIn(await textOf(files, MOUNTINFO)).filter(({ type }) => type === 'ext4');
    return disks.flatMap(disk => DISK.exec(disk.device)?.[1] ?? []);
  }
  const [, found] = /^DEVNAME=(\S+)$/m.exec(await textOf(files, `/sys/dev/block/${number}/uevent`)) ?? [];
  return found === undefined ? [] : [found];
}

/** The counter of ext4, which outlives restarts (Documentation/ABI/testing/sysfs-fs-ext4). */
async function errors(files: Files, partition: string): Promise<readonly Finding[]> {
  const count = await textOf(files, `/sys/fs/ext4/${partition}/errors_count`);
  if (!/^[1-9]\d*$/.test(count)) return [];
  const day = async (name: string, words: string) => {
    const time = await textOf(files, `/sys/fs/ext4/${partition}/${name}`);
    return /^[1-9]\d*$/.test(time)
      ? [`${words} on ${new Date(Number(time) * 1000).toISOString().slice(0, 10)}`]
      : [];
  };
  const days = [
    ...(await day('first_error_time', 'the first')),
    ...(await day('last_error_time', 'the last')),
  ];
  const text = [`${counted(Number(count), 'error')} of the file system on ${partition}`, ...days].join(', ');
  return [
    fix('card', text, `${REPLACE} if they go on; a check at the next start repairs the file system (e2fsck)`),
  ];
}

/**
 * What a card is and how worn it is (Documentation/driver-api/mmc/mmc-dev-attrs.rst): an eMMC tells the tenths of its life time that are
 * used, by kind of memory, and its reserve (JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST, PRE_EOL_INFO); an SD card tells neither.
 */
async function card(files: Files, disk: string): Promise<readonly Finding[]> {
  const value = (name: string) => textOf(files, `/sys/block/${disk}/device/${name}`);
  const used = Math.max(...(await value('life_time')).split(/\s+/).map(Number).filter(Number.isInteger), 0);
  const reserve = Number(await value('pre_eol_info'));
  if (used === 0 && reserve < 2) return (await value('type')) === 'SD' ? [await sdCard(disk, value)] : [];
  const parts = [
    ...(used > 10 ? ['has outlived its life time'] : []),
    ...(used > 0 && used <= 10 ? [`has used ${10 * used} % of its life time`] : []),
    ...(reserve === 2 ? ['has used 80 % of its spare blocks'] : []),
    ...(reserve === 3 ? ['has used up its spare blocks'] : []),
  ];
  const text = `${disk} ${parts.join(', and ')}`;
  if (used > 10 || reserve === 3) return [fix('card', text, REPLACE)];
  if (used >= 9 || reserve === 2) return [note('card', text, REPLACE)];
  return [ok('card', text)];
}

async function sdCard(disk: string, value: (name: string) => Promise<string>): Promise<Finding> {
  const [name, maker, oem, date] = await Promise.all(['name', 'manfid', 'oemid', 'date'].map(value));
  const facts = [
    ...(maker === '' ? [] : [`manufacturer ${maker}`]),
    ...(oem === '' ? [] : [`OEM ${oem}`]),
    ...(date === '' ? [] : [`made ${date}`]),
  ].join(', ');
  const which = `${disk} is the SD card ${name}${facts === '' ? '' : ` (${facts})`}`;
  return ok('card', `${which}; SD cards do not report their wear`);
}
