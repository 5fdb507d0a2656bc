// Finds the folders for notes of exported lines: folders that a boot empties, as it ends the exports.

import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** The service's folder (systemd/dapberry.service, RuntimeDirectory), which every user may read. */
const OF_SERVICE = '/run/dapberry';

export interface ExportFolders {
  /** The folder for the notes of this process, made if it is missing; undefined if there is none that it may write. */
  own(): string | undefined;
  /** The folders whose notes are trusted. */
  all(): readonly string[];
}

export interface ExportFoldersOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly ofService?: string;
  readonly temporary?: string;
}

/**
 * In this order: `$RUNTIME_DIRECTORY` from systemd, the service's folder, `$XDG_RUNTIME_DIR/dapberry`, and `dapberry-UID` in the
 * folder for temporary files. Trusted are the first two, which root has made, and folders of this user that no other user can
 * write.
 */
export function exportFolders({
  environment = process.env,
  ofService = OF_SERVICE,
  temporary = tmpdir(),
}: ExportFoldersOptions = {}): ExportFolders {
  const { RUNTIME_DIRECTORY = '', XDG_RUNTIME_DIR = '' } = environment;
  const uid = process.geteuid?.() ?? 0;
  // Several of them are separated by colons (systemd.exec(5)).
  const [given = ''] = RUNTIME_DIRECTORY.split(':');
  const found = [given, ofService].filter(folder => folder !== '');
  const made = [
    ...(XDG_RUNTIME_DIR !== '' && isOurs(XDG_RUNTIME_DIR, uid) ? [join(XDG_RUNTIME_DIR, 'dapberry')] : []),
    join(temporary, `dapberry-${uid}`),
  ];
  return {
    own: () =>
      found.find(folder => isOurs(folder, uid)) ??
      made.find(folder => {
        try {
          mkdirSync(folder, { mode: 0o700 });
        } catch {
          // It exists, or cannot be made.
        }
        return isOurs(folder, uid);
      }),
    all: () => [...new Set([...found.filter(isFolder), ...made.filter(folder => isOurs(folder, uid))])],
  };
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

const WRITABLE_BY_OTHERS = 0o022;

/** Whether it is a folder of this user that no other user can write. */
function isOurs(path: string, uid: number): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}
