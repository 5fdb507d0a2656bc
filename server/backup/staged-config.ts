// Checks the configuration of a backup in a temporary folder, as the server would read it in its place.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import type { Overrides } from '../config/config.ts';
import { type ConfigResult, type ReadOptions, readTexts } from '../config/read.ts';
import type { ConfigSource } from '../config/text/config-source.ts';
import { isAtOrBelow } from '../machine/mounts.ts';
import { namedFiles, withNames } from './named-files.ts';
import type { PlannedFile } from './restore-plan.ts';

/** The configuration that the planned files and a command line make, with the names of their places in the problems. */
export async function checkPlanned(
  main: string,
  files: readonly PlannedFile[],
  overrides: Overrides,
  options: ReadOptions,
): Promise<ConfigResult> {
  const folder = dirname(main);
  const stage = await mkdtemp(join(tmpdir(), 'dapberry-restore-'));
  const staged = (path: string) => join(stage, relative(folder, path));
  try {
    for (const { path, content } of files.filter(file => isAtOrBelow(file.path, folder))) {
      await mkdir(dirname(staged(path)), { recursive: true });
      await writeFile(staged(path), content, { mode: 0o600 });
    }
    const texts = files.filter(({ role }) => role === 'main' || role === 'dataset');
    const sources = [...texts].reverse().map(({ role, path, content }): ConfigSource => {
      const dataset = role === 'main' ? {} : { dataset: basename(path).replace(/\.ya?ml$/i, '') };
      const source = { name: path, content, ...dataset };
      const names = namedFiles([source])
        .filter(named => named.role === 'credential' && files.some(file => file.path === named.path))
        .map(({ at, path: file }) => ({ at, written: staged(file) }));
      const text = names.length === 0 ? content : withNames(source, names);
      return { name: staged(path), content: text, ...dataset };
    });
    const read = await readTexts({ file: staged(main), sources, problems: [] }, overrides, {
      ...options,
      secrets: 'check',
    });
    const shown = (text: string) => text.replaceAll(`${stage}/`, `${folder}/`);
    if ('config' in read) return { ...read, skipped: read.skipped.map(shown) };
    const problems = read.problems.map(problem => ({
      ...problem,
      source: shown(problem.source),
      expected: shown(problem.expected),
      found: shown(problem.found),
    }));
    return { ...read, problems };
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
