// Declares a point of a line.

/** A time in milliseconds and a value; NaN at a break of the line. */
export type Point = readonly [time: number, value: number];

/** The value of a point at which the line is broken. */
export const GAP = Number.NaN;
