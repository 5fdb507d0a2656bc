// Declares a point of a line.

/** A time in milliseconds and a value; NaN where the line is broken. */
export type Point = readonly [time: number, value: number];

/** The value of a point at which the line is broken. */
export const GAP = Number.NaN;
