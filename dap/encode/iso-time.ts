// Writes times in seconds since 1970 as ISO 8601, with all digits of the second: each time reads back as the same number.

import type { NumberColumn } from '../model/value.ts';
import { LARGEST_SCALED, type NumberWriter, POWERS, putEight } from './digits.ts';

/** `UTC` writes `2026-11-28T12:00:00.25Z`, `local` the time of this machine's zone with its offset, `2026-11-28T13:00:00.25+01:00`. */
export type Clock = 'UTC' | 'local';

/** Bytes of a time: of a year with a sign and six digits, twenty places of the second, an offset and two quotes. */
const LONGEST_TIME = 60;

const [POINT, ZERO, QUOTE] = [0x2e, 0x30, 0x22];

/** Microseconds: what clocks and schedules give. */
const MICROS = 6;

/** The decimal places of a second at most: times close to 1970 have more. */
const MOST_PLACES = 20;

/** JavaScript writes smaller numbers with an exponent or a sign. */
const LEAST_PLAIN = 1e-6;

/** The times that a Date of JavaScript has, in seconds. */
const CALENDAR = 8.64e12;

const encoder = new TextEncoder();

/** Writes the times of one column. Remembers the minute of the last one: the next time is rarely of another. */
export class IsoTimeWriter implements NumberWriter {
  readonly longest = LONGEST_TIME;
  readonly #clock: Clock;
  readonly #isQuoted: boolean;
  #minute = Number.NaN;
  /** `2026-11-28T12:00:` */
  #prefix: Uint8Array = new Uint8Array(0);
  /** `Z` or the offset. */
  #zone: Uint8Array = new Uint8Array(0);

  /** @param isQuoted true to write double quotes around each time */
  constructor(clock: Clock, isQuoted = false) {
    this.#clock = clock;
    this.#isQuoted = isQuoted;
  }

  put(view: DataView, at: number, column: NumberColumn, row: number): number {
    let next = at;
    if (this.#isQuoted) view.setUint8(next++, QUOTE);
    next = this.#put(view, next, column, row);
    if (this.#isQuoted) view.setUint8(next++, QUOTE);
    return next;
  }

  #put(view: DataView, at: number, column: NumberColumn, row: number): number {
    const value = column[row]!;
    const minute = Math.floor(value / 60);
    if (minute !== this.#minute) {
      if (!(Math.abs(value) < CALENDAR)) return putBytes(view, at, encoder.encode(String(value)));
      this.#setMinute(minute);
    }
    const whole = Math.floor(value);
    const second = whole - minute * 60;
    const start = putBytes(view, at, this.#prefix);
    view.setUint8(start, ZERO + ((second / 10) | 0));
    view.setUint8(start + 1, ZERO + (second % 10));
    let end = start + 2;
    if (whole !== value) {
      const scaled = Math.round(value * POWERS[MICROS]!);
      const isShort = scaled >= 0 && scaled < LARGEST_SCALED && scaled / POWERS[MICROS]! === value;
      end = isShort
        ? putMicros(view, end, (scaled - whole * POWERS[MICROS]!) | 0)
        : putFraction(view, end, value);
    }
    return putBytes(view, end, this.#zone);
  }

  #setMinute(minute: number): void {
    const offset = this.#clock === 'UTC' ? 0 : -Math.trunc(new Date(minute * 60_000).getTimezoneOffset());
    const iso = new Date((minute + offset) * 60_000).toISOString();
    this.#prefix = encoder.encode(iso.slice(0, -7));
    this.#zone = encoder.encode(this.#clock === 'UTC' ? 'Z' : offsetText(offset));
    this.#minute = minute;
  }
}

function putBytes(view: DataView, at: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) view.setUint8(at + i, bytes[i]!);
  return at + bytes.length;
}

/** Writes a point and up to six digits of 1 to 999,999 microseconds. */
function putMicros(view: DataView, at: number, micros: number): number {
  putEight(view, at + 1, micros * 100);
  view.setUint8(at, POINT);
  let end = at + 1 + MICROS;
  while (view.getUint8(end - 1) === ZERO) end -= 1;
  return end;
}

/** Writes a point and the digits that a number has behind it. */
function putFraction(view: DataView, at: number, value: number): number {
  if (value < LEAST_PLAIN) return putBytes(view, at, encoder.encode(`.${fractionOf(value)}`));
  const text = String(value);
  const point = text.indexOf('.');
  for (let i = point; i < text.length; i++) view.setUint8(at + i - point, text.charCodeAt(i));
  return at + text.length - point;
}

/** The digits of a time behind its whole second, of a second that begins at or before it. */
function fractionOf(value: number): string {
  let places = 1;
  while (places < MOST_PLACES && Number(value.toFixed(places)) !== value) places += 1;
  const [, digits = ''] = value.toFixed(places).split('.');
  if (value > 0 || BigInt(digits) === 0n) return digits;
  return String(10n ** BigInt(places) - BigInt(digits)).padStart(places, '0');
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
