// Declares a problem of a configuration, prints it as one sentence, and sorts problems by their positions.

import { withVisible } from '../../../device/index.ts';
import { visibleLine } from '../../text/visible-text.ts';

/** One mistake, which `problemLine` prints. */
export interface Problem {
  /** The file, or the option of the command line. */
  readonly source: string;
  /** Both from 1; undefined for a problem of the whole file, or of an option. */
  readonly line?: number;
  readonly column?: number;
  /** Such as `datasets.garden.sensors[0].zone`; empty for the whole configuration. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** How to fix it, such as `did you mean "port"?`. */
  readonly hint?: string;
}

/** `FILE:LINE:COLUMN: PATH: expected ..., found ...; HINT`. */
export function problemLine({ source, line, column, path, expected, found, hint }: Problem): string {
  // A line break in the file's name would look like a second problem.
  const name = visibleLine(source);
  const place = line === undefined ? name : `${name}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}${hint === undefined ? '' : `; ${hint}`}`;
}

/** The problems sorted by position; of several at one position and path only the first, which causes the others. */
export function sortedProblems(problems: readonly Problem[], sources: readonly string[]): Problem[] {
  const seen = new Set<string>();
  const rank = ({ source }: Problem) => sources.indexOf(source);
  return problems
    .filter(({ source, line, column, path }) => {
      const place = JSON.stringify([source, line, column, path]);
      return !seen.has(place) && seen.add(place);
    })
    .sort((a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** A step of a path: a key, or an index of a list. */
export type Step = string | number;

/** A path as text, such as `datasets.garden.sensors[0]`. Keys with other characters are quoted. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = /^[\w-]+$/.test(step) ? step : quoted(step);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

const LONGEST_QUOTATION = 60;

/** A text in quotes on one line, shortened, with escapes for invisible characters. */
export function quoted(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST_QUOTATION)];
  const whole = characters.length <= LONGEST_QUOTATION;
  const shown = whole ? text : `${characters.slice(0, LONGEST_QUOTATION).join('')}...`;
  return withVisible(JSON.stringify(shown));
}
