// Reads who owns a file or a folder, who may do what with it, and how large it is.

import { stat } from 'node:fs/promises';

export interface FileInfo {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
  /** The numbers of the owner and of the group. */
  readonly user: number;
  readonly group: number;
  /** The permission bits, such as 0o755. */
  readonly mode: number;
}

/** Of the target of a link. Undefined if there is no such file, or if this user may not look. */
export async function fileInfo(path: string): Promise<FileInfo | undefined> {
  try {
    const status = await stat(path);
    const kind = status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other';
    return { kind, size: status.size, user: status.uid, group: status.gid, mode: status.mode & 0o777 };
  } catch {
    return undefined;
  }
}
