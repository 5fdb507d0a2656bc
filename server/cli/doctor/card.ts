// Examines what the kernel knows about the wear and the errors of the disk that holds a history.

import type { FileSystem } from '../../machine/file-system.ts';
import { textOf } from '../../machine/kernel-devices.ts';
import type { Machine } from '../../machine/machine.ts';
import { counted } from '../../text/terminal-text.ts';
import { type Finding, fix, note, ok } from './finding.ts';

const REPLACE = 'back up the history (copy its folder), and replace the card';

/** Empty if the kernel knows nothing: most SD cards do not report their wear. */
export async function examineCard({ files }: Machine, { device }: FileSystem): Promise<readonly Finding[]> {
  const [, partition = ''] = /^\/dev\/([A-Za-z0-9]+)$/.exec(device) ?? [];
  if (partition === '') return [];
  return [...(await errors(files, partition)), ...(await wear(files, partition))];
}

/** The counter of ext4, which outlives restarts (Documentation/ABI/testing/sysfs-fs-ext4). */
async function errors(files: Machine['files'], partition: string): Promise<readonly Finding[]> {
  const count = await textOf(files, `/sys/fs/ext4/${partition}/errors_count`);
  if (!/^[1-9]\d*$/.test(count)) return [];
  const last = await textOf(files, `/sys/fs/ext4/${partition}/last_error_time`);
  const when = /^[1-9]\d*$/.test(last) ? `, the last on ${dayOf(Number(last))}` : '';
  const text = `${counted(Number(count), 'error')} of the file system on ${partition}${when}`;
  return [
    fix('card', text, `${REPLACE} if they go on; a check at the next start repairs the file system (e2fsck)`),
  ];
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** Tenths of the life time that are used, by kind of memory, and the reserve (JEDEC JESD84-B51, DEVICE_LIFE_TIME_EST, PRE_EOL_INFO). */
async function wear(files: Machine['files'], partition: string): Promise<readonly Finding[]> {
  const [, disk] = /^(mmcblk\d+)p\d+$/.exec(partition) ?? [];
  if (disk === undefined) return [];
  const folder = `/sys/block/${disk}/device`;
  const tenths = (await textOf(files, `${folder}/life_time`)).split(/\s+/).map(Number);
  const reserve = Number(await textOf(files, `${folder}/pre_eol_info`));
  const used = Math.max(...tenths.filter(Number.isInteger), 0);
  if (used === 0) return [];
  const text =
    used > 10 ? `${disk} has outlived its life time` : `${disk} has used ${10 * used} % of its life time`;
  if (used > 10 || reserve === 3) return [fix('card', text, REPLACE)];
  if (used >= 9 || reserve === 2) return [note('card', text, REPLACE)];
  return [ok('card', text)];
}
