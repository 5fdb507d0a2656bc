// Finds the folder of the images of the guests, makes the images, and says why this machine cannot make them.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { MachineName } from './machines.ts';

const APPLIANCE = resolve(import.meta.dirname, '..');
const PROJECT = resolve(APPLIANCE, '../..');

/** The folder named by `DAPBERRY_APPLIANCE_CACHE`; else one below node_modules. */
export function cacheFolder(): string {
  const { DAPBERRY_APPLIANCE_CACHE: named } = process.env;
  return resolve(named || join(PROJECT, 'node_modules/.cache/dapberry-appliance'));
}

/** The reason why this machine cannot make and boot guests; undefined if it can. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the guests are made on Debian 12, amd64; this is ${process.platform}, ${process.arch}`;
  }
  const release = read('/etc/os-release');
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) {
    const [, name = 'another system'] = /^PRETTY_NAME="(.*)"$/m.exec(release) ?? [];
    return `the guests are made on Debian 12; this is ${name}`;
  }
  if (process.getuid?.() !== 0) return 'root makes the file systems of the guests; run it with sudo';
  return undefined;
}

/** Makes the missing and outdated images of a guest, or Python for the emulated Pi. */
export function makeImages(name: MachineName | 'pi-python'): void {
  const { status } = spawnSync('bash', [join(APPLIANCE, 'images/make.sh'), name], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, DAPBERRY_APPLIANCE_CACHE: cacheFolder() },
  });
  if (status !== 0) throw new Error(`the images of ${name} could not be made (exit code ${status})`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
