// Runs the installer into a simulated card of a Pi, and parts of it alone.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { ROOT } from '../sources.ts';

/** The entry of a package in dpkg's database. */
export function packageEntry(name: string, architecture: string, version: string, state = 'installed') {
  const facts = {
    Package: name,
    Status: `install ok ${state}`,
    Architecture: architecture,
    Version: version,
  };
  const lines = Object.entries({ ...facts, Maintainer: 'a <a@b.c>', Description: 'd' });
  return `${lines.map(([key, value]) => `${key}: ${value}`).join('\n')}\n\n`;
}

/** The files of a Debian that the installer reads or changes. */
export const SYSTEM = {
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\ni2c:x:44:\nnogroup:x:65534:\n',
  'etc/shadow': '',
  'etc/gshadow': 'i2c:x::\n',
  'etc/.pwd.lock': '',
  'boot/firmware/config.txt': 'dtparam=audio=on\n\n[pi4]\narm_boost=1\n',
  'var/lib/dpkg/status': packageEntry('nodejs', 'arm64', '20.19.2+dfsg-1'),
  'usr/bin/node': '',
};
const FOLDERS = [
  'opt',
  'usr/local/bin',
  'etc/systemd/system/multi-user.target.wants',
  'etc/udev/rules.d',
  'etc/modules-load.d',
];

/** The temporary folder of a test. */
export let work: string;
/** The system to install into, as a mounted card. */
export let card: string;

/** Makes the folder and the card before each test of a file, and removes them afterwards. */
export function useCard(): void {
  beforeEach(() => {
    work = mkdtempSync(join(tmpdir(), 'dapberry-install-'));
    card = join(work, 'card');
    for (const folder of FOLDERS) mkdirSync(join(card, folder), { recursive: true });
    for (const [path, text] of Object.entries(SYSTEM)) {
      mkdirSync(join(card, path, '..'), { recursive: true });
      writeFileSync(join(card, path), text);
    }
  });
  afterEach(() => rmSync(work, { recursive: true }));
}

/** Makes an unpacked release archive, with a program that does nothing. */
export function release(version: string): string {
  const folder = join(work, version);
  mkdirSync(join(folder, 'dist/server'), { recursive: true });
  mkdirSync(join(folder, 'docs'));
  mkdirSync(join(folder, 'node_modules'));
  cpSync(join(ROOT, 'systemd'), join(folder, 'systemd'), { recursive: true });
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) cpSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'dist/server/main.js'), `// ${version}\n`);
  writeFileSync(join(folder, 'package.json'), `{\n  "name": "dapberry",\n  "version": "${version}",\n}\n`);
  writeFileSync(join(folder, 'ARCHITECTURE'), 'arm64\n');
  return folder;
}

/** Runs the installer of a release with --root. */
export function install(from: string, ...args: readonly string[]) {
  const script = join(from, 'systemd/install.sh');
  const { status, stdout, stderr } = spawnSync(script, ['--root', card, ...args], { encoding: 'utf8' });
  return { status, said: stdout, complained: stderr };
}

/** Every file of the system with its mode, owner, time and content or target, but the backups of passwd(5). */
export function files(): Readonly<Record<string, string>> {
  const paths = readdirSync(card, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter(path => !/^etc\/(passwd|group|shadow|gshadow)-$/.test(path))
      .map(path => {
        const file = join(card, path);
        const { mode, uid, mtimeMs } = lstatSync(file);
        const facts = `${mode.toString(8)} ${uid}`;
        if (lstatSync(file).isSymbolicLink()) return [path, `${facts} -> ${readlinkSync(file)}`];
        if (lstatSync(file).isDirectory()) return [path, facts];
        return [path, `${facts} ${mtimeMs} ${readFileSync(file, 'utf8')}`];
      }),
  );
}

/** Gives the card other versions of Node: a package of Debian's, and one of nodejs.org, whose headers have its version. */
export function nodes({
  packaged,
  local,
}: {
  readonly packaged?: string;
  readonly local?: readonly number[];
}) {
  rmSync(join(card, 'usr/bin/node'));
  if (packaged !== undefined) writeFileSync(join(card, 'usr/bin/node'), '');
  const status = packaged === undefined ? '' : packageEntry('nodejs', 'arm64', packaged);
  writeFileSync(join(card, 'var/lib/dpkg/status'), status);
  if (local === undefined) return;
  writeFileSync(join(card, 'usr/local/bin/node'), '');
  const headers = join(card, 'usr/local/include/node');
  mkdirSync(headers, { recursive: true });
  const defines = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part, index) => `#define NODE_${part}_VERSION ${local[index]}\n`,
  );
  if (local.length > 0) writeFileSync(join(headers, 'node_version.h'), defines.join(''));
}

/** The same without times: a restored file counts as unchanged. */
export function contents() {
  return Object.fromEntries(
    Object.entries(files()).map(([path, text]) => [path, text.replace(/^(\d+ \d+) [\d.]+ /, '$1 ')]),
  );
}

export const textOf = (path: string) => readFileSync(join(card, path), 'utf8');

/** Runs lines of bash with the functions of parts of the installer. */
export function withParts(
  parts: readonly string[],
  lines: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const sources = parts.map(part => `. "${join(ROOT, 'systemd/install', part)}.sh"`);
  const text = ['set -euo pipefail', 'DRY_RUN=false ROOT=', ...sources, lines].join('\n');
  return spawnSync('bash', ['-c', text], { encoding: 'utf8', env: { ...process.env, ...environment } });
}
