// Reads the device, the type and the state of the file system of a folder from the kernel's table of mounts.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';
import { isAtOrBelow, MOUNTINFO, type Mount, mountsIn } from './mounts.ts';

export interface FileSystem extends Mount {
  readonly isReadOnly: boolean;
}

/** Undefined without the table of mounts. A later mount hides an earlier one. */
export async function fileSystemOf(
  { files }: Pick<Machine, 'files'>,
  path: string,
): Promise<FileSystem | undefined> {
  let found: Mount | undefined;
  for (const mount of mountsIn(await textOf(files, MOUNTINFO))) {
    const { place } = mount;
    if (place.length >= (found?.place.length ?? 0) && isAtOrBelow(path, place)) found = mount;
  }
  return found && { ...found, isReadOnly: isReadOnly(found.options) };
}

/** Since Linux 6.15 ext4 says `emergency_ro` after an error, beside `rw`. */
export function isReadOnly(options: readonly string[]): boolean {
  return options.some(option => option === 'ro' || option === 'emergency_ro');
}
