// Which interval a time lies in: so many seconds, so many months of the calendar, or all of time.

import { ALL_TIME, type TimeBounds } from '../selection/bounds.ts';

/** How time is divided. All divisions begin at 1970-01-01T00:00:00Z, weeks on its Thursday, years and months in UTC. */
export type Interval =
  /** From `offset` on, in seconds since 1970, every `width` seconds. */
  | { readonly kind: 'seconds'; readonly width: number; readonly offset: number }
  /** So many months, counted from January of the year 0: three are a quarter, twelve a year. */
  | { readonly kind: 'months'; readonly months: number }
  /** One interval that holds every time. */
  | { readonly kind: 'all' };

export const ALL: Interval = { kind: 'all' };

/** The times `start <= time < end`, in seconds since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The interval that `time` lies in. */
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

/** The window of time that `spanAt` gives. */
export function windowAt(interval: Interval, time: number): TimeBounds {
  const { start, end } = spanAt(interval, time);
  return { low: start, lowInclusive: true, high: end, highInclusive: false };
}

/**
 * The beginning of an interval that is nearest to `time`, and the window of the times that are nearest to the same. What lies
 * in the middle of two beginnings belongs, as in ERDDAP, to the one that is an even multiple of the seconds, or to the later
 * one of the calendar.
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
  // The quotient can be a hair off where the width is a fraction; the beginnings, as doubles, decide.
  let index = Math.floor((time - offset) / width);
  if (beginning(index) > time) index -= 1;
  else if (beginning(index + 1) <= time) index += 1;
  return { start: beginning(index), end: beginning(index + 1) };
}

/** The last time that JavaScript's calendar knows on either side, and some years less, in seconds. */
const CALENDAR_END = 8.6e12;

function monthsAt(months: number, time: number): Span {
  const date = new Date(Math.max(-CALENDAR_END, Math.min(CALENDAR_END, time)) * 1000);
  const index = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months);
  return { start: firstOf(index * months), end: firstOf((index + 1) * months) };
}

/** The beginning of a month that is counted from January of the year 0. */
function firstOf(month: number): number {
  return new Date(0).setUTCFullYear(0, month, 1) / 1000;
}

function spanBefore(interval: Interval, { start, end }: Span): Span {
  // Anywhere within the one before: no two intervals differ in length by more than a few days, or one leap year's.
  return spanAt(interval, start - (end - start) / 2);
}

function middleOf({ start, end }: Span): number {
  return start + (end - start) / 2;
}

function middleIsEarlier(interval: Interval, { start }: Span): boolean {
  return interval.kind === 'seconds' && Math.round((start - interval.offset) / interval.width) % 2 === 0;
}
