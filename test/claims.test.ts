// Tests that each claim of docs/SECURITY.md, and each line of the tables of docs/reliability.md, names a test that is there.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

describe.each([
  ['docs/SECURITY.md', 'Claims', 1],
  ['docs/reliability.md', 'Promises', 2],
  ['docs/reliability.md', 'What the README says', 1],
] as const)('%s', (page, heading, column) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const [, table = ''] = new RegExp(`## ${heading}\\n\\n([\\s\\S]*?)\\n\\n`).exec(text) ?? [];
  const rows = table
    .split('\n')
    .slice(2)
    .map(row => row.split('|').slice(1, -1));

  it('names, for each line, files of tests that exist and test something', () => {
    expect(rows.length).toBeGreaterThan(10);
    const missing = rows.flatMap(cells => {
      const claim = cells[column - 1] ?? '';
      const files = [...(cells[column] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
      if (files.length === 0) return [`${claim}: no test`];
      return files
        .filter(
          file =>
            !existsSync(join(ROOT, file)) ||
            !/\bit(?:\.each)?\(/.test(readFileSync(join(ROOT, file), 'utf8')),
        )
        .map(file => `${claim}: ${file} is not there, or tests nothing`);
    });
    expect(missing).toEqual([]);
  });
});
