// Prints and reads the id of an event: the time of its row, and what else the server needs to resume a request that ends.

import type { TimeBounds } from '../../dap/protocol.ts';
import { RequestError } from '../request-error.ts';

/** The id after the last row of a request that ends. */
export const END_ID = 'end';

/** A place in the rows of a request. */
export interface EventId {
  /** The time of the last row, in seconds since 1970. */
  readonly time: number;
  /** The rows that have come; undefined for a request without functions and bounds, which its time alone resumes. */
  readonly rows?: number;
  /** The upper bound on time, which `now` has given a meaning; undefined without one. */
  readonly until?: Pick<TimeBounds, 'high' | 'highInclusive'> | undefined;
}

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const ID = new RegExp(`^(${NUMBER})(?: (\\d{1,15})(?: (<=?)(${NUMBER}))?)?$`);

/** The text of an id behind the number of rows. */
export function printUntil({ high, highInclusive }: TimeBounds): string {
  return high < Number.POSITIVE_INFINITY ? ` ${highInclusive ? '<=' : '<'}${high}` : '';
}

/**
 * Reads the header `Last-Event-ID`; undefined for none.
 * @throws RequestError for a text that is no id of a row
 */
export function readEventId(text: string): EventId | typeof END_ID | undefined {
  if (text === '') return undefined;
  if (text === END_ID) return END_ID;
  const [, time, rows, operator, high] = ID.exec(text) ?? [];
  if (time === undefined) {
    throw new RequestError(
      400,
      `Last-Event-ID: expected the id of an event, such as 1795226334.25, found "${text.slice(0, 60)}"`,
    );
  }
  return {
    time: Number(time),
    ...(rows === undefined ? {} : { rows: Number(rows) }),
    ...(high === undefined ? {} : { until: { high: Number(high), highInclusive: operator === '<=' } }),
  };
}
