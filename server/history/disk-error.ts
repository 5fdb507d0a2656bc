// Says in words why the disk refused a write, a merge or a deletion.

import { messageOf } from '../../device/index.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'the server may not write there',
  EDQUOT: 'the disk quota of the server is exceeded',
  EEXIST: 'expected a folder, found a file',
  EIO: 'the disk fails',
  ENOSPC: 'no space is left on the disk',
  ENOTDIR: 'expected a folder in the path, found a file',
  EPERM: 'the server may not write there',
  EROFS: 'the file system is read-only',
};

/** The message of `error`; of an error of the system the path, or else `folder`, the reason in words, and its code. */
export function diskErrorText(error: unknown, folder: string): string {
  const message = messageOf(error);
  // Errors that come from a worker thread have no other properties.
  const [, code = '', path = folder] = /^([A-Z]+): [^,]*, \w+(?: '([^']*)')?/.exec(message) ?? [];
  const reason = REASONS[code];
  if (reason === undefined) return message;
  return `${path}: ${reason} (${code})`;
}
