import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { limitsInAddress } from '../../../web/limits/page-limits.ts';
import { describeDataset, type ShownColumn } from '../../../web/stream/describe.ts';

const COLUMNS: readonly ShownColumn[] = describeDataset(
  parseDds('Dataset { Sequence { Float64 time; Float64 air; Float32 fridge; String word; } sensor; } shed;'),
  parseDas(
    'Attributes { sensor { time { String units "seconds since 1970-01-01"; } air { Float64 warn_above 30; Float64 alarm_above 35; } fridge { Float32 alarm_above 8.1; } } }',
  ),
).columns;

const limitsOf = async (query: string) => {
  const { problems, limited, unknown } = await limitsInAddress(`http://pi/${query}`, () => {});
  const columns = limited(COLUMNS);
  return {
    limits: Object.fromEntries(columns.map(({ name, limits }) => [name, limits])),
    problems: [...problems, ...unknown(COLUMNS)],
  };
};

describe('limits of columns', () => {
  it('come from the attributes of the dataset', async () => {
    expect((await limitsOf('')).limits).toEqual({
      air: { warn: { above: 30 }, alarm: { above: 35 } },
      fridge: { alarm: { above: Math.fround(8.1) } },
      word: undefined,
    });
  });

  it('come from the address instead, level by level, from its query and its hash', async () => {
    expect(await limitsOf('?warn=air:2..31,fridge:1..&from=now-1d#window=60&alarm=fridge:-5.5..9.1')).toEqual(
      {
        limits: {
          air: { warn: { below: 2, above: 31 }, alarm: { above: 35 } },
          fridge: { warn: { below: 1 }, alarm: { below: -5.5, above: Math.fround(9.1) } },
          word: undefined,
        },
        problems: [],
      },
    );
  });

  it('do not come from the address of a dataset in it', async () => {
    expect((await limitsOf('?url=http://other/shed?a&warn=air:1..2')).limits['air']).toMatchObject({
      warn: { above: 30 },
    });
  });

  it.each([
    ['warn=30', 'expected a column and its bounds, such as air:2..30, air:..35 or air:2..'],
    ['warn=air:30', 'expected a column and its bounds, such as air:2..30, air:..35 or air:2..'],
    [
      'alarm=air:..',
      'expected a column and its bounds, such as air:2..30, air:..35 or air:2.., found no bound',
    ],
    [
      'alarm=air:2..hot',
      'expected a column and its bounds, such as air:2..30, air:..35 or air:2.., found hot in the place of a number',
    ],
    ['warn=air:30..2', 'expected the lower bound first'],
    ['warn=frige:..8', 'no column is called frige. Did you mean fridge?'],
    ['warn=word:..8', 'word holds text'],
  ])('that cannot be are said, and change nothing: %s', async (part, expected) => {
    const { limits, problems } = await limitsOf(`?${part}`);
    const end = expected.endsWith('?') ? '' : '.';
    expect(problems).toEqual([`The address of this page says ${part}: ${expected}${end}`]);
    expect(limits).toEqual((await limitsOf('')).limits);
  });
});
