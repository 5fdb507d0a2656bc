// Builds the page for tests once, and again only when its sources have changed.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The page is made of these files and folders. */
const SOURCES = ['web', 'dap', 'package-lock.json'];

/** Builds lie here, each in a folder named after the sources. */
const BUILDS = join(ROOT, 'node_modules/.cache/dapberry-page');

/** Milliseconds after which a build of other sources is removed; another run may still read a younger one. */
const LONGEST_USE = 24 * 3_600_000;

/** The folder of the page as `npm run build` makes it. Other test files read it too: do not change it. */
export async function builtPage(): Promise<string> {
  const folder = join(BUILDS, await digestOf(SOURCES));
  if (await exists(folder)) return folder;
  await mkdir(BUILDS, { recursive: true });
  await removeOld();
  const made = await mkdtemp(join(BUILDS, 'making-'));
  // The import takes as long as a build, which most test files do not need.
  const { build } = await import('vite');
  const configFile = join(ROOT, 'web/vite.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir: made, emptyOutDir: true } });
  try {
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true });
    // Another test file has built it meanwhile.
    if (!(await exists(folder))) throw error;
  }
  return folder;
}

async function digestOf(names: readonly string[]): Promise<string> {
  const digest = createHash('sha256');
  for (const path of (await Promise.all(names.map(filesIn))).flat()) {
    const content = await readFile(join(ROOT, path));
    digest.update(`${path}\0${content.length}\0`).update(content);
  }
  return digest.digest('hex').slice(0, 32);
}

/** The paths of a file, or of all files in a folder, in a fixed order. */
async function filesIn(name: string): Promise<string[]> {
  const path = join(ROOT, name);
  if (!(await stat(path)).isDirectory()) return [name];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  return files.map(file => file.slice(ROOT.length + 1)).sort();
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const folder = join(BUILDS, name);
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > LONGEST_USE) await rm(folder, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
