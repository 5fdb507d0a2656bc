// Tells from the permission bits of a file what another user may do with it.

import type { FileInfo } from './file-info.ts';
import type { User } from './user.ts';

/** Whether a user may make files in a folder: write and search (chmod(2)). */
export function mayFill(info: Permissions, user: Account): boolean {
  return isPermitted(info, user, 0o3);
}

/** Whether a user may write to a file (chmod(2)). */
export function mayWriteTo(info: Permissions, user: Account): boolean {
  return isPermitted(info, user, 0o2);
}

type Permissions = Pick<FileInfo, 'user' | 'group' | 'mode'>;
type Account = Pick<User, 'number' | 'groupNumbers'>;

function isPermitted({ user, group, mode }: Permissions, account: Account, bits: number): boolean {
  if (account.number === 0) return true;
  const shift = user === account.number ? 6 : account.groupNumbers.includes(group) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
