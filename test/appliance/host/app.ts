// Copies the built program and the packages that it needs into a guest.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheFolder } from './cache.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>>;
}

/** Copies the program to `folder`, with native modules for this machine. */
export function copyApp(folder: string): void {
  if (!existsSync(join(PROJECT, 'dist/web/index.html'))) throw new Error('expected a build: npm run build');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Other users of the guest read the folder too.
  chmodSync(folder, 0o755);
  for (const name of ['dist', 'systemd', 'package.json', 'README.md', 'LICENSE'])
    cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  // The file is the command, as after install.sh.
  chmodSync(join(folder, 'dist/server/main.js'), 0o755);
  const { packages } = JSON.parse(readFileSync(join(PROJECT, 'package-lock.json'), 'utf8')) as Lock;
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    // Nested packages are copied with their package.
    const own = path.startsWith('node_modules/') && !path.slice(1).includes('/node_modules/');
    if (!own || dev || devOptional || !existsSync(join(PROJECT, path))) continue;
    cpSync(join(PROJECT, path), join(folder, path), { recursive: true, dereference: true });
  }
}

/** The program as an archive to be appended to the Pi's file system, at `/app`, with native modules for arm64. */
export function appArchive(folder: string): Buffer {
  const app = join(folder, 'app');
  copyApp(app);
  rmSync(join(app, 'node_modules/@koromix'), { recursive: true, force: true });
  cpSync(join(cacheFolder(), 'pi/addons/node_modules'), join(app, 'node_modules'), {
    recursive: true,
    force: true,
  });
  return archiveOf(folder, 'app');
}

/** What is below `path` in `folder`, as an archive to be appended to the Pi's file system. */
export function archiveOf(folder: string, path: string): Buffer {
  return execFileSync('sh', ['-c', 'find "$1" | cpio --quiet -o -H newc', 'sh', path], {
    cwd: folder,
    maxBuffer: 2 ** 30,
  });
}
