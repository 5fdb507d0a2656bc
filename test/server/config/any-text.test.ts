import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { processorTime } from '../../processor-time.ts';
import { textOf } from '../../sources.ts';
import { KINDS } from './probe-kind.ts';

const EXAMPLE = textOf('systemd/config.example.yaml');

/** Milliseconds of processor time. Generous: the largest text that is read takes a second on a small machine. */
const LONGEST = 25_000;

/** Loads a text; what comes back is a configuration or problems, each with a place that the text has. */
function load(content: string | Uint8Array, dataset?: string): 'right' | 'wrong' {
  const source = { name: 'c.yaml', content, ...(dataset === undefined ? {} : { dataset }) };
  const { result: loaded, milliseconds } = processorTime(() => loadConfig([source], { kinds: KINDS }));
  expect(milliseconds).toBeLessThan(LONGEST);
  if ('config' in loaded) return 'right';
  expect(loaded.problems.length).toBeGreaterThan(0);
  const lines = typeof content === 'string' ? content.split(/\r\n?|\n/).length : Number.POSITIVE_INFINITY;
  for (const problem of loaded.problems) {
    expect(problem.line ?? 1).toBeLessThanOrEqual(lines);
    expect(Math.min(problem.line ?? 1, problem.column ?? 1)).toBeGreaterThanOrEqual(1);
    expect(problemLine(problem)).toMatch(/^c\.yaml(:\d+:\d+)?: .*expected .+, found .+$/);
    expect(problemLine(problem)).not.toMatch(/\n|undefined|\[object/);
  }
  return 'wrong';
}

/** Words of configurations, and what has a meaning in YAML. */
const WORDS = [
  ...[
    'server',
    'port',
    'datasets',
    'sensors',
    'kind',
    'thermal',
    'probe',
    'host-load',
    'channels',
    'name',
    'a',
  ],
  ...[
    ': ',
    ':',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!!str ',
  ],
  ...[
    '|',
    '>',
    '%',
    '@',
    '---\n',
    '...',
    '<<',
    '~',
    '\t',
    '1',
    '0x48',
    '.nan',
    'true',
    '__proto__',
    'constructor',
  ],
];

describe('any text', () => {
  it('of words that mean something is a configuration, or a list of its problems', () => {
    const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map(words => words.join(''));
    fc.assert(
      fc.property(text, fc.option(fc.constant('file'), { nil: undefined }), (content, dataset) => {
        load(content, dataset);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any characters, and any bytes, is too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => void load(text)),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => void load(bytes)),
      { numRuns: 300 },
    );
  });

  it('that says any value where a configuration is wanted is too', () => {
    const key = fc.oneof(fc.constantFrom(...WORDS.slice(0, 11)), fc.string());
    const { value } = fc.letrec(tie => ({
      value: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        fc.oneof(
          fc.string(),
          fc.double(),
          fc.boolean(),
          fc.constant(null),
          fc.constantFrom('thermal', 'probe'),
        ),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(value, written => void load(stringify(written))),
      { numRuns: 500 },
    );
  });

  it('that comes of one slip in the example is too, and the example itself is right', () => {
    expect(load(EXAMPLE)).toBe('right');
    const places = fc.nat({ max: EXAMPLE.length - 1 });
    const slip = fc.tuple(places, fc.nat({ max: 12 }), fc.oneof(fc.constantFrom(...WORDS, ''), fc.string()));
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(slip, { minLength: 1, maxLength: 3 }), slips => {
        const slipped = slips.reduce(
          (text, [at, length, put]) => text.slice(0, at) + put + text.slice(at + length),
          EXAMPLE,
        );
        outcomes.add(load(slipped));
      }),
      { numRuns: 500 },
    );
    expect([...outcomes].sort()).toEqual(['right', 'wrong']);
  });

  it.each([
    ['brackets without an end', '['.repeat(200_000)],
    ['mappings without an end', '{a: '.repeat(60_000)],
    ['lists in lists', '- '.repeat(130_000)],
    ['complex keys', '? '.repeat(130_000)],
    ['many equal keys', 'a: 1\n'.repeat(50_000)],
    ['many different keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join('')],
    ['many aliases', `x: &a [1, 2, 3]\ny: [${'*a, '.repeat(60_000)}]`],
    [
      'aliases of aliases',
      Array.from(
        { length: 20 },
        (_, index) => `k${index}: &k${index} [${`*k${index - 1}, `.repeat(index === 0 ? 0 : 9)}1]\n`,
      ).join(''),
    ],
    ['an alias of itself', 'a: &a {b: [*a]}\n'],
    ['quotes', '"'.repeat(200_000)],
    ['empty lines', `${'\n'.repeat(200_000)}:`],
    ['one long line', `a: ${'b'.repeat(250_000)}`],
    ['a gigantic file', 'a'.repeat(10_000_000)],
  ])('is refused in bounded time where it is made to take long: %s', (_what, text) => {
    expect(load(text)).toBe('wrong');
  });
});

describe('bytes of another encoding', () => {
  const refusal = (content: Uint8Array) => {
    const loaded = loadConfig([{ name: 'c.yaml', content }]);
    return 'problems' in loaded ? loaded.problems.map(problemLine) : [];
  };

  it('are told as such, with the place of the first', () => {
    expect(refusal(Buffer.from('\ufeffserver: {}', 'utf16le'))).toEqual([
      'c.yaml: expected UTF-8, found UTF-16; save the file as UTF-8',
    ]);
    expect(refusal(Buffer.from('server: {}', 'utf16le'))).toEqual([
      'c.yaml: expected UTF-8, found UTF-16 without a byte order mark; save the file as UTF-8',
    ]);
    expect(refusal(Buffer.from('server: {}\n# Größe\n', 'latin1'))).toEqual([
      'c.yaml:2:5: expected UTF-8, found another encoding, such as Windows-1252 (the byte 0xF6, "ö" there); save the file as UTF-8',
    ]);
  });

  it('do not mind the mark of UTF-8, nor the line ends of Windows', () => {
    expect(refusal(Buffer.from('\ufeffserver:\r\n  port: 80\r\n', 'utf8'))).toEqual([]);
    expect(refusal(Buffer.from('server:\r  port: 80\r\n  host: localhost\n'))).toEqual([]);
    expect(refusal(Buffer.from('\ufeffserver:\r\n  prt: 80\r\n', 'utf8'))).toEqual([
      expect.stringMatching(/^c\.yaml:2:3: server\.prt: .*found "prt"; did you mean "port"\?$/),
    ]);
  });
});
