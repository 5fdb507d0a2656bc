import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { LevelWatch } from '../../../web/limits/level-watch.ts';
import { beyondWords } from '../../../web/limits/limit-words.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const [AIR] = describeDataset(
  parseDds('Dataset { Sequence { Float64 air; } sensor; } shed;'),
  parseDas(
    'Attributes { sensor { air { Float64 warn_above 30; Float64 alarm_below 2; Float64 alarm_above 35; } } }',
  ),
).columns;

/** What is told of values at moments in seconds, and the level after each. */
function told(values: readonly (readonly [at: number, value: number])[]) {
  const watch = new LevelWatch();
  return values.map(([at, value]) => {
    const news = watch.take([{ column: AIR!, value, decimals: 1 }], 1000 * at);
    const level = watch.beyond[0]?.level ?? 'ok';
    return news.length === 0 ? level : `${level}!`;
  });
}

describe('the level of a column', () => {
  it('begins at once, and ends when values have been better for five seconds', () => {
    expect(
      told([
        [0, 20],
        [1, 30],
        [2, 30.1],
        [3, 36],
        [4, 31],
        [8, 31],
        [9, 31],
        [10, 20],
        [15, 20],
      ]),
    ).toEqual(['ok', 'ok', 'warn!', 'alarm!', 'alarm', 'alarm', 'warn', 'warn', 'ok!']);
  });

  it('is told once while values go to and fro at a limit', () => {
    const values = Array.from({ length: 400 }, (_, index) => [index / 10, index % 2 ? 34.9 : 35.1] as const);
    expect(told(values).filter(level => level !== 'alarm')).toEqual(['alarm!']);
  });

  it('is told at most once a minute, and then as it is', () => {
    const values = Array.from({ length: 120 }, (_, second) => [second, second % 20 < 10 ? 1 : 20] as const);
    const moments = told(values).flatMap((level, second) =>
      level.endsWith('!') ? [`${second} ${level}`] : [],
    );
    expect(moments).toEqual(['0 alarm!', '15 ok!', '60 alarm!', '75 ok!']);
  });

  it('does not change by a missing value', () => {
    expect(
      told([
        [0, Number.NaN],
        [1, 1],
        [2, Number.NaN],
        [60, Number.NaN],
      ]),
    ).toEqual(['ok', 'alarm!', 'alarm', 'alarm']);
  });

  it('has words', () => {
    const words = [1.9, 2, 30, 30.01, 35.01, Number.NaN].map(value => beyondWords(AIR!.limits, value));
    expect(words).toEqual(['alarm: below 2', '', '', 'warning: above 30', 'alarm: above 35', '']);
  });
});
