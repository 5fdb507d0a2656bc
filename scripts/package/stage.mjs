// Puts the files of an installation together: the build, the page, the documents, and the modules for one architecture.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddons } from './addons.mjs';
import { ARCHITECTURES } from './architectures.mjs';
import { run } from './run.mjs';

const FILES = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'docs', 'systemd', 'dist'];

/** Files of modules that no program needs; licences stay. */
const NEEDLESS = {
  any: /^(test|tests|__tests__|benchmark|benchmarks|bench|example|examples|doc|docs|integration|integration-test|scripts|tools|\..*)$/,
  file: /\.(md|markdown|map|ts|mts|cts|flow|cc|cpp|hh?|gypi?|inc|png|html|css|sh)$|^(\.|tsconfig|eslint|\.eslint|Makefile|History)/i,
};
const LICENCE = /^(licen[cs]e|copying|notice)/i;

/** Makes the folder `target` with all files for this architecture; the program runs from any place. */
export function stage(root, target, architecture, work) {
  const machine = ARCHITECTURES[architecture];
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of FILES) cpSync(join(root, name), join(target, name), { recursive: true });
  cpSync(join(root, 'package-lock.json'), join(target, 'package-lock.json'));
  // Includes optional modules whatever npm's configuration says.
  const args = ['ci', '--omit=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', [...args, '--os=linux', `--cpu=${machine.cpu}`, '--libc=glibc'], { cwd: target });
  rmSync(join(target, 'package-lock.json'));
  const modules = join(target, 'node_modules');
  rmSync(join(modules, '.package-lock.json'), { force: true });
  rmSync(join(modules, '.bin'), { recursive: true, force: true });
  buildAddons(modules, machine, work);
  for (const name of ['nan', 'node-addon-api', 'koffi/vendor', 'koffi/lib'])
    rmSync(join(modules, name), { recursive: true, force: true });
  for (const folder of foldersOf(join(modules, '@koromix'))) {
    for (const inner of foldersOf(folder).filter(path => /musl/.test(path)))
      rmSync(inner, { recursive: true });
  }
  for (const folder of modulesOf(modules)) prune(folder);
  keepNeeded(target, modules);
  writeFileSync(join(target, 'ARCHITECTURE'), `${architecture}\n`);
  // Types are for authors of programs, who install the package with npm.
  run('find', [join(target, 'dist'), '-name', '*.d.ts', '-delete']);
  run('find', [target, '-type', 'd', '-empty', '-delete']);
  run('find', [target, '-type', 'd', '-exec', 'chmod', '0755', '{}', '+']);
  run('find', [target, '-type', 'f', '-exec', 'chmod', '0644', '{}', '+']);
  const programs = ['dist/server/main.js', 'systemd/install.sh', 'systemd/allow-devices.sh'];
  run('chmod', ['0755', ...programs.map(program => join(target, program))]);
}

/** The modules that the program loads from node_modules; the code of the others is in `dist` (scripts/bundle.mjs). */
const LOADED = ['i2c-bus', 'koffi', 'onoff'];

/** Leaves of modules within `dist` only what says which they are, and their licences; removes those that nothing uses. */
export function keepNeeded(target, modules) {
  const bundled = JSON.parse(readFileSync(join(target, 'dist/modules.json'), 'utf8')).map(({ name }) => name);
  const loaded = new Set(LOADED);
  for (const name of loaded) {
    const { dependencies, optionalDependencies } = manifestOf(join(modules, name)) ?? {};
    for (const other of Object.keys({ ...dependencies, ...optionalDependencies })) loaded.add(other);
  }
  // Modules inside others go with them.
  for (const folder of topModulesOf(modules)) {
    const name = folder.slice(modules.length + 1);
    if (loaded.has(name)) continue;
    for (const entry of readdirSync(folder)) {
      const isKept = bundled.includes(name) && (entry === 'package.json' || LICENCE.test(entry));
      if (!isKept) rmSync(join(folder, entry), { recursive: true });
    }
    if (!bundled.includes(name)) rmSync(folder, { recursive: true });
  }
}

function manifestOf(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function foldersOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(folder, entry.name));
}

/** The folders of modules, also in scopes. */
function topModulesOf(modules) {
  return foldersOf(modules).flatMap(folder => (/\/@[^/]+$/.test(folder) ? foldersOf(folder) : [folder]));
}

/** The folder of every module, also inside other modules. */
function modulesOf(modules) {
  return topModulesOf(modules).flatMap(folder => [folder, ...modulesOf(join(folder, 'node_modules'))]);
}

/** Removes needless files; folders of these names only at the top of a module. */
function prune(folder, isTop = true) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name === 'node_modules') continue;
      if (isTop && NEEDLESS.any.test(entry.name)) rmSync(path, { recursive: true });
      else prune(path, false);
    } else if (NEEDLESS.file.test(entry.name) && !LICENCE.test(entry.name)) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
}
