import { describe, expect, it } from 'vitest';
import { diffLines, replacementLines } from '../../../../server/cli/edit/line-diff.ts';

const lines = (...texts: string[]) => `${texts.join('\n')}\n`;

describe('the difference of two texts', () => {
  it('shows the lines that changed, and two around them', () => {
    const before = lines('1', '2', '3', '4', '5', '6', '7', '8', '9');
    const after = lines('1', '2', '3', '4', 'five', '6', '7', '8', '9');
    expect(diffLines(before, after)).toEqual(['...', '  3', '  4', '- 5', '+ five', '  6', '  7', '...']);
  });

  it('keeps the lines that both have, in their order', () => {
    expect(diffLines(lines('a', 'b', 'c'), lines('a', 'x', 'b'))).toEqual(['  a', '+ x', '  b', '- c']);
    expect(diffLines('', lines('a'))).toEqual(['+ a']);
    expect(diffLines(lines('a'), '')).toEqual(['- a']);
    expect(diffLines(lines('a'), lines('a'))).toEqual(['...']);
  });

  it('shows a new text whole, and what was in use before it and is gone', () => {
    const before = lines('# a starter', 'server:', '  port: 80', '', '  # more', 'history: off');
    const after = lines('# new', 'server:', '  port: 81');
    expect(replacementLines(before, after)).toEqual([
      ...['# new', 'server:', '  port: 81', '', 'gone from the file before:'],
      ...['-   port: 80', '- history: off'],
    ]);
    expect(replacementLines(lines('# only', '# comments'), lines('a: 1'))).toEqual(['a: 1']);
  });

  it('replaces all lines of texts that are too large to compare', () => {
    const numbers = (from: number) => lines(...Array.from({ length: 2100 }, (_, index) => `${from + index}`));
    expect(diffLines(numbers(0), numbers(1000)).length).toBe(4200);
  });
});
