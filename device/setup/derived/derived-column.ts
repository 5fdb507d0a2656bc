// Makes a derived column of a sensor, and computes its value from the value of its source channel.

import type { Channel } from '../../sensor.ts';
import { type Derivation, millivoltsOf } from './derivation.ts';

/** The checked configuration of a derived column. */
export interface DerivedOverride extends Partial<Omit<Channel, 'name'>> {
  /** The source channel, by its name in the sensor's kind. */
  readonly from: string;
  readonly by: Derivation;
  /** The output of the derivation's schema. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Plain data, so that two of them can be compared by their fields. */
export interface DerivedColumn {
  /** Its key under `derived` in the configuration of its sensor. */
  readonly key: string;
  readonly column: Channel;
  /** The index of the source channel among those of the kind. */
  readonly source: number;
  readonly sourceName: string;
  /** Converts the source's units to those of the derivation. */
  readonly factor: number;
  readonly by: Derivation;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The column `name`, made from the column `source` at the index `place`. */
export function derivedColumn(
  key: string,
  name: string,
  { from: _from, by, options, ...override }: DerivedOverride,
  source: Channel,
  place: number,
): DerivedColumn {
  const factor = by.from === 'millivolts' ? (millivoltsOf(source.units) ?? Number.NaN) : 1;
  const column = { ...by.channel(options, source), name, ...override };
  return { key, column, source: place, sourceName: source.name, factor, by, options };
}

/** The value of the column from the corrected value of its source; NaN if it has none. */
export function derivedValue({ by, options, factor }: DerivedColumn, value: number): number {
  return Number.isNaN(value) ? value : by.derive(options, value * factor);
}

/** Why a measured value has no derived value; undefined if it has one, and for NaN. */
export function derivedProblem(derived: DerivedColumn, value: number): string | undefined {
  if (Number.isNaN(value) || !Number.isNaN(derivedValue(derived, value))) return undefined;
  const { column, by, options, sourceName } = derived;
  return `${column.name}: expected ${by.expected(options)} in ${sourceName}, found ${Number(value.toPrecision(6))}`;
}
