// Tests that each claim of docs/SECURITY.md names a test that is there.

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

describe('docs/SECURITY.md', () => {
  const text = readFileSync(join(ROOT, 'docs/SECURITY.md'), 'utf8');
  const [, table = ''] = /## Claims\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const rows = table
    .split('\n')
    .slice(2)
    .map(row => row.split('|').slice(1, -1));

  it('names, for each claim, files of tests that exist and test something', () => {
    expect(rows.length).toBeGreaterThan(10);
    const missing = rows.flatMap(([claim = '', named = '']) => {
      const files = [...named.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
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
