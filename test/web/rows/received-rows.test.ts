import { describe, expect, it } from 'vitest';
import { type Column, type FollowedRows, parseDas, parseDds, type Sequence } from '../../../dap/index.ts';
import { ReceivedRows } from '../../../web/rows/received-rows.ts';
import { type Description, describeDataset } from '../../../web/stream/describe.ts';
import { withTimes } from '../../../web/stream/timed-rows.ts';

const DDS = parseDds('Dataset { Sequence { Float64 time; Float64 a; Int32 b; String note; } s; } d;');
const description = describeDataset(
  DDS,
  parseDas(
    'Attributes { s { b { Int32 _FillValue -1; Float64 scale_factor 0.5; Float64 add_offset 10; } } }',
  ),
);

const VIEW = { window: 60_000, width: 600 };

/** Rows of the Sequence of `dataset`, from one column for each field. */
function rowsOf(dataset: typeof DDS, ...columns: readonly Column[]): FollowedRows {
  return { length: columns[0]!.length, columns, sequence: dataset.variables[0] as Sequence };
}

/** Takes all rows at once. */
function take(to: ReceivedRows, rows: FollowedRows, { time }: Description = description): void {
  to.take(withTimes(rows, time, 0), 0, rows.length);
}

/** Gives rows `[seconds, a, b]` to `to`, or to new received rows. */
function feed(
  rows: readonly (readonly [number, number, number])[],
  to = new ReceivedRows(description, VIEW),
): ReceivedRows {
  for (const [seconds, a, b] of rows) {
    const one = rowsOf(DDS, Float64Array.of(seconds), Float64Array.of(a), Int32Array.of(b), [
      `at ${seconds}`,
    ]);
    to.expect(one);
    take(to, one);
  }
  return to;
}

function valuesOf(of: ReceivedRows, series: number): number[] {
  of.settle(1e12);
  const { points } = of.series[series]!;
  return Array.from({ length: points.end - points.begin }, (_, index) => points.value(points.begin + index));
}

describe('received rows', () => {
  it('have the latest value of each column, unpacked, with its time', () => {
    const received = feed([
      [1, 21.5, 4],
      [2, 22.5, -1],
    ]);
    const [a, b, note] = received.latestValues();
    expect(a).toMatchObject({ latest: 22.5, lastValue: { time: 2000, value: 22.5 } });
    expect(b).toMatchObject({ latest: Number.NaN, lastValue: { time: 1000, value: 12 } });
    expect(note!.latest).toBe('at 2');
    expect(received).toMatchObject({ count: 2, newest: 2000 });
  });

  it('have no value where the attributes say so, be they written in another type than the column', () => {
    const attributes = `time { Float64 _FillValue -1; } f { Float32 _FillValue -999.9; Float32 valid_range 0, 100; }
      byte { Byte missing_value -127; } text { String missing_value "n/a"; }`;
    const dds = parseDds('Dataset { Sequence { Float64 time; Float32 f; Byte byte; String text; } s; } d;');
    const described = describeDataset(dds, parseDas(`Attributes { s { ${attributes} } }`));
    const received = new ReceivedRows(described, VIEW);
    const rows = rowsOf(
      dds,
      Float64Array.of(1, 2, 3, -1),
      Float32Array.of(20.5, -999.9, 100.5, 1),
      Uint8Array.of(5, 129, 6, 1),
      ['x', 'n/a', 'y', 'z'],
    );
    received.expect(rows);
    const latest = [0, 1, 2, 3].map(row => {
      received.take(withTimes(rows, described.time, 0), row, row + 1);
      return received.series.map(series => series.latest);
    });
    expect(latest).toEqual([
      [20.5, 5, 'x'],
      [Number.NaN, Number.NaN, ''],
      [Number.NaN, 6, 'y'],
      [Number.NaN, 6, 'y'],
    ]);
    expect(valuesOf(received, 0).filter(value => !Number.isNaN(value))).toEqual([20.5]);
    expect(received.count).toBe(3);
  });

  it('find columns by name, in whatever order they come', () => {
    const received = new ReceivedRows(description, VIEW);
    const other = parseDds('Dataset { Sequence { String note; Int32 b; Float64 time; Float64 a; } s; } d;');
    const rows = rowsOf(other, ['x'], Int32Array.of(2), Float64Array.of(7), Float64Array.of(3));
    received.expect(rows);
    take(received, rows);
    expect(received.series.map(({ latest }) => latest)).toEqual([3, 11, 'x']);
    const fewer = parseDds('Dataset { Sequence { Float64 time; Float64 a; String note; } s; } d;');
    const missing = rowsOf(fewer, Float64Array.of(7), Float64Array.of(3), ['x']);
    expect(() => received.expect(missing)).toThrow('Expected a column "b", found time, a, note');
  });

  it('break the line where rows are missing, and not where they are a little late', () => {
    const received = feed([
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 0],
      [5.5, 4, 0],
      [6.5, 5, 0],
      [30, 6, 0],
    ]);
    expect(valuesOf(received, 0)).toEqual([1, 2, 3, 4, 5, Number.NaN, 6]);
  });

  it('skip a row that comes twice, and one without a time', () => {
    const received = feed([
      [1, 1, 0],
      [1, 9, 0],
      [Number.NaN, 9, 0],
      [2, 2, 0],
    ]);
    expect(valuesOf(received, 0)).toEqual([1, 2]);
  });

  it('drop those of the future once the clock of the server is set back', () => {
    const received = feed([
      [10, 1, 0],
      [11, 2, 0],
      [5, 3, 0],
      [6, 4, 0],
    ]);
    expect(valuesOf(received, 0)).toEqual([3, 4]);
    expect(received.newest).toBe(6000);
  });

  it('stay small for ever', () => {
    const rows = 200_000;
    const received = new ReceivedRows(description, VIEW);
    const all = rowsOf(
      DDS,
      Float64Array.from({ length: rows }, (_, row) => row / 1000),
      Float64Array.from({ length: rows }, (_, row) => Math.sin(row)),
      new Int32Array(rows),
      new Array<string>(rows).fill(''),
    );
    received.expect(all);
    take(received, all);
    expect(received.count).toBe(rows);
    const { points } = received.series[0]!;
    expect(points.end - points.begin).toBeLessThan(2 * VIEW.width * 1.2);
  });

  it('are kept for another window, and copied so that later rows do not change them', () => {
    const received = feed([
      [1, 1, 0],
      [2, 2, 0],
    ]);
    received.resize({ window: 600_000, width: 300 });
    const [copy] = received.copyPoints();
    const latest = received.latestValues();
    feed([[3, 3, 0]], received);
    expect(received.series[0]!.points.msPerPixel).toBe(2000);
    expect(copy!.extent(0, 1e9)).toEqual({ min: 1, max: 2 });
    expect(received.series[0]!.points.extent(0, 1e9)).toEqual({ min: 1, max: 3 });
    expect([latest[0]!.latest, received.series[0]!.latest]).toEqual([2, 3]);
  });
});
