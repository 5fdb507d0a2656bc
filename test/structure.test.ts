// Tests that folders import only along the flow, that files open with a sentence, are short, and name no machine in particular.

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
  /** Folders of the project that the folder may import from. */
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

/** Files that import drivers, whose paths a configuration names. */
const IMPORTS_DRIVERS = ['server/config/drivers/driver-module.ts'];

function isAllowed(file: string, found: Import, { folders, node, packages }: Rule): boolean {
  switch (found.kind) {
    case 'file':
      return folders.some(folder => found.path.startsWith(folder));
    case 'node':
      return node;
    case 'package':
      return packages.includes(found.name);
    case 'computed':
      return IMPORTS_DRIVERS.includes(file);
  }
}

describe.each(Object.entries(RULES))('the folder %s/', (folder, rule) => {
  const files = filesBelow(folder).filter(file => /\.ts$/.test(file) && !/vite\.config\.ts$/.test(file));

  it('contains TypeScript', () => {
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

/** The circles in a graph, each as its nodes (Kosaraju's algorithm). */
function circlesIn(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const order: string[] = [];
  const seen = new Set<string>();
  const visit = (node: string, next: (node: string) => Iterable<string>, leave: (node: string) => void) => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const other of next(node)) visit(other, next, leave);
    leave(node);
  };
  for (const node of graph.keys())
    visit(
      node,
      from => graph.get(from) ?? [],
      left => order.push(left),
    );
  const against = new Map<string, string[]>();
  for (const [from, others] of graph) {
    for (const to of others) against.set(to, [...(against.get(to) ?? []), from]);
  }
  seen.clear();
  return order
    .reverse()
    .map(node => {
      const circle: string[] = [];
      visit(
        node,
        to => against.get(to) ?? [],
        left => circle.push(left),
      );
      return circle.sort();
    })
    .filter(({ length }) => length > 1);
}

describe('the start of the server', () => {
  it('loads no client of DAP2, which only pull and relays need', () => {
    const light = ['dap/client/http/shell-word.ts', 'dap/client/http/address.ts'];
    const isClient = (path: string) =>
      path === 'dap/index.ts' || (path.startsWith('dap/client/') && !light.includes(path));
    const loadsLater = ['server/pull/', 'server/source/dap2/'];
    const loading = filesBelow('server')
      .filter(file => /\.ts$/.test(file) && !loadsLater.some(folder => file.startsWith(folder)))
      .filter(file => importsOf(file).some(found => found.kind === 'file' && isClient(found.path)));
    expect(loading).toEqual([]);
  });
});

describe('imports', () => {
  const files = Object.keys(RULES)
    .flatMap(folder => filesBelow(folder))
    .filter(file => /\.ts$/.test(file));
  const edges = files.flatMap(from =>
    importsOf(from).flatMap(found => (found.kind === 'file' ? [{ from, to: found.path }] : [])),
  );

  /** The file or room of `folder` that is or contains `file`; undefined for a file outside the folder. */
  const within = (folder: string, file: string) =>
    file.startsWith(folder) ? file.slice(folder.length).split('/')[0] : undefined;

  const graphIn = (folder: string) => {
    const graph = new Map<string, Set<string>>();
    for (const { from, to } of edges) {
      const [a, b] = [within(folder, from), within(folder, to)];
      if (a === undefined || b === undefined || a === b) continue;
      graph.set(a, (graph.get(a) ?? new Set()).add(b));
    }
    return graph;
  };

  it.each([
    { a: ['b'], b: ['c'], c: ['a'] },
    { x: ['a'], a: ['b'], b: ['c', 'a'], c: ['b', 'z'] },
  ])('are searched for circles: %j has one', links => {
    const graph = new Map(Object.entries(links).map(([from, to]) => [from, new Set(to)]));
    expect(circlesIn(graph)).toEqual([['a', 'b', 'c']]);
  });

  const folders = new Set(
    files.flatMap(file => [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index + 1))),
  );

  it.each([...folders])('go in no circle between the files and rooms of %s', folder => {
    expect(circlesIn(graphIn(folder))).toEqual([]);
  });
});

/** A file's first comment as plain text; undefined if it does not open with one. */
function openingOf(text: string): string | undefined {
  const start = text
    .replace(/^#!.*\n/, '')
    .replace(/^# shellcheck .*\n/, '')
    .replace(/^\/\/ SPDX-License-Identifier: .*\n/, '');
  const [block] = /^(?:\/\/.*\n)+|^\/\*[\s\S]*?\*\/|^(?:#.*\n)+/.exec(start) ?? [];
  return block
    ?.replace(/^\s*(\/\/|\/\*\*?|\*\/|\*|#)|\*\/$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const LONGEST_SENTENCE = 160;

/** The fault of a file's opening, which is to be a comment whose first sentence states what the file does. */
function openingFault(text: string): string | undefined {
  const opening = openingOf(text);
  if (opening === undefined) return 'no comment at the beginning';
  if (/\?/.test(opening.replace(/`[^`]*`/g, ''))) return 'a question';
  const [sentence] = /^.*?\.(?= |$)/.exec(opening) ?? [];
  if (sentence === undefined || /^[a-z\s]/.test(sentence)) return 'no sentence with a full stop';
  return sentence.length > LONGEST_SENTENCE ? `a sentence of ${sentence.length} characters` : undefined;
}

describe('the opening of a file', () => {
  it.each([
    '// Keeps rows in a ring.\n\nexport {};\n',
    '#!/bin/sh\n# Keeps rows in a ring, such as `?time>now`. More about it\n# follows.\nset -e\n',
    '// SPDX-License-Identifier: GPL-2.0\n/* Keeps rows\n * in a ring. */\n',
  ])('may be %j', text => {
    expect(openingFault(text)).toBeUndefined();
  });

  it.each([
    ['export {};\n', 'no comment at the beginning'],
    ['// Which rows are kept? Those of the ring.\n', 'a question'],
    ['// Keeps rows in a ring. Why not more?\n', 'a question'],
    ['// Rows and rings\n', 'no sentence with a full stop'],
    ['// keeps rows in a ring.\n', 'no sentence with a full stop'],
    [`// Keeps ${'rows '.repeat(31)}.\n`, 'a sentence of 162 characters'],
  ])('may not be %j: %s', (text, fault) => {
    expect(openingFault(text)).toBe(fault);
  });
});

/** The greatest number of lines in a file. */
const MOST_LINES = 300;

/** Longer files, each with the reason. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'test/appliance/modules/mcp3008sim.c': 'a kernel module of the guests is built from one file',
};

describe('every file of the project', () => {
  const files = filesBelow();
  const isSource = (file: string) =>
    /\.(ts|mjs|js|css|c|h|sh|service|ya?ml)$/.test(file) || textOf(file).startsWith('#!');
  const sources = files.filter(isSource);

  it('opens with a sentence of at most 160 characters that says what it does', () => {
    const faults = sources
      // The suites of a test say what it tests; a comment before them is checked all the same.
      .filter(file => !file.endsWith('.test.ts') || openingOf(textOf(file)) !== undefined)
      .map(file => ({ file, fault: openingFault(textOf(file)) }))
      .filter(({ fault }) => fault !== undefined);
    expect(faults).toEqual([]);
  });

  it(`has at most ${MOST_LINES} lines`, () => {
    const long = sources
      .filter(file => /\.(ts|mjs|js|css|c|h|sh)$/.test(file) && !Object.hasOwn(LONG_FILES, file))
      .map(file => ({ file, lines: textOf(file).split('\n').length - 1 }))
      .filter(({ lines }) => lines > MOST_LINES);
    expect(long).toEqual([]);
  });

  it('hides its members by #name, not by `private`', () => {
    const hidden = sources.flatMap(file =>
      textOf(file)
        .split('\n')
        .filter(line => /^\s+private (?!constructor\()/.test(line))
        .map(line => `${file}: ${line.trim()}`),
    );
    expect(hidden).toEqual([]);
  });

  it('names no machine or package registry in particular', () => {
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
