// Makes the release archive and the Debian package for a guest, and a later version of the package.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** A version greater than every version of the project. */
export const LATER = '999.0.0';

/** The names of the files in their folder. */
export interface Packages {
  readonly archive: string;
  readonly debian: string;
  readonly laterDebian: string;
}

/** Makes the files for an architecture of Debian with `npm run package`, from the present build. */
export function makePackages(folder: string, architecture: string): Packages {
  execFileSync('npm', ['run', '--silent', 'package', '--', '--arch', architecture, '--out', folder], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [archive, debian] = [/\.tar\.gz$/, /\.deb$/].map(ending =>
    readdirSync(folder).find(name => ending.test(name)),
  );
  if (archive === undefined || debian === undefined) {
    throw new Error(
      `expected an archive and a package in ${folder}, found ${readdirSync(folder).join(', ')}`,
    );
  }
  const unpacked = join(folder, 'later');
  const laterDebian = 'later.deb';
  execFileSync('dpkg-deb', ['-R', join(folder, debian), unpacked]);
  const setLaterVersion = (file: string, version: RegExp) =>
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(version, (_, before: string) => before + LATER),
    );
  setLaterVersion(join(unpacked, 'DEBIAN/control'), /^(Version: )[^\n]+/m);
  const [manifest = ''] = execFileSync(
    'find',
    [unpacked, '-name', 'package.json', '-not', '-path', '*/node_modules/*'],
    {
      encoding: 'utf8',
    },
  ).split('\n');
  setLaterVersion(manifest, /^(\s*"version": ")[^"]+/m);
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', unpacked, join(folder, laterDebian)], {
    stdio: 'ignore',
  });
  rmSync(unpacked, { recursive: true });
  return { archive, debian, laterDebian };
}
