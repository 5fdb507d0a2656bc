import { describe, expect, it } from 'vitest';
import { type Batch, parseDas, parseDds } from '../../../dap/index.ts';
import { intervalFor } from '../../../web/past/intervals.ts';
import { pastConstraint, pastRows } from '../../../web/past/past-request.ts';
import { extentIn, joined, nearestTime, singlesIn } from '../../../web/past/past-rows.ts';
import { describeDataset } from '../../../web/stream/describe.ts';

const DDS = 'Dataset { Sequence { Float64 time; Float64 a; Int16 b; String c; } s; } d;';
const DAS = `Attributes { s {
  time { String units "seconds since 1970-01-01T00:00:00Z"; }
  b { Float64 scale_factor -0.5; Int16 _FillValue -1; }
} }`;
const description = describeDataset(parseDds(DDS), parseDas(DAS));
const address = { base: 'http://pi/d', constraint: '' };
const BEGIN = 1_700_000_000;

/** An answer with a row a minute, except where rows are missing. */
function answer(seconds: readonly number[]) {
  const column = (value: (row: number) => number) => Float64Array.from(seconds, (_, row) => value(row));
  const names = ['a_min', 'a_mean', 'a_max', 'b_min', 'b_mean', 'b_max'];
  const fields = names.map(name => `Float64 ${name};`).join(' ');
  const dataset = parseDds(`Dataset { Sequence { Float64 time; ${fields} } s; } d;`);
  const batch: Batch = {
    length: seconds.length,
    columns: [
      Float64Array.from(seconds),
      column(row => row),
      column(row => row + 1),
      column(row => (row === 1 ? Number.NaN : row + 2)),
      column(row => 10 * row),
      column(row => 10 * row + 2),
      column(row => 10 * row + 4),
    ],
  };
  return { dataset, values: [batch] };
}

const request = { from: BEGIN * 1000, to: (BEGIN + 600) * 1000, interval: 60 };

