// Installs the peers of the benches into a folder of their own, where the project does not find them.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../processes.mjs';

const LIST = join(import.meta.dirname, 'package.json');
const FOLDER = join(ROOT, 'test/.cache/bench-peers');

/** The folder with the peers of `package.json` beside this file, installed if they are missing or others. */
export function peers() {
  const installed = join(FOLDER, 'installed.json');
  const list = readFileSync(LIST, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === list) return FOLDER;
  mkdirSync(FOLDER, { recursive: true });
  copyFileSync(LIST, join(FOLDER, 'package.json'));
  // better-sqlite3 is compiled if its authors have no binary for this Node: their script has to run.
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts=false'],
    { cwd: FOLDER, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`expected that npm installs ${LIST}, found ${stderr}`);
  copyFileSync(LIST, installed);
  return FOLDER;
}
