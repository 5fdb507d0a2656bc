// What is a derivation? A way to make a column of its own from the value of a channel, such as degrees from the voltage of a thermistor.

import type { z } from 'zod';
import type { Channel } from '../../sensor.ts';

/** What is known of a derived column without a person saying it. */
export type DerivedChannel = Omit<Channel, 'name' | 'type'>;

/** A way of deriving. Pure: nothing here reads or keeps anything. */
export interface Derivation<Schema extends z.ZodObject = z.ZodObject> {
  /** What `by:` says in a configuration: lower case, digits and `-`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for the person who chooses, with the formula. */
  readonly description: string;
  /**
   * What it is made from: a voltage in millivolts, whichever unit of it the channel has; a voltage in the channel's own
   * unit; or the value of any channel, where a person says the units of the new column.
   */
  readonly from: 'millivolts' | 'voltage' | 'any';
  /** A strict object; as in sensor kinds, each option has a description and limits. */
  readonly options: Schema;
  /** The column, where nobody says otherwise. */
  channel(options: z.output<Schema>, source: Channel): DerivedChannel;
  /** The derived value; NaN where there is none to what was measured. Never anything else that is not finite. */
  derive(options: z.output<Schema>, value: number): number;
  /** What had to be measured for there to be a value, in words for a person: `100 to 1750 mV`. */
  expected(options: z.output<Schema>): string;
}

/** Gives a derivation its type by its options; the list then holds derivations of any options. */
export function derivation<Schema extends z.ZodObject>(kind: Derivation<Schema>): Derivation<Schema> {
  return kind;
}

/** Millivolts of one unit; undefined for a unit that is no voltage. */
export function millivoltsOf(units: string): number | undefined {
  return { V: 1000, mV: 1, uV: 0.001 }[units];
}
