// Do the folders import only along the flow, and does each file say what it is for, and nothing of one machine?

import { describe, expect, it } from 'vitest';
import { filesBelow, type Import, importsOf, textOf } from './sources.ts';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
  textOf('package.json'),
) as Manifest;
const installed = Object.keys({ ...dependencies, ...optionalDependencies });
const bundled = Object.keys({ ...devDependencies });

interface Rule {
  /** Folders of the project that it may import from. */
  readonly folders: readonly string[];
  readonly node: boolean;
  readonly packages: readonly string[];
}

const RULES: Readonly<Record<string, Rule>> = {
  dap: { folders: ['dap/'], node: false, packages: [] },
  device: { folders: ['device/', 'dap/model/', 'dap/decode/'], node: true, packages: installed },
  server: { folders: ['server/', 'device/', 'dap/'], node: true, packages: installed },
  web: { folders: ['web/', 'dap/'], node: false, packages: bundled },
};

/** Imports the files that a configuration names. */
const OF_OTHERS = ['server/config/drivers/driver-module.ts'];

function isAllowed(file: string, found: Import, { folders, node, packages }: Rule): boolean {
  switch (found.kind) {
    case 'file':
      return folders.some(folder => found.path.startsWith(folder));
    case 'node':
      return node;
    case 'package':
      return packages.includes(found.name);
    case 'computed':
      return OF_OTHERS.includes(file);
  }
}

describe.each(Object.entries(RULES))('the folder %s/', (folder, rule) => {
  const files = filesBelow(folder).filter(file => /\.ts$/.test(file) && !/vite\.config\.ts$/.test(file));

  it('holds TypeScript', () => {
    expect(files).not.toEqual([]);
  });

  it('imports nothing against the flow', () => {
    const against = files.flatMap(file =>
      importsOf(file)
        .filter(found => !isAllowed(file, found, rule))
        .map(found => ({ file, ...found })),
    );
    expect(against).toEqual([]);
  });
});

/** A file's first comment as plain text; undefined where it does not open with one. */
function openingOf(text: string): string | undefined {
  const start = text.replace(/^#!.*\n/, '').replace(/^# shellcheck .*\n/, '');
  const [block] = /^(?:\/\/.*\n)+|^\/\*[\s\S]*?\*\/|^(?:#.*\n)+/.exec(start) ?? [];
  return block
    ?.replace(/^\s*(\/\/|\/\*\*?|\*\/|\*|#)|\*\/$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('every file of the project', () => {
  const files = filesBelow();
  const sources = files
    .filter(file => /\.(ts|mjs|js|css|sh|service|ya?ml)$/.test(file) || textOf(file).startsWith('#!'))
    // What a test file is for is said by its suites.
    .filter(file => !file.endsWith('.test.ts'));

  it('opens with a sentence that says what it is for', () => {
    const silent = sources.filter(file => !/^[^a-z\s].*[.?!]( |$)/.test(openingOf(textOf(file)) ?? ''));
    expect(silent).toEqual([]);
  });

  it('speaks of no machine or package registry in particular', () => {
    const particular = /\bregistry\.[a-z0-9-]+\.|\/(work|root(?!\/[.*])|Users|home\/(?!pi\b)\w+)\//i;
    const found = files.flatMap(file =>
      textOf(file)
        .split('\n')
        .filter(line => particular.test(line))
        .map(line => `${file}: ${line.trim().slice(0, 200)}`),
    );
    expect(found).toEqual([]);
  });
});
