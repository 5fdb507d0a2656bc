// Makes a machine with a configuration in a temporary folder, backs it up, and restores the backup elsewhere, for tests.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { type RestoreOptions, restoreBackup } from '../../../server/cli/restore/restoring.ts';
import { type Machine, thisMachine } from '../../../server/machine/machine.ts';
import { machineWith } from '../cli/commands/machines.ts';
import { giving } from '../drivers/command.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-backup-test-'));
  folders.push(folder);
  return folder;
}

export function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/** All files below a folder, with their texts and permissions. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    files.map(path => [
      path.slice(folder.length + 1),
      `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'latin1')}`,
    ]),
  );
}

export const USERS = `ada:scrypt$ln=15,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}
`;

/** The home of a person, with a configuration that names drivers beside it and elsewhere. */
export function home({ access = false } = {}): { readonly folder: string; readonly file: string } {
  const folder = temporary();
  const file = join(folder, 'pi/dapberry/garden.yaml');
  const users = join(folder, 'pi/secrets/users');
  write(
    file,
    `# My garden\nserver: { port: 8123 } # the port\n${access ? `access: { users: ${users} }\n` : ''}datasets:\n  bed:\n    sensors:\n      - driver: ./drivers/mine.js # beside it\n      - { name: far, driver: "${join(folder, 'opt/far.js')}" }\n`,
  );
  write(join(folder, 'pi/dapberry/config.d/roof.yaml'), 'sensors: [{ driver: ../../near.js }]\n');
  write(join(folder, 'pi/dapberry/drivers/mine.js'), giving(1));
  write(join(folder, 'opt/far.js'), giving(2).replaceAll('mine', 'far'));
  write(join(folder, 'pi/near.js'), giving(3).replaceAll('mine', 'near'));
  write(users, USERS, 0o600);
  return { folder, file };
}

/** Runs `dapberry backup` of a configuration. */
export async function backUp(file: string, ...options: readonly string[]) {
  const machine = await machineWith({});
  const archive = join(temporary(), 'backup.tar.gz');
  try {
    const result = await machine.dapberry('backup', archive, '--config', file, ...options);
    return { archive, ...result };
  } finally {
    await machine.tree.dispose();
  }
}

/** Restores an archive to a main file; the answer is that of a person at the terminal. */
export async function restoreTo(
  archive: string,
  file: string,
  options: Partial<RestoreOptions> = {},
  parts: Partial<Machine> = {},
): Promise<{ readonly code: number; readonly printed: string }> {
  let printed = '';
  const code = await restoreBackup({
    machine: { ...thisMachine(), run: async () => undefined, serverAt: async () => undefined, ...parts },
    archive,
    file,
    history: undefined,
    isAgreed: true,
    isForced: false,
    print: text => {
      printed += text;
    },
    ask: undefined,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
  return { code, printed };
}

export function tar(...args: readonly string[]): void {
  execFileSync('tar', [...args]);
}
