// Chooses the interval that stands for one or two pixels of a chart of the past.

/** Lengths that people count in, in seconds. Each is a divisor of a day, or a multiple of one. */
const LENGTHS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * 60),
  ...[1, 2, 3, 6, 12].map(hours => hours * 3600),
  ...[1, 2, 7].map(days => days * 86_400),
];

/** The seconds of an interval, of which `span` milliseconds have at most one a pixel of `width`, and at least one in three. */
export function intervalFor(span: number, width: number): number {
  const least = span / 1000 / Math.max(1, width);
  const length = LENGTHS.find(seconds => seconds >= least);
  if (length !== undefined) return length;
  const longest = LENGTHS.at(-1)!;
  return Math.ceil(least / longest) * longest;
}
