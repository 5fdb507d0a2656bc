// Decides which time is at the right edge of moving charts: a moment ago, so that lines reach the edge.

import { msPerPixel, type ReceivedRows, type View } from '../rows/received-rows.ts';
import { wantsStillness } from './theme.ts';

/** Usual gaps between rows by which a chart lags behind: its line reaches the edge though the next row is still to come. */
const LAG = 1.75;

/** The greatest lag in milliseconds for that: with rare rows the newest one matters more than a full chart. */
const MOST_LAG = 5000;

/** The greatest lag in milliseconds until two pixels are complete: in a long window a row is shown earlier. */
const MOST_LAG_OF_PIXELS = 1000;

/** Milliseconds between two pictures for readers who want no motion. */
const STILL_FOR = 1000;

/** The time at the right edge while it is `now` by the server's clock. `usual`: the usual gap between rows. */
function rightEdge(now: number, view: View, usual: number | undefined): number {
  const pixels = Math.min(2 * msPerPixel(view), MOST_LAG_OF_PIXELS);
  const rows = Math.min(LAG * (usual ?? 0), MOST_LAG);
  return now - Math.max(pixels, rows);
}

/** The same for charts of `rows`, of which no more come if the stream is over. */
export function movingEdge(
  now: number,
  view: View,
  { newest, spacing }: ReceivedRows,
  isOver: boolean,
): number {
  const edge = rightEdge(now, view, spacing.usual);
  return steppedEdge(isOver && newest !== undefined ? Math.min(edge, newest) : edge);
}

/** The same time for readers who want no motion, at whose charts it advances in steps. */
function steppedEdge(edge: number): number {
  return wantsStillness() ? edge - (edge % STILL_FOR) : edge;
}

/** Milliseconds beyond the right edge up to which pixels are complete: until the next row, to which the line goes. */
export function settleAhead(view: View, usual: number | undefined): number {
  return Math.min(usual ?? 0, MOST_LAG) + msPerPixel(view);
}
