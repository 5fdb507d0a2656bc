// Decides what a tile says: the value or word of a column, its extremes of today, and its state.

import { type Level, levelOf } from '../../dap/model/limits.ts';
import { beyondWords } from '../limits/limit-words.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { calendarDate, writeClock, writeDate } from '../text/times.ts';
import { NO_VALUE, writeInteger, writeValue } from '../text/values.ts';

/**
 * `waiting`: no row is known yet. `none`: no value, though its sensor does not fail. `stale`: the value is out of date. `warn`, `alarm`:
 * it is beyond a limit.
 */
export type TileState = 'ok' | 'waiting' | 'none' | 'stale' | 'failing' | Level;

/** What is known of a column. Times in milliseconds since 1970. */
export interface TileInput {
  /** Unpacked; NaN for no value; undefined before the first row. */
  readonly value: number | string | undefined;
  readonly decimals: number;
  /** Unpacked; undefined if they are not known. */
  readonly today?: { readonly least: number; readonly greatest: number } | undefined;
  /** From when on values count, if that is noticeably later than the beginning of the day. */
  readonly since?: number | undefined;
  readonly failing?: { readonly since: number | undefined; readonly reason: string } | undefined;
  readonly isStale?: boolean;
}

/** The texts of a tile; empty for nothing. */
export interface TileReading {
  readonly state: TileState;
  readonly value: string;
  readonly unit: string;
  readonly least: string;
  readonly greatest: string;
  /** From when on today the two count, if that is not the beginning of the day: `since 09:30`. */
  readonly since: string;
  /** Why there is no value, or what the value is beyond. */
  readonly note: string;
}

export function readingOf(column: ShownColumn, input: TileInput): TileReading {
  const value = textOf(column, input);
  const { today } = input;
  const hasExtent = today !== undefined && column.kind !== 'text' && column.flags === undefined;
  return {
    state: stateOf(column, input, value),
    value: value === '' ? NO_VALUE : value,
    unit: value === '' || column.flags?.has(Number(input.value)) === true ? '' : column.unit,
    least: hasExtent ? numberText(column, today.least, input.decimals) : '',
    greatest: hasExtent ? numberText(column, today.greatest, input.decimals) : '',
    since: hasExtent && input.since !== undefined ? `since ${writeClock(input.since).slice(0, 5)}` : '',
    note: noteOf(column, input, value),
  };
}

/** From the first of the states to the last, in which tiles stand. */
const ORDER: readonly TileState[] = ['failing', 'alarm', 'none', 'warn'];

/** Orders tiles: failures first, then alarms, columns without a value and warnings, each in their order. */
export function rankOf(state: TileState): number {
  const place = ORDER.indexOf(state);
  return place < 0 ? ORDER.length : place;
}

/** The value as people read it: a word for a flag, a number with the column's digits; empty for no value. */
function textOf(column: ShownColumn, { value, decimals }: TileInput): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  return Number.isFinite(value) ? numberText(column, value, decimals) : '';
}

function numberText({ kind, flags }: ShownColumn, value: number, decimals: number): string {
  return flags?.get(value) ?? (kind === 'integer' ? writeInteger(value) : writeValue(value, decimals));
}

function stateOf({ limits }: ShownColumn, input: TileInput, value: string): TileState {
  if (input.failing !== undefined) return 'failing';
  if (input.value === undefined) return 'waiting';
  if (input.isStale === true) return 'stale';
  if (value === '') return 'none';
  return (limits === undefined ? undefined : levelOf(limits, Number(input.value))) ?? 'ok';
}

function noteOf(
  { limits }: ShownColumn,
  { failing, isStale, value: number }: TileInput,
  value: string,
): string {
  if (failing !== undefined) return failingText(failing);
  if (number === undefined) return '';
  if (value === '') return 'no value';
  return isStale === true ? '' : beyondWords(limits, Number(number));
}

/** `fails since 04:26: no answer on the bus`, with the date if that is not today. */
function failingText({ since, reason }: NonNullable<TileInput['failing']>): string {
  const isKnown = since !== undefined && calendarDate(since) !== undefined;
  const clock = isKnown ? writeClock(since).slice(0, 5) : '';
  const date = isKnown ? writeDate(since) : '';
  const when = isKnown ? ` since ${date === writeDate(Date.now()) ? clock : `${date} ${clock}`}` : '';
  return `fails${when}${reason === '' ? '' : `: ${reason}`}`;
}
