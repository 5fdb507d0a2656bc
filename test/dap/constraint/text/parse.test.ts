import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ConstraintError,
  ENDLESS_STOP,
  type Name,
  parseConstraint,
  printConstraint,
  type RowRange,
} from '../../../../dap/constraint/index.ts';
import { processorTime } from '../../../processor-time.ts';
import { nearlyConstraint } from '../arbitraries.ts';

const name = (...names: string[]): Name => ({
  kind: 'name',
  steps: names.map(step => ({ name: step, indices: [] })),
});
const number = (value: number) => ({ kind: 'number', value });

describe('parseConstraint', () => {
  it.each(['', '&', ' '])('takes %j for everything', query => {
    expect(parseConstraint(query)).toEqual({ projections: [], selections: [] });
  });

  it('reads names of all lengths in the order asked for', () => {
    const { projections } = parseConstraint('sensor.temperature,time,sensor');
    expect(projections).toEqual([name('sensor', 'temperature'), name('time'), name('sensor')]);
  });

  it('reads a selection without a projection', () => {
    expect(parseConstraint('&sensor.temperature>25')).toEqual({
      projections: [],
      selections: [
        { kind: 'comparison', left: name('sensor', 'temperature'), operator: '>', right: number(25) },
      ],
    });
  });

  it.each(['=', '!=', '<', '<=', '>', '>=', '=~'])('reads the operator %s', operator => {
    expect(parseConstraint(`&a${operator}"5"`).selections).toEqual([
      { kind: 'comparison', left: name('a'), operator, right: { kind: 'text', value: '5' } },
    ]);
  });

  it.each<[string, RowRange]>([
    ['[3]', { start: 3, stride: 1, stop: 3 }],
    ['[0:9]', { start: 0, stride: 1, stop: 9 }],
    ['[0:1:9]', { start: 0, stride: 1, stop: 9 }],
    ['[2:3:9]', { start: 2, stride: 3, stop: 9 }],
    ['[*]', { start: 0, stride: 1, stop: Number.POSITIVE_INFINITY }],
    ['[5:*]', { start: 5, stride: 1, stop: Number.POSITIVE_INFINITY }],
    ['[5:2:*]', { start: 5, stride: 2, stop: Number.POSITIVE_INFINITY }],
    ['[5:1:9223372036854775806]', { start: 5, stride: 1, stop: ENDLESS_STOP }],
    ['[0:18446744073709551616]', { start: 0, stride: 1, stop: ENDLESS_STOP }],
    [`[0:${'9'.repeat(400)}]`, { start: 0, stride: 1, stop: ENDLESS_STOP }],
    ['[ 007 : 8 ]', { start: 7, stride: 1, stop: 8 }],
  ])('reads the index %s', (index, range) => {
    const step = (text: string) => {
      const [item] = parseConstraint(text).projections;
      return item?.kind === 'name' ? item.steps : undefined;
    };
    expect(step(`sensor${index}`)).toEqual([{ name: 'sensor', indices: [range] }]);
    expect(step(`sensor${index}.time`)?.[0]?.indices).toEqual([range]);
    expect(step(`sensor.time${index}`)?.[1]?.indices).toEqual([range]);
  });

  it.each([
    ['1.369e+09', 1_369_000_000],
    ['-5', -5],
    ['+5', 5],
    ['.5', 0.5],
    ['5.', 5],
    ['1E3', 1000],
    ['-0', -0],
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
    ['inf', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('reads the number %s', (text, value) => {
    const [clause] = parseConstraint(`&a=${text}`).selections;
    expect(clause).toMatchObject({ right: number(value) });
  });

  it.each([
    ['"plain"', 'plain'],
    ['""', ''],
    ['"say \\"so\\""', 'say "so"'],
    ['"back\\\\slash"', 'back\\slash'],
    ['"^\\d+$"', '^\\d+$'],
    ['"a,b&c=d(e)[f]{g}"', 'a,b&c=d(e)[f]{g}'],
    ['"a%20b%0A"', 'a b\n'],
  ])('reads the text %s', (text, value) => {
    const [clause] = parseConstraint(`&a=${text}`).selections;
    expect(clause).toMatchObject({ right: { kind: 'text', value } });
  });

  it.each(['now', 'now-10minutes', 'now+1.5hours', '2026-11-21', '2026-11-21T10:00:00.5+01:00'])(
    'reads the time %s',
    text => {
      const [clause] = parseConstraint(`&a>${text}&a<5`).selections;
      expect(clause).toMatchObject({ right: { kind: 'time', text } });
    },
  );

  it.each(['nowcast', 'information', '2m_temperature', 'b-1', 'α', 'wind%2520speed'])(
    'takes the bare word %s for a name',
    text => {
      const [clause] = parseConstraint(`&a>${text}`).selections;
      expect(clause).toMatchObject({ right: { kind: 'name' } });
    },
  );

  it.each([
    ['air%2520temp', 'air temp'],
    ['pm2%252E5', 'pm2.5'],
    ['%25C2%25B0C', '°C'],
    ['100%2525', '100%'],
    ['a%25zz', 'a%zz'],
  ])('reads the escapes of a DDS in the name %s', (written, column) => {
    expect(parseConstraint(`s.${written}`).projections).toEqual([name('s', column)]);
  });

  it('reads a list of values', () => {
    expect(parseConstraint('&a={1,"b",c}').selections).toMatchObject([
      { right: { kind: 'list', values: [number(1), { kind: 'text', value: 'b' }, name('c')] } },
    ]);
  });

  it('reads functions, with indices in their arguments', () => {
    const { projections, selections } = parseConstraint('mean(sst[0:9],max(1,"x"))&near(time)&f()>2');
    expect(projections).toMatchObject([
      {
        kind: 'call',
        name: 'mean',
        args: [
          { kind: 'name', steps: [{ name: 'sst', indices: [{ start: 0, stop: 9 }] }] },
          { kind: 'call', name: 'max', args: [number(1), { kind: 'text', value: 'x' }] },
        ],
      },
    ]);
    expect(selections).toMatchObject([
      { kind: 'call', name: 'near' },
      { kind: 'comparison', left: { kind: 'call', name: 'f', args: [] } },
    ]);
  });

  it('skips blanks between tokens', () => {
    expect(parseConstraint(' sensor . time , count & time >= 5 & state = { "a" , "b" } ')).toEqual(
      parseConstraint('sensor.time,count&time>=5&state={"a","b"}'),
    );
  });

  it.each([
    ['names', Array(1025).fill('a').join(',')],
    ['clauses', '&a>1'.repeat(65)],
    ['values', `&a={${Array(257).fill('1').join(',')}}`],
    ['indices', `a${'[0]'.repeat(33)}`],
    ['functions nested', `${'f('.repeat(9)}${')'.repeat(9)}`],
  ])('bounds the number of %s', (what, query) => {
    expect(() => parseConstraint(query)).toThrow(new RegExp(`expected (at most \\d+ )?${what}`));
  });

  /** Expects that `query` is read, and read again as it prints, or refused with a place in it. */
  const readOrRefuse = (query: string): void => {
    try {
      const constraint = parseConstraint(query);
      expect(parseConstraint(printConstraint(constraint))).toEqual(constraint);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      expect(error.position).toBeGreaterThanOrEqual(0);
      expect(error.position).toBeLessThanOrEqual(error.expression.length);
      expect(error.message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }
  };

  /** The same within two seconds of processor time. */
  const check = (query: string): void => {
    expect(processorTime(() => readOrRefuse(query)).milliseconds).toBeLessThan(2000);
  };

  it('reads a text or reports an error with its position, within two seconds', () => {
    fc.assert(fc.property(nearlyConstraint, check), { numRuns: 3000 });
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check), { numRuns: 1000 });
  });

  it.each([
    '"',
    '\\',
    '"\\',
    '[',
    '(',
    'f(',
    '{',
    '&',
    '&a>',
    'a.',
    '%22%5C',
    '&a>{',
    '&a="',
    '1',
    'a,',
    '[*',
    ' ',
  ])('reads or refuses a long row of %j within two seconds', piece => {
    for (const prefix of ['', '&a="', 'a[', '&a>{']) check(prefix + piece.repeat(16_000 / piece.length));
  });
});
