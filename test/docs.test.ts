import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../server/cli/commands/arguments.ts';
import { COMMANDS } from '../server/cli/commands/catalogue.ts';
import { loadConfig } from '../server/config/load.ts';
import { problemLine } from '../server/config/text/problem.ts';
import { blocksOf, pages } from './docs-commands.ts';
import { serving } from './serving.ts';

const ROOT = resolve(import.meta.dirname, '..');

/** The generated ends of pages. */
const GENERATED: Readonly<Record<string, RegExp>> = {
  'docs/configuration.md': /\n## Reference\n.*/s,
  'docs/sensors.md': /\n## Kinds\n.*/s,
};

describe('the documentation', () => {
  it('has an example of ten lines that runs as it stands', async () => {
    const [, example = ''] =
      /```js\n(.*?)```/s.exec(readFileSync(join(ROOT, 'docs/decoder.md'), 'utf8')) ?? [];
    expect(example.trim().split('\n').length).toBeLessThanOrEqual(10);
    const server = await serving({ interval: 0.05 });
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-docs-'));
    try {
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(ROOT, join(folder, 'node_modules', 'dapberry'), 'dir');
      const here = example.replace('http://localhost:8080', server.url);
      expect(here).not.toBe(example);
      writeFileSync(join(folder, 'example.mjs'), here);
      const child = spawn(process.execPath, [join(folder, 'example.mjs')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) > 5) break;
      child.kill();
      expect(lines).toHaveLength(6);
      for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \d+\.\d\d °C$/);
    } finally {
      rmSync(folder, { recursive: true });
      await server.close();
    }
  });

  it('names no place of the program that only one way of installing has', () => {
    const guides = ['getting-started', 'operations', 'service', 'troubleshooting'];
    const placed = guides.flatMap(guide => {
      const text = readFileSync(join(ROOT, `docs/${guide}.md`), 'utf8');
      const blocks = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, block = '']) =>
        block.split('\n'),
      );
      return blocks
        .filter(line => /\/(bin|opt|usr\/lib)\/dapberry/.test(line))
        .map(line => `${guide}: ${line}`);
    });
    expect(placed).toEqual([]);
  });

  it('has lines of at most 110 characters, besides links, tables and code', () => {
    const long = pages().flatMap(page => {
      const prose = readFileSync(join(ROOT, page), 'utf8')
        .replace(GENERATED[page] ?? /$^/, '')
        .replaceAll(/^ *```.*?^ *```$/gms, '');
      return prose
        .split('\n')
        .filter(line => !/^(\||!\[)/.test(line))
        .filter(line => line.replaceAll(/\]\([^)]*\)/g, ']').length > 110)
        .map(line => `${page}: ${line}`);
    });
    expect(long).toEqual([]);
  });

  it('has right configurations', () => {
    const examples = pages().flatMap(page =>
      blocksOf(page)
        .filter(({ language, text }) => language === 'yaml' && /^(datasets|server|sensors):/.test(text))
        // Tests of drivers run the examples with one.
        .filter(({ text }) => !/\bdriver:/.test(text))
        .map(({ text }) => ({ page, text })),
    );
    expect(examples.length).toBeGreaterThan(20);
    const problems = examples.flatMap(({ page, text }) => {
      const content = text.startsWith('sensors:')
        ? `datasets:\n  example:\n${text.replace(/^/gm, '    ')}`
        : text;
      const loaded = loadConfig([{ name: page, content }]);
      return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
    });
    expect(problems).toEqual([]);
  });

  it('calls commands with options that they have', () => {
    const lines = pages().flatMap(page =>
      blocksOf(page)
        .filter(({ language }) => language === '')
        .flatMap(({ text }) => text.split('\n'))
        .map(line => /^(?:\$ )?dapberry (.*)$/.exec(line)?.[1])
        .filter(line => line !== undefined)
        .map(line => ({ page, line })),
    );
    expect(lines.length).toBeGreaterThan(5);
    const wrong = lines.flatMap(({ page, line }) => {
      try {
        parseArguments(line.replaceAll("'", '').split(' '), COMMANDS);
        return [];
      } catch (error) {
        return [`${page}: dapberry ${line}: ${(error as Error).message}`];
      }
    });
    // docs/command-line.md shows the messages of two mistakes.
    expect(wrong).toEqual([
      expect.stringMatching(/^docs\/command-line\.md: dapberry chek: /),
      expect.stringMatching(/^docs\/command-line\.md: dapberry serve --intervall 10: /),
    ]);
  });

  it('links only to files that exist', () => {
    const dead = pages().flatMap(page => {
      const text = readFileSync(join(ROOT, page), 'utf8');
      const targets = [...text.matchAll(/\]\(([^)#]+)/g)].map(match => match[1]!);
      return targets
        .filter(target => !/^[a-z]+:/.test(target))
        .filter(target => !existsIn(resolve(ROOT, page, '..', target)))
        .map(target => `${page}: ${target}`);
    });
    expect(dead).toEqual([]);
  });

  it('links only to headings that exist', () => {
    const dead = pages().flatMap(page => {
      const targets = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)];
      return targets
        .map(([, file = '', anchor = '']) => ({
          file: file === '' ? page : resolve(ROOT, page, '..', file),
          anchor,
        }))
        .filter(({ file }) => existsIn(resolve(ROOT, file)))
        .filter(({ file, anchor }) => !anchorsOf(readFileSync(resolve(ROOT, file), 'utf8')).includes(anchor))
        .map(({ file, anchor }) => `${page}: ${file}#${anchor}`);
    });
    expect(dead).toEqual([]);
  });
});

/** The anchors of headings: lower case, blanks as `-`, no other signs. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function existsIn(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EISDIR';
  }
}
