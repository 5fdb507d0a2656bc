import { describe, expect, it } from 'vitest';
import { diffLines } from '../../../../server/cli/edit/line-diff.ts';
import { replacementLines } from '../../../../server/cli/edit/replacement-lines.ts';

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

  it('does not call a line gone that stands elsewhere in the new text, below the same keys', () => {
    const before = lines('history: {keep: 90 d}', 'server:', '    port: 80', '    maxStreams: 7', 'x: 1');
    const after = lines('server:', '  maxStreams: 7', '  port: 80', 'history: {keep: 90 d}');
    expect(replacementLines(before, after)).toEqual([
      ...['server:', '  maxStreams: 7', '  port: 80', 'history: {keep: 90 d}'],
      ...['', 'gone from the file before:', '- x: 1'],
    ]);
  });

  it('says of a line below other keys that it has moved, and counts equal lines', () => {
    const sensor = (name: string) => [`      - kind: ds18b20`, `        name: ${name}`];
    const before = lines(
      ...['datasets:', '  attic:', '    interval: 3 s', '    sensors:', ...sensor('a')],
      ...['  cellar:', '    interval: 3 s', '    sensors:', ...sensor('b'), ...sensor('c')],
      'history: off',
    );
    const after = lines(
      ...['history: off', 'datasets:', '  house:', '    interval: 3 s', '    sensors:'],
      ...[...sensor('c'), ...sensor('a')],
    );
    const shown = replacementLines(before, after);
    const at = (title: string) => shown.indexOf(title);
    const gone = shown.slice(at('gone from the file before:') + 1, at('moved to another place:') - 1);
    const moved = shown.slice(at('moved to another place:') + 1);
    expect(gone).toContain('-         name: b');
    expect(gone.join()).not.toMatch(/name: [ac]|history/);
    expect(moved.join()).not.toContain('name: b');
    // Each line of the file before is in the new text, gone or moved, and no line of the new text counts for two.
    const count = (list: readonly string[], text: string) => list.filter(line => line.endsWith(text)).length;
    for (const text of ['interval: 3 s', 'sensors:', '- kind: ds18b20']) {
      const total = (list: string) => list.split('\n').filter(line => line.endsWith(text)).length;
      expect(count(gone, text)).toBe(total(before) - total(after));
    }
  });

  it('replaces all lines of texts that are too large to compare', () => {
    const numbers = (from: number) => lines(...Array.from({ length: 2100 }, (_, index) => `${from + index}`));
    expect(diffLines(numbers(0), numbers(1000)).length).toBe(4200);
  });
});
