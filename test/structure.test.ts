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

/** The circles in a graph, each as the nodes on it. */
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

describe('imports', () => {
  const files = Object.keys(RULES)
    .flatMap(folder => filesBelow(folder))
    .filter(file => /\.ts$/.test(file));
  const edges = files.flatMap(from =>
    importsOf(from).flatMap(found => (found.kind === 'file' ? [{ from, to: found.path }] : [])),
  );

  /** What lies directly in `folder` on the way to `file`: a file, or a room; undefined where the file lies elsewhere. */
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

  it('keeps its members to itself by #name, not by `private`', () => {
    const hidden = sources.flatMap(file =>
      textOf(file)
        .split('\n')
        .filter(line => /^\s+private (?!constructor\()/.test(line))
        .map(line => `${file}: ${line.trim()}`),
    );
    expect(hidden).toEqual([]);
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
