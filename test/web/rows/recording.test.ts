import { describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { Recording } from '../../../web/rows/recording.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const description = describeDataset(
  parseDds('Dataset { Sequence { Float64 time; Float64 a; Int32 b; String note; } s; } d;'),
  parseDas(
    'Attributes { s { b { Int32 _FillValue -1; Float64 scale_factor 0.5; Float64 add_offset 10; } } }',
  ),
);

const VIEW = { window: 60_000, columns: 600 };

function recording(): Recording {
  const made = new Recording(description, VIEW);
  made.expect(['time', 'a', 'b', 'note']);
  return made;
}

/** Gives rows `[seconds, a, b]` to `to`. */
function feed(to: Recording, rows: readonly (readonly [number, number, number])[]): void {
  for (const [seconds, a, b] of rows) {
    const batch = {
      length: 1,
      columns: [Float64Array.of(seconds), Float64Array.of(a), Int32Array.of(b), [`at ${seconds}`]],
    };
    to.take(batch, 0, to.timeOf(batch, 0, 0));
  }
}

function valuesOf(of: Recording, track: number): number[] {
  of.settle(1e12);
  const { points } = of.tracks[track]!;
  return Array.from({ length: points.end - points.begin }, (_, index) => points.value(points.begin + index));
}

describe('a recording', () => {
  it('has the latest value of each channel, unpacked, with its time', () => {
    const made = recording();
    feed(made, [
      [1, 21.5, 4],
      [2, 22.5, -1],
    ]);
    const [a, b, note] = made.tracks;
    expect(a).toMatchObject({ latest: 22.5, lastValue: { time: 2000, value: 22.5 } });
    expect(b).toMatchObject({ latest: Number.NaN, lastValue: { time: 1000, value: 12 } });
    expect(note!.latest).toBe('at 2');
    expect(made).toMatchObject({ rows: 2, newest: 2000 });
  });

  it('has no value where the attributes say so, be they written in another type than the column', () => {
    const attributes = `time { Float64 _FillValue -1; } f { Float32 _FillValue -999.9; Float32 valid_range 0, 100; }
      byte { Byte missing_value -127; } text { String missing_value "n/a"; }`;
    const made = new Recording(
      describeDataset(
        parseDds('Dataset { Sequence { Float64 time; Float32 f; Byte byte; String text; } s; } d;'),
        parseDas(`Attributes { s { ${attributes} } }`),
      ),
      VIEW,
    );
    made.expect(['time', 'f', 'byte', 'text']);
    const batch = {
      length: 4,
      columns: [
        Float64Array.of(1, 2, 3, -1),
        Float32Array.of(20.5, -999.9, 100.5, 1),
        Uint8Array.of(5, 129, 6, 1),
        ['x', 'n/a', 'y', 'z'],
      ],
    };
    const latest = [0, 1, 2, 3].map(index => {
      made.take(batch, index, made.timeOf(batch, index, 0));
      return made.tracks.map(track => track.latest);
    });
    expect(latest).toEqual([
      [20.5, 5, 'x'],
      [Number.NaN, Number.NaN, ''],
      [Number.NaN, 6, 'y'],
      [Number.NaN, 6, 'y'],
    ]);
    expect(valuesOf(made, 0).filter(value => !Number.isNaN(value))).toEqual([20.5]);
    expect(made.rows).toBe(3);
  });

  it('finds columns by name, in whatever order they come', () => {
    const made = new Recording(description, VIEW);
    made.expect(['note', 'b', 'time', 'a']);
    const batch = { length: 1, columns: [['x'], Int32Array.of(2), Float64Array.of(7), Float64Array.of(3)] };
    made.take(batch, 0, made.timeOf(batch, 0, 0));
    expect(made.tracks.map(({ latest }) => latest)).toEqual([3, 11, 'x']);
    expect(() => made.expect(['time', 'a', 'note'])).toThrow('Expected a column "b", found time, a, note');
  });

  it('breaks the line where rows are missing, and not where they are a little late', () => {
    const made = recording();
    feed(made, [
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 0],
      [5.5, 4, 0],
      [6.5, 5, 0],
      [30, 6, 0],
    ]);
    expect(valuesOf(made, 0)).toEqual([1, 2, 3, 4, 5, Number.NaN, 6]);
  });

  it('passes over a row that comes twice, and one without a time', () => {
    const made = recording();
    feed(made, [
      [1, 1, 0],
      [1, 9, 0],
      [Number.NaN, 9, 0],
      [2, 2, 0],
    ]);
    expect(valuesOf(made, 0)).toEqual([1, 2]);
  });

  it('drops what is of the future once the clock of the server is set back', () => {
    const made = recording();
    feed(made, [
      [10, 1, 0],
      [11, 2, 0],
      [5, 3, 0],
      [6, 4, 0],
    ]);
    expect(valuesOf(made, 0)).toEqual([3, 4]);
    expect(made.newest).toBe(6000);
  });

  it('stays small for ever', () => {
    const made = recording();
    for (let row = 0; row < 200_000; row++) feed(made, [[row / 1000, Math.sin(row), 0]]);
    const { points } = made.tracks[0]!;
    expect(points.end - points.begin).toBeLessThan(2 * VIEW.columns * 1.2);
  });

  it('keeps what it has for another window, and copies that later rows do not change', () => {
    const made = recording();
    feed(made, [
      [1, 1, 0],
      [2, 2, 0],
    ]);
    made.resize({ window: 600_000, columns: 300 });
    const [copy] = made.copyPoints();
    feed(made, [[3, 3, 0]]);
    expect(made.tracks[0]!.points.column).toBe(2000);
    expect(copy!.extent(0, 1e9)).toEqual({ min: 1, max: 2 });
    expect(made.tracks[0]!.points.extent(0, 1e9)).toEqual({ min: 1, max: 3 });
  });

  it('tells the time of rows without a time column by their arrival', () => {
    const timeless = describeDataset(parseDds('Dataset { Sequence { Float64 a; } s; } d;'), new Map());
    const made = new Recording(timeless, VIEW);
    made.expect(['a']);
    expect(made.timeOf({ length: 1, columns: [Float64Array.of(1)] }, 0, 4711)).toBe(4711);
  });
});
