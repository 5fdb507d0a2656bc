// Divides time into intervals: a number of seconds, a number of months of the calendar, or all of time.

import { ALL_TIME, type TimeBounds } from '../selection/bounds.ts';

/** A division of time. All divisions begin at 1970-01-01T00:00:00Z, a Thursday; years and months are in UTC. */
export type Interval =
  /** An interval begins every `width` seconds, counted from `offset` in seconds since 1970. */
  | { readonly kind: 'seconds'; readonly width: number; readonly offset: number }
  /** An interval begins every `months` months, counted from January of the year 0: three are a quarter, twelve a year. */
  | { readonly kind: 'months'; readonly months: number }
  /** One interval that holds every time. */
  | { readonly kind: 'all' };

export const ALL: Interval = { kind: 'all' };

/** The times `start <= time < end`, in seconds since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The interval of `time`. */
export function spanAt(interval: Interval, time: number): Span {
  switch (interval.kind) {
    case 'seconds':
      return secondsAt(interval.width, interval.offset, time);
    case 'months':
      return monthsAt(interval.months, time);
    case 'all':
      return { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  }
}

/** The interval of `time` as a window. */
export function windowAt(interval: Interval, time: number): TimeBounds {
  const { start, end } = spanAt(interval, time);
  return { low: start, lowInclusive: true, high: end, highInclusive: false };
}

/**
 * The beginning of an interval that is nearest to `time`, and the window of all times that are nearest to the same beginning. A time
 * in the middle of two beginnings belongs, as in ERDDAP, to the beginning that is an even multiple of the seconds, or to the later
 * beginning of the calendar.
 */
export function nearestBeginning(interval: Interval, time: number): { at: number; window: TimeBounds } {
  if (interval.kind === 'all') return { at: Number.NEGATIVE_INFINITY, window: ALL_TIME };
  const span = spanAt(interval, time);
  const middle = middleOf(span);
  const later = time > middle || (time === middle && !middleIsEarlier(interval, span));
  const at = later ? span.end : span.start;
  const before = later ? span : spanBefore(interval, span);
  const after = later ? spanAt(interval, span.end) : span;
  const window = {
    low: middleOf(before),
    lowInclusive: !middleIsEarlier(interval, before),
    high: middleOf(after),
    highInclusive: middleIsEarlier(interval, after),
  };
  return { at, window };
}

function secondsAt(width: number, offset: number, time: number): Span {
  const beginning = (index: number): number => index * width + offset;
  // The quotient can be inexact for a fractional width; the beginnings, as doubles, decide.
  let index = Math.floor((time - offset) / width);
  if (beginning(index) > time) index -= 1;
  else if (beginning(index + 1) <= time) index += 1;
  return { start: beginning(index), end: beginning(index + 1) };
}

/** A time some years within the end of JavaScript's calendar on either side, in seconds. */
const CALENDAR_END = 8.6e12;

function monthsAt(months: number, time: number): Span {
  const date = new Date(Math.max(-CALENDAR_END, Math.min(CALENDAR_END, time)) * 1000);
  const index = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
  return { start: firstOf(index * months), end: firstOf((index + 1) * months) };
}

/** The beginning of a month, counted from January of the year 0. */
function firstOf(month: number): number {
  return new Date(0).setUTCFullYear(0, month, 1) / 1000;
}

function spanBefore(interval: Interval, { start, end }: Span): Span {
  // Half an interval before `start` lies in the interval before, since lengths differ only by a few days.
  return spanAt(interval, start - (end - start) / 2);
}

function middleOf({ start, end }: Span): number {
  return start + (end - start) / 2;
}

function middleIsEarlier(interval: Interval, { start }: Span): boolean {
  return interval.kind === 'seconds' && Math.round((start - interval.offset) / interval.width) % 2 === 0;
}
