// What is a derived column of a sensor, and its value? The column that it is, the channel that it comes from, and how.

import type { Channel } from '../../sensor.ts';
import { type Derivation, millivoltsOf } from './derivation.ts';

/** As a person asked for it, found right. */
export interface DerivedOverride extends Partial<Omit<Channel, 'name'>> {
  /** The channel of the sensor's kind that it is made from. */
  readonly from: string;
  readonly by: Derivation;
  /** As the derivation's schema gave them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Plain data: of two that are deeply equal one is as good as the other. */
export interface DerivedColumn {
  /** What it is called below `derived` of its sensor. */
  readonly key: string;
  readonly column: Channel;
  /** The place of the channel that it is made from among those of the kind. */
  readonly source: number;
  /** What the source is called, and one of its units in those that the derivation takes. */
  readonly sourceName: string;
  readonly factor: number;
  readonly by: Derivation;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The column called `name` that is made from `source`, the column that stands at `place`. */
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

/** The value of the column by the corrected value of its source; NaN where there is none. */
export function derivedValue({ by, options, factor }: DerivedColumn, value: number): number {
  return Number.isNaN(value) ? value : by.derive(options, value * factor);
}

/** Why a value that was measured gives none; undefined where it gives one, and where nothing was measured. */
export function derivedProblem(derived: DerivedColumn, value: number): string | undefined {
  if (Number.isNaN(value) || !Number.isNaN(derivedValue(derived, value))) return undefined;
  const { column, by, options, sourceName } = derived;
  return `${column.name}: expected ${by.expected(options)} in ${sourceName}, found ${Number(value.toPrecision(6))}`;
}
