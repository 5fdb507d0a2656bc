import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { KINDS } from './probe-kind.ts';
import { WRONG } from './wrong.ts';

function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig([{ name: 'c.yaml', content: text }], { kinds: KINDS });
  return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
}

describe('a wrong configuration', () => {
  it.each(WRONG)('is told by line and column: %s', (_mistake, text, problems) => {
    expect(problemsOf(text)).toEqual(problems.map(problem => `c.yaml:${problem}`));
  });

  it('has each of the mistakes above in a place that the text has', () => {
    expect(WRONG.length).toBeGreaterThanOrEqual(100);
    for (const [mistake, text, problems] of WRONG) {
      const lines = text.split('\n');
      for (const problem of problems) {
        const [, line, column] = /^(\d+):(\d+): /.exec(problem) ?? [];
        expect([mistake, Number(column) <= (lines[Number(line) - 1]?.length ?? 0) + 1]).toEqual([
          mistake,
          true,
        ]);
      }
    }
  });
});
