import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filesBelow, importsOf, ROOT } from '../sources.ts';

const script = (name: string) => import(pathToFileURL(join(ROOT, 'scripts/release', name)).href);
const { changesOf } = (await script('changes.mjs')) as {
  changesOf(changelog: string, version: string): { text: string; note?: string };
};
const { IN_PAGE } = (await script('sbom.mjs')) as { IN_PAGE: readonly string[] };

describe('the modules of the page in the list of software', () => {
  it('are those that the page imports', () => {
    const imported = filesBelow('web')
      .filter(file => /\.ts$/.test(file) && !/vite\.config\.ts$/.test(file))
      .flatMap(file => importsOf(file).flatMap(found => (found.kind === 'package' ? [found.name] : [])));
    expect([...new Set(imported)].sort()).toEqual(IN_PAGE);
  });
});

describe('the changes of a version', () => {
  const changelog =
    '# Changelog\n\nWords.\n\n## Unreleased\n\n- New.\n\n## [1.2.3] - 2026-01-02\n\n### Added\n\n- A.\n\n## 1.2\n\n- B.\n';

  it('are those of its section', () => {
    expect(changesOf(changelog, '1.2.3')).toEqual({ text: '# dapberry 1.2.3\n\n### Added\n\n- A.\n' });
  });

  it('are the unreleased ones, with a note, without such a section', () => {
    const { text, note } = changesOf(changelog, '1.3.0');
    expect(text).toBe('# dapberry 1.3.0\n\n- New.\n');
    expect(note).toContain('no section "## 1.3.0"');
  });

  it('have to be there', () => {
    expect(() => changesOf('# Changelog\n', '1.0.0')).toThrow('expected a section "## 1.0.0", found none');
    expect(() => changesOf('## 1.0.0\n\n## 0.9.0\n\n- x\n', '1.0.0')).toThrow(
      'expected changes below "## 1.0.0"',
    );
  });
});
