// Places the lines of the time axis, and writes their labels: at round times of day, days, months and years of the browser's time zone.

import { writeClock, writeDate, writeSpan } from './times.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A month as a step: the lines stand at the beginnings of months. */
const MONTH = 30 * DAY;
const YEAR = 12 * MONTH;

/** Distances between lines that people count in, in milliseconds. */
const STEPS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map(hours => hours * HOUR),
  ...[1, 2, 7, 14].map(days => days * DAY),
  ...[1, 2, 3, 6].map(months => months * MONTH),
  ...[1, 2, 5, 10, 20, 50, 100, 1000, 10_000].map(years => years * YEAR),
];

/** The distance between lines on an axis of `span` milliseconds that has room for `lines` of them; months count as 30 days. */
export function timeStep(span: number, lines: number): number {
  return STEPS.find(step => span / step <= lines) ?? STEPS.at(-1)!;
}

/** The times of the axis's lines from `from` to `to`. `absolute` is false for spans since a moment without a name. */
export function timeTicks(from: number, to: number, step: number, absolute = true): number[] {
  if (!absolute || step < HOUR) return multiples(from, to, step);
  return step < MONTH ? localTicks(from, to, step) : monthTicks(from, to, Math.round(step / MONTH));
}

/** The day and the month, in the language of the browser. */
const shortDate = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** The label of a line of the axis: with seconds if lines are closer than a minute, and the date where a day begins. */
export function writeTick(time: number, step: number, absolute: boolean): string {
  if (!absolute) return writeSpan(time, step < 1000);
  if (step >= YEAR) return writeDate(time).slice(0, 4);
  if (step >= MONTH) return writeDate(time).slice(0, 7);
  const clock = writeClock(time, step < 1000);
  if (step >= DAY || /^00:00:00(?:\D000)?$/.test(clock)) return shortDate.format(time);
  return step < 1000 ? clock : clock.slice(0, step < 60_000 ? 8 : 5);
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from(
    { length: Math.max(0, Math.floor(to / step) - first + 1) },
    (_, index) => (first + index) * step,
  );
}

/** Hours and days are counted by the clock on the wall, which a change to summer time shifts. */
function localTicks(from: number, to: number, step: number): number[] {
  const ticks: number[] = [];
  const wall = (time: number) => time - new Date(time).getTimezoneOffset() * 60_000;
  for (const at of multiples(wall(from) - HOUR, wall(to) + HOUR, step)) {
    const date = new Date(at);
    const time = new Date(
      date.getUTCFullYear(),
      date.getUTCMonth(),
      date.getUTCDate(),
      date.getUTCHours(),
      date.getUTCMinutes(),
    ).getTime();
    if (time >= from && time <= to && time !== ticks.at(-1)) ticks.push(time);
  }
  return ticks;
}

function monthTicks(from: number, to: number, months: number): number[] {
  const date = new Date(from);
  const ticks: number[] = [];
  const counted = date.getFullYear() * 12 + date.getMonth();
  for (let month = Math.floor(counted / months) * months; ; month += months) {
    // The constructor of dates takes years before 100 as those of the 20th century.
    const time = new Date(2000, 0).setFullYear(0, month, 1);
    if (!(time <= to)) return ticks;
    if (time >= from) ticks.push(time);
  }
}
