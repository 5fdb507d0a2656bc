import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, MAX_SUBJECT } from '../../../../dap/constraint/selection/match.ts';
import { PatternError } from '../../../../dap/constraint/selection/pattern.ts';

describe('compilePattern', () => {
  it.each([
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['c$', 'abc', true],
    ['^abc$', 'abc', true],
    ['^(a|b)c$', 'bc', true],
    ['^(a|b)c$', 'abc', false],
    ['.*shark.*', 'a shark was seen', true],
    ['', '', true],
    ['^$', 'x', false],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,3}$', 'aaa', true],
    ['^a{2,}$', 'aaaaaa', true],
    ['^(ab){2}$', 'abab', true],
    ['^a{0}b$', 'b', true],
    ['^[^a-c]+$', 'xyz', true],
    ['^[^a-c]+$', 'xbz', false],
    ['^[]]$', ']', true],
    ['^[^]]$', ']', false],
    ['^[a-]$', '-', true],
    ['^[[:alpha:][:digit:]_]+$', 'a1_', true],
    ['^[[:upper:]]$', 'a', false],
    ['^\\d\\D\\w\\W\\s\\S$', '5a_- x', true],
    ['^[\\d.]+$', '192.168', true],
    ['^\\.\\*\\\\$', '.*\\', true],
    ['^\\t\\n\\r$', '\t\n\r', true],
    ['^.$', '\n', false],
    ['^.$', '🌡', true],
    ['^[é-日]$', '中', true],
    ['^a*?b+?c??$', 'aab', true],
    ['^(?:ab)+$', 'abab', true],
    ['a||b', 'zzz', true],
    ['(^a|b$)', 'cb', true],
    ['^(a*)*$', 'aaa', true],
    ['^((a?){3}){2}$', 'aaaaaaa', false],
    ['x*', 'abc', true],
  ])('%j on %j is %s', (pattern, text, matches) => {
    expect(compilePattern(pattern).test(text)).toBe(matches);
  });

  it('matches as ECMAScript does', () => {
    const { tree } = fc.letrec<{ tree: string }>(tie => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '^', '$', ''),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => a + b),
        fc.tuple(tie('tree'), tie('tree')).map(([a, b]) => `(${a}|${b})`),
        fc
          .tuple(tie('tree'), fc.constantFrom('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?'))
          .map(([a, times]) => `(?:${a})${times}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n', '🌡'), maxLength: 8 });
    fc.assert(
      fc.property(tree, text, (pattern, subject) => {
        fc.pre(pattern.length <= 60);
        expect(compilePattern(pattern).test(subject)).toBe(new RegExp(pattern, 'u').test(subject));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['(', 1],
    ['(a', 2],
    [')', 0],
    ['a)', 1],
    ['[', 1],
    ['[a', 2],
    ['[b-a]', 3],
    ['[\\d-z]', 4],
    ['[[:nope:]]', 1],
    ['*', 0],
    ['a**', 2],
    ['a+*', 2],
    ['^*', 2],
    ['{2}', 0],
    ['a{', 1],
    ['a{3,2}', 1],
    ['a{256}', 1],
    ['\\', 1],
    ['\\1', 0],
    ['\\b', 0],
    ['(?=a)', 2],
    ['(?<n>a)', 2],
    ['a'.repeat(257), 256],
    ['((a{99}){99}){99}', 0],
    ['((((){99}){99}){99}){99}', 0],
  ])('refuses %j at character %i', (pattern, position) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
    expect(() => compilePattern(pattern)).toThrow(`at character ${position}: expected `);
  });

  it.each(['(a+)+$', '^(a|a)*$', '(a*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$', '(.*a){20}b', 'a*a*a*a*a*a*b'])(
    'is soon through with %j, on which others take for ever',
    pattern => {
      const began = performance.now();
      expect(compilePattern(pattern).test(`${'a'.repeat(MAX_SUBJECT - 1)}!`)).toBe(false);
      expect(performance.now() - began).toBeLessThan(5000);
    },
  );

  it('does not match a text that is too long', () => {
    const pattern = compilePattern('a');
    expect(pattern.test('a'.repeat(MAX_SUBJECT))).toBe(true);
    expect(pattern.test('a'.repeat(MAX_SUBJECT + 1))).toBe(false);
    expect(pattern.test('a')).toBe(true);
  });
});
