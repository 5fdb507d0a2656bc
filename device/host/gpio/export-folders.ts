// Where does dapberry note which lines it has exported? In a folder that is gone after a boot, as the exports are.

import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** The service's (systemd/dapberry.service, RuntimeDirectory), which all may read. */
const OF_SERVICE = '/run/dapberry';

export interface ExportFolders {
  /** Where this process may write, made if need be; undefined where there is no such place. */
  own(): string | undefined;
  /** Those whose notes are believed. */
  all(): readonly string[];
}

export interface ExportFoldersOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly ofService?: string;
  readonly temporary?: string;
}

/**
 * `$RUNTIME_DIRECTORY`, as systemd gives it, the service's folder where it is this user's, `$XDG_RUNTIME_DIR/dapberry`, and a folder of the
 * user's own among the temporary files. Only where no other user can write is believed, but for the service's, which root has made.
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
          // It is there, or cannot be.
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

/** Whether it is a folder of this user, where no other writes. */
function isOurs(path: string, uid: number): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === uid && (stat.mode & WRITABLE_BY_OTHERS) === 0;
  } catch {
    return false;
  }
}
