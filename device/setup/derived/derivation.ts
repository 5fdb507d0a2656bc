// Declares a derivation, which makes a further column from a channel's value, such as degrees from a thermistor's voltage.

import type { z } from 'zod';
import type { Channel } from '../../sensor.ts';

/** The part of a derived column that its derivation gives. */
export type DerivedChannel = Omit<Channel, 'name' | 'type'>;

/** A derivation: pure functions of options, source and value. */
export interface Derivation<Schema extends z.ZodObject = z.ZodObject> {
  /** Its name in `by:` of a configuration: lower case, digits and `-`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences with the formula, for the documents. */
  readonly description: string;
  /**
   * Its source: a voltage, converted to millivolts; a voltage in the channel's own unit; or the value of any channel, for
   * which the configuration gives the units of the new column.
   */
  readonly from: 'millivolts' | 'voltage' | 'any';
  /** A strict object; as in sensor kinds, each option has a description and limits. */
  readonly options: Schema;
  /** The column without the configuration's overrides. */
  channel(options: z.output<Schema>, source: Channel): DerivedChannel;
  /** The derived value, finite; NaN if the measured value has none. */
  derive(options: z.output<Schema>, value: number): number;
  /** The source values that have a derived value, in words, such as `100 to 1750 mV`. */
  expected(options: z.output<Schema>): string;
}

/** Infers the type of a derivation from its options. */
export function derivation<Schema extends z.ZodObject>(kind: Derivation<Schema>): Derivation<Schema> {
  return kind;
}

/** Millivolts of one unit; undefined for a unit that is no voltage. */
export function millivoltsOf(units: string): number | undefined {
  return { V: 1000, mV: 1, uV: 0.001 }[units];
}
