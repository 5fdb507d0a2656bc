import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, IsoTimeWriter, type NumberWriter, placesOf, RoundedWriter } from '../../../dap/index.ts';
import { secondsOfInstant } from '../../../dap/model/instant.ts';

function textsOf(writer: NumberWriter, values: readonly number[]): string[] {
  const view = new DataView(new ArrayBuffer(writer.longest));
  const column = Float64Array.from(values);
  return values.map((_, row) => Buffer.from(view.buffer, 0, writer.put(view, 0, column, row)).toString());
}

const iso = (values: readonly number[], clock: Clock = 'UTC') => textsOf(new IsoTimeWriter(clock), values);
const fail = (expected: string) => {
  throw new Error(`expected ${expected}`);
};

describe('times as ISO 8601', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [-0.25, '1969-12-31T23:59:59.75Z'],
    [-60.5, '1969-12-31T23:58:59.5Z'],
    [1_795_867_200.000001, '2026-11-28T12:00:00.000001Z'],
    [1_795_867_259.9999998, '2026-11-28T12:00:59.9999998Z'],
    [253_402_300_800, '+010000-01-01T00:00:00Z'],
    [1e13, '10000000000000'],
  ])('of %d are %s', (value, text) => {
    expect(iso([value])).toEqual([text]);
  });

  it('read back as the same numbers', () => {
    const time = fc.oneof(
      fc.double({ min: 10, max: 253_402_300_799, noNaN: true }),
      fc.integer({ min: 0, max: 2 ** 52 }).map(micros => micros / 1e6),
    );
    fc.assert(
      fc.property(fc.array(time), times => {
        expect(iso(times).map(text => secondsOfInstant(text, fail))).toEqual(times);
      }),
    );
  });

  it('have the offset of the zone at each time, also where summer time begins and ends', () => {
    const program = `
import { IsoTimeWriter } from ${JSON.stringify(resolve(import.meta.dirname, '../../../dist/dap/index.js'))};
const writer = new IsoTimeWriter('local');
const view = new DataView(new ArrayBuffer(writer.longest));
const times = Float64Array.of(...process.argv.slice(1).map(Number));
console.log(JSON.stringify([...times].map((_, row) => Buffer.from(view.buffer, 0, writer.put(view, 0, times, row)).toString())));
`;
    const [spring, autumn] = [Date.UTC(2026, 2, 29, 1) / 1000, Date.UTC(2026, 9, 25, 1) / 1000];
    const times = [spring - 0.5, spring, autumn - 0.5, autumn + 0.25];
    const printed = execFileSync(
      process.execPath,
      ['--input-type=module', '-e', program, ...times.map(String)],
      { env: { ...process.env, TZ: 'Europe/Berlin' }, encoding: 'utf8' },
    );
    const texts = JSON.parse(printed) as string[];
    expect(texts).toEqual([
      '2026-03-29T01:59:59.5+01:00',
      '2026-03-29T03:00:00+02:00',
      '2026-10-25T02:59:59.5+02:00',
      '2026-10-25T02:00:00.25+01:00',
    ]);
    expect(texts.map(text => secondsOfInstant(text, fail))).toEqual(times);
  });
});

describe('digits by a resolution', () => {
  it.each([
    [0.0625, 4],
    [0.5, 1],
    [1, 0],
    [100, 0],
    [0.01, 2],
    [0.080566, 4],
    [3.22265625, 2],
    [0.0078125, 5],
    [0, undefined],
    [Number.NaN, undefined],
  ])('of %d are %s after the point', (resolution, places) => {
    expect(placesOf(resolution)).toBe(places);
  });

  it('are the number to half of the last digit, and of zero without a sign', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 9 }), (value, places) => {
        const [text = ''] = textsOf(new RoundedWriter('Float64', places), [value]);
        expect(text).not.toBe('-0');
        if (Math.abs(value) * 10 ** places >= 2 ** 51 || !Number.isFinite(value)) {
          expect(Number(text)).toBe(value);
          return;
        }
        expect(text).toMatch(new RegExp(`^-?\\d+(\\.\\d{1,${Math.max(1, places)}})?$`));
        const error = 0.5 * 10 ** -places + Math.abs(value) * 2 ** -50;
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(error);
      }),
    );
  });
});
