// Reads the device, the type and the state of the file system of a folder from the kernel's table of mounts.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';
import { isAtOrBelow, unescapedOctal } from './mounts.ts';

export interface FileSystem {
  /** Its mount point. */
  readonly place: string;
  /** Such as `/dev/mmcblk0p2`. */
  readonly device: string;
  /** Such as `ext4`. */
  readonly type: string;
  readonly isReadOnly: boolean;
}

/** By /proc/mounts (proc(5)); undefined without it. A later mount hides an earlier one. */
export async function fileSystemOf(
  { files }: Pick<Machine, 'files'>,
  path: string,
): Promise<FileSystem | undefined> {
  let found: FileSystem | undefined;
  for (const line of (await textOf(files, '/proc/mounts')).split('\n')) {
    const [device = '', written = '', type = '', options = ''] = line.split(' ');
    const place = unescapedOctal(written);
    if (place === '' || place.length < (found?.place.length ?? 0) || !isAtOrBelow(path, place)) continue;
    found = { place, device, type, isReadOnly: isReadOnly(options) };
  }
  return found;
}

/** By its options in /proc/mounts; since Linux 6.15 ext4 says `emergency_ro` after an error, beside `rw`. */
export function isReadOnly(options: string): boolean {
  return options.split(',').some(option => option === 'ro' || option === 'emergency_ro');
}
