import { describe, expect, it } from 'vitest';
import { type Column, parseDas, parseDds, type Sequence } from '../../../dap/index.ts';
import { describeDataset } from '../../../web/stream/describe.ts';
import { withTimes } from '../../../web/stream/timed-rows.ts';

function timesOf(dds: string, das: string, columns: readonly Column[], arrival: number): number[] {
  const dataset = parseDds(dds);
  const { time } = describeDataset(dataset, parseDas(das));
  const sequence = dataset.variables[0] as Sequence;
  return [...withTimes({ length: columns[0]!.length, columns, sequence }, time, arrival).times];
}

describe('the times of rows', () => {
  it('are those of the time column in milliseconds, wherever it stands', () => {
    const das = 'Attributes { s { time { String units "minutes since 1970-01-01T01:00:00Z"; } } }';
    const columns = [Float64Array.of(5, 6), Float64Array.of(0, 1.5)];
    expect(timesOf('Dataset { Sequence { Float64 a; Float64 time; } s; } d;', das, columns, 0)).toEqual([
      3_600_000, 3_690_000,
    ]);
  });

  it('are NaN where the time is missing', () => {
    const das = 'Attributes { s { time { Float64 _FillValue -1; } } }';
    const columns = [Float64Array.of(1, -1, Number.NaN)];
    expect(timesOf('Dataset { Sequence { Float64 time; } s; } d;', das, columns, 0)).toEqual([
      1000,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('are that of their arrival in a dataset without a time column', () => {
    const columns = [Float64Array.of(1, 2)];
    expect(timesOf('Dataset { Sequence { Float64 a; } s; } d;', 'Attributes {}', columns, 4711)).toEqual([
      4711, 4711,
    ]);
  });

  it('need the column that was described', () => {
    const [described, other] = ['time', 'a'].map(name =>
      parseDds(`Dataset { Sequence { Float64 ${name}; } s; } d;`),
    );
    const { time } = describeDataset(described!, new Map());
    const sequence = other!.variables[0] as Sequence;
    expect(() => withTimes({ length: 1, columns: [Float64Array.of(1)], sequence }, time, 0)).toThrow(
      'Expected a column "time", found a',
    );
  });
});
