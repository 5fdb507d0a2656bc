// Lists the files of the project and the imports of each.

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix, resolve } from 'node:path';
import { parseSync, Visitor } from 'vite';

export const ROOT = resolve(import.meta.dirname, '..');

/** Folders with generated files. */
const MADE = new Set(['.git', 'node_modules', 'build', 'dist', '.cache', 'packages']);

/** The files of the project below a folder, as paths from the root with `/`. */
export function filesBelow(folder = '.'): string[] {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter(entry => !MADE.has(entry.name))
    .flatMap(entry => {
      const path = posix.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The target of an import: a file of the project, a part of Node, a package, or an expression that is computed at run time. */
export type Import =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'computed'; readonly code: string };

/** All imports of a TypeScript or JavaScript file, types and `import()` included. */
export function importsOf(file: string): Import[] {
  const code = textOf(file);
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (source: { value?: unknown; start: number; end: number } | null) => {
    if (source === null) return;
    const { value, start, end } = source;
    found.push(
      typeof value === 'string' ? classify(file, value) : { kind: 'computed', code: code.slice(start, end) },
    );
  };
  new Visitor({
    ImportDeclaration: node => add(node.source),
    ExportNamedDeclaration: node => add(node.source),
    ExportAllDeclaration: node => add(node.source),
    ImportExpression: node => add(node.source),
    TSImportType: node => add(node.source),
    TSExternalModuleReference: node => add(node.expression),
  }).visit(program);
  return found;
}

function classify(file: string, specifier: string): Import {
  if (/^\.{0,2}\//.test(specifier)) return { kind: 'file', path: posix.join(posix.dirname(file), specifier) };
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const node = specifier.startsWith('node:') || builtinModules.includes(specifier);
  return { kind: node ? 'node' : 'package', name: node ? specifier : name };
}
