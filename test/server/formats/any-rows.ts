// Makes arbitrary rows of every type for property tests, and compares rows with what a reader found.

import fc from 'fast-check';
import { expect } from 'vitest';
import { secondsOfInstant } from '../../../dap/model/instant.ts';
import type { TypedRow } from './typed-rows.ts';

/** A text with everything that CSV and JSON quote. */
const text = () =>
  fc.string({ unit: fc.constantFrom('a', 'é', '"', "'", ',', '\n', '\r', ' ', '=', '\\', '💧') });

/** Times between the years 1970 and 2191, some with more digits than microseconds. */
const time = () =>
  fc.oneof(
    fc.integer({ min: 0, max: 7e9 }),
    fc.integer({ min: 0, max: 2 ** 51 }).map(micros => micros / 1e6),
    fc.double({ min: 10, max: 7e9, noNaN: true }),
  );

export function anyRow(): fc.Arbitrary<TypedRow> {
  return fc.tuple(
    time(),
    fc.double(),
    fc.float(),
    fc.oneof(fc.constant(-2147483648), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
    fc.integer({ min: 0, max: 255 }),
    text(),
  );
}

/** Half of the last digit of temperatures with the resolution 0.0625, and of a double. */
const tolerance = (value: number) => 0.5e-4 + Math.abs(value) * 2 ** -52;

/**
 * Expects the values that a reader found to be those of the row: the time as ISO 8601, undefined for no value.
 * @param isJson true for numbers in all their digits, and no infinities
 */
export function closeTo(row: TypedRow, found: readonly unknown[], isJson = false): void {
  const [time, temperature, ...others] = row;
  const [foundTime, foundTemperature, ...foundOthers] = found;
  expect(secondsOfInstant(String(foundTime), fail)).toBe(time);
  const expected = valueIn(temperature, isJson);
  if (expected === undefined || !Number.isFinite(expected) || isJson)
    expect(same(foundTemperature)).toBe(same(expected));
  else expect(Math.abs((foundTemperature as number) - expected)).toBeLessThanOrEqual(tolerance(expected));
  const [humidity, count, ...rest] = others;
  const float = foundOthers[0] === undefined ? undefined : Math.fround(foundOthers[0] as number);
  expect([same(float), ...foundOthers.slice(1)]).toEqual([
    same(valueIn(Math.fround(humidity), isJson)),
    count === -2147483648 ? undefined : count,
    ...rest,
  ]);
}

function fail(expected: string): never {
  throw new Error(`expected ${expected}`);
}

function valueIn(value: number, isJson: boolean): number | undefined {
  return Number.isNaN(value) || (isJson && !Number.isFinite(value)) ? undefined : value;
}

/** Zeros of both signs are the same number. */
function same(value: unknown): unknown {
  return value === 0 ? 0 : value;
}
