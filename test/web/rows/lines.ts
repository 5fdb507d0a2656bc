// Fills lines with rows for tests, and lists their points.

import { LinePoints } from '../../../web/rows/line-points.ts';

export type Point = [time: number, value: number];

/** All points that are numbered. */
export function listed(points: LinePoints): Point[] {
  return Array.from({ length: points.end - points.begin }, (_, index) => {
    const number = points.begin + index;
    return [points.time(number), points.value(number)];
  });
}

export function filled(column: number, span: number, rows: Iterable<Point>): LinePoints {
  const points = new LinePoints(column, span);
  for (const [time, value] of rows) points.push(time, value);
  return points;
}
