// Parses the numbers of a table strictly, and tells decimal commas from separators of thousands.

import { looksLikeInstant, secondsOfInstant } from '../../dap/model/instant.ts';
import { oddCharacter, withVisible } from '../odd-characters.ts';

/** The character between the fields of a table. */
export type Delimiter = ',' | ';' | '\t';

/** The texts for a missing value, in lower case. */
const MISSING = new Set(['', 'nan', '-nan', 'na', 'n/a', 'null', 'none', '-', '--']);

const WITH_POINT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WITH_COMMA = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** `1,013` and `1.013`: a number with a decimal mark, or a whole one with a separator of thousands. */
const LIKE_THOUSANDS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;

/** `1.234,5`, `1 234.5`, `1'234`, `1,234,567`. */
const THOUSANDS = /^[+-]?\d{1,3}(?:[.,'\u2019\s]\d{3})+(?:[.,]\d+)?$/u;

const WITH_UNIT = /^[+-]?\d+(?:[.,]\d+)?\s*[^\d\s.,:/-][^\d]*$/;

const DATE = /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b/;

interface Sighting {
  readonly text: string;
  readonly line: number;
}

/** The decimal marks of one column so far. */
interface Marks {
  comma?: Sighting;
  point?: Sighting;
  /** A number without a mark. */
  whole?: Sighting;
  /** At least one number cannot be a whole number with a separator of thousands. */
  isDecimal: boolean;
}

export class Decimals {
  readonly #delimiter: Delimiter;
  readonly #names: readonly string[];
  readonly #marks: readonly Marks[];

  constructor(delimiter: Delimiter, names: readonly string[]) {
    this.#delimiter = delimiter;
    this.#names = names;
    this.#marks = names.map(() => ({ isDecimal: false }));
  }

  /**
   * A number, NaN for a missing value, or the seconds since 1970 of an ISO 8601 time.
   * @throws one sentence with line and column
   */
  read(text: string, place: number, line: number): number {
    if (MISSING.has(text.toLowerCase())) return Number.NaN;
    const where = `line ${line}, column ${this.#names[place]}`;
    this.note(text, place, line);
    const marks = this.#marks[place]!;
    if (WITH_POINT.test(text)) {
      if (marks.comma !== undefined && text.includes('.')) throw mixed(where, text, marks.comma);
      return finite(Number(text), text, where);
    }
    if (WITH_COMMA.test(text)) {
      if (this.#delimiter === ',')
        throw unfit(where, text, `write ${text.replace(',', '.')}, or put ";" between the fields`);
      if (marks.point !== undefined) throw mixed(where, text, marks.point);
      return finite(Number(text.replace(',', '.')), text, where);
    }
    const [, sign] = INFINITE.exec(text) ?? [];
    if (sign !== undefined) return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (looksLikeInstant(text)) {
      return secondsOfInstant(text, expected => {
        throw new Error(`${where}: expected ${expected}, found ${shown(text)}`);
      });
    }
    throw unfit(where, text, hintFor(text));
  }

  /** Records the decimal mark of a number, also for columns that are not read: a file writes all its numbers the same way. */
  note(text: string, place: number, line: number): void {
    if (this.#delimiter === ',') return;
    const marks = this.#marks[place]!;
    const mark = WITH_COMMA.test(text)
      ? 'comma'
      : !WITH_POINT.test(text)
        ? undefined
        : text.includes('.')
          ? 'point'
          : 'whole';
    if (mark === undefined) return;
    marks[mark] ??= { text, line };
    if (mark !== 'whole' && !LIKE_THOUSANDS.test(text)) marks.isDecimal = true;
  }

  /**
   * Checks the columns that were read, by their indices, after the last row.
   * @throws one sentence, if a number such as `1,013` may mean 1.013 or 1013
   */
  finish(places: readonly number[]): void {
    for (const place of places) {
      const { comma, point, whole, isDecimal } = this.#marks[place]!;
      const seen = comma ?? point;
      if (seen === undefined || isDecimal) continue;
      const other = this.#other(comma === undefined ? 'comma' : 'point', place);
      const isUnclear =
        other !== undefined || (comma !== undefined && (whole !== undefined || this.#delimiter === '\t'));
      if (!isUnclear) continue;
      const digits = seen.text.replace(/[.,]/, '');
      const beside = other === undefined ? '' : ` beside ${shown(other.text)} in line ${other.line}`;
      throw unfit(
        `line ${seen.line}, column ${this.#names[place]}`,
        seen.text,
        `it may be ${seen.text.replace(',', '.')} or ${digits}${beside}: write numbers with a decimal point and without separators of thousands`,
      );
    }
  }

  #other(mark: 'comma' | 'point', place: number): Sighting | undefined {
    return this.#marks.find((marks, index) => index !== place && marks[mark] !== undefined)?.[mark];
  }
}

function finite(number: number, text: string, where: string): number {
  if (Number.isFinite(number)) return number;
  throw new Error(`${where}: expected a number that a Float64 can hold, found ${shown(text)}`);
}

function mixed(where: string, text: string, before: Sighting): Error {
  return unfit(
    where,
    text,
    `the column has ${shown(before.text)} in line ${before.line}: write all of them with a decimal point`,
  );
}

function unfit(where: string, text: string, hint: string | undefined): Error {
  const odd = oddCharacter(text);
  const named = odd === undefined ? '' : ` with ${odd.name} as its character ${odd.index + 1}`;
  const advice = hint === undefined ? '' : `; ${hint}`;
  return new Error(`${where}: expected a number or a time, found ${shown(text)}${named}${advice}`);
}

function shown(text: string): string {
  return withVisible(JSON.stringify(text.slice(0, 60)));
}

function hintFor(text: string): string | undefined {
  if (THOUSANDS.test(text)) return 'write numbers without separators of thousands';
  if (DATE.test(text)) return 'write times as 2026-11-21T10:00:00Z';
  if (WITH_UNIT.test(text)) return 'write the number alone, without a unit';
  if (/^[+-]?0[xob]/i.test(text)) return 'write it as a decimal number';
  return undefined;
}