describe('a stretch of the past', () => {
  it('is asked for by one interval for one to three pixels', () => {
    for (const [span, width] of [
      [3_600_000, 800],
      [86_400_000, 390],
      [365 * 86_400_000, 1000],
      [20 * 365 * 86_400_000, 390],
    ] as const) {
      const count = span / 1000 / intervalFor(span, width);
      expect(count).toBeLessThanOrEqual(width);
      expect(count).toBeGreaterThanOrEqual(width / 3);
    }
  });

  it('is asked for by its bounds, with three measures of each column of numbers', () => {
    expect(pastConstraint(address, description, request)).toBe(
      `time,a_min,a_mean,a_max,b_min,b_mean,b_max&s.time>=${BEGIN}&s.time<${BEGIN + 600}&bucket("time/60")`,
    );
    expect(pastConstraint(address, description, { ...request, interval: 0 })).toBe(
      `&s.time>=${BEGIN}&s.time<${BEGIN + 600}`,
    );
    expect(pastConstraint({ ...address, constraint: 'time,a' }, description, request)).toBe(
      `time,a&s.time>=${BEGIN}&s.time<${BEGIN + 600}&bucket("time/60")`,
    );
  });

  it('has unpacked values in the middle of each interval, and a gap where rows are missing', () => {
    const rows = pastRows(description, request, answer([BEGIN, BEGIN + 60, BEGIN + 300]));
    const middle = (BEGIN + 30) * 1000;
    expect(rows.times).toEqual([middle, middle + 60_000, middle + 180_000, middle + 300_000]);
    const [a, b, c] = rows.columns;
    expect(a).toEqual({ least: [0, 1, null, 2], mean: [1, 2, null, 3], greatest: [2, null, null, 4] });
    // The scale is negative: the greatest packed number is the least value.
    expect(b).toEqual({
      least: [-2, -7, null, -12],
      mean: [-1, -6, null, -11],
      greatest: [0, -5, null, -10],
    });
    expect(c).toBeUndefined();
    expect(extentIn(rows, a!, { from: middle + 170_000, to: middle + 310_000 })).toEqual({ min: 2, max: 4 });
    expect(extentIn(rows, a!, { from: 0, to: 1 })).toBeUndefined();
  });

  it('has no gap between rows that came less often than those of now, and one where they stopped', () => {
    // A row a minute, in intervals of ten seconds, by a server that makes a row a second now.
    const minutes = [0, 1, 2, 3, 4, 5, 6, 20, 21, 22, 23, 24].map(minute => BEGIN + 60 * minute);
    const seconds = [10, 20, 30, 40, 50, 60].map(second => BEGIN + 24 * 60 + second);
    const fine = { from: BEGIN * 1000, to: (BEGIN + 1560) * 1000, interval: 10 };
    const rows = pastRows(description, fine, answer([...minutes, ...seconds]), 1000);
    const gaps = rows.times.filter((_, index) => rows.columns[0]!.mean[index] === null);
    expect(gaps).toEqual([(BEGIN + 13 * 60 + 5) * 1000]);
  });

  it('has a gap before and behind a single row among missing ones', () => {
    const tens = [0, 10, 20, 30, 40, 50, 300, 600, 610, 620, 630, 640, 650].map(second => BEGIN + second);
    const fine = { from: BEGIN * 1000, to: (BEGIN + 700) * 1000, interval: 10 };
    const { times } = pastRows(description, fine, answer(tens), 1000);
    expect(times).toContain((BEGIN + 180) * 1000);
    expect(times).toContain((BEGIN + 455) * 1000);
    expect(times).toHaveLength(tens.length + 2);
  });

  it('has a gap where all rows are missing for long, though it is not known how often they come now', () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => minute).filter(at => at < 20 || at > 40);
    const batch = {
      length: minutes.length,
      columns: [
        Float64Array.from(minutes, minute => BEGIN + 60 * minute),
        Float64Array.from(minutes, () => 1),
        Int16Array.from(minutes, () => 1),
        minutes.map(() => ''),
      ],
    };
    const all = { ...request, to: (BEGIN + 3600) * 1000, interval: 0 };
    const rows = pastRows(description, all, { dataset: parseDds(DDS), values: [batch] });
    const gaps = rows.times.filter((_, index) => rows.columns[0]!.mean[index] === null);
    expect(gaps).toEqual([(BEGIN + 60 * 30) * 1000]);
  });

  it('has no row at a time that is a missing value', () => {
    const dds = 'Dataset { Sequence { Float64 time; Float64 a; } s; } d;';
    const das = `Attributes { s { time { String units "seconds since 1970-01-01"; Float64 _FillValue 9.96921e36; } } }`;
    const dataset = parseDds(dds);
    const batch = {
      length: 3,
      columns: [Float64Array.of(9.96921e36, BEGIN, BEGIN + 60), Float64Array.of(1, 2, 3)],
    };
    const all = { ...request, interval: 0 };
    const rows = pastRows(describeDataset(dataset, parseDas(das)), all, { dataset, values: [batch] });
    expect(rows.times).toEqual([BEGIN * 1000, (BEGIN + 60) * 1000]);
    expect(rows.columns[0]?.mean).toEqual([2, 3]);
  });

  it('knows the values that no line shows', () => {
    expect(singlesIn([1, null, 2, null, 3, 4, null, 5], [0, 7])).toEqual([0, 2, 7]);
    expect(singlesIn([1, null, 2, null, 3, 4, null, 5], [1, 5])).toEqual([2]);
    expect(singlesIn([null, null], [0, 1])).toEqual([]);
  });

  it('is read at the nearest interval, at a gap as no value, and not from afar', () => {
    const rows = pastRows(description, request, answer([BEGIN, BEGIN + 60, BEGIN + 300]));
    const middle = (BEGIN + 30) * 1000;
    expect(nearestTime(rows, middle + 20_000, 60_000)).toBe(middle);
    expect(nearestTime(rows, middle + 190_000, 60_000)).toBe(middle + 180_000);
    expect(nearestTime(rows, middle + 999_000, 60_000)).toBeUndefined();
  });

  it('is continued by newer rows, which replace the last interval', () => {
    const older = pastRows(description, request, answer([BEGIN, BEGIN + 60]));
    const next = { ...request, from: (BEGIN + 60) * 1000, to: (BEGIN + 180) * 1000 };
    const newer = pastRows(description, next, answer([BEGIN + 60, BEGIN + 120]));
    const all = joined(older, newer, request.from);
    const middle = (BEGIN + 30) * 1000;
    expect(all.times).toEqual([middle, middle + 60_000, middle + 120_000]);
    expect(all.columns[0]?.mean).toEqual([1, 1, 2]);
    expect([all.from, all.to]).toEqual([request.from, next.to]);
    // What is not asked for any more goes.
    const later = joined(older, newer, middle + 10_000);
    expect(later.times).toEqual([middle + 60_000, middle + 120_000]);
    expect(later.columns[0]?.mean).toEqual([1, 2]);
  });
});
