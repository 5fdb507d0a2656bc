// What is wrong with a configuration, and where: one sentence a problem, in the order of the places.

import { withVisible } from '../../../device/index.ts';
import { visibleLine } from '../../text/visible-text.ts';

/** One mistake. `toString`-ready by `problemLine`. */
export interface Problem {
  /** The file, or the option of the command line. */
  readonly source: string;
  /** Both from 1; undefined where the whole file is meant, or no file at all. */
  readonly line?: number;
  readonly column?: number;
  /** Such as `datasets.garden.sensors[0].zone`; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** What to do about it, such as `did you mean "port"?`. */
  readonly hint?: string;
}

/** `FILE:LINE:COLUMN: PATH: expected ..., found ...; HINT`. */
export function problemLine({ source, line, column, path, expected, found, hint }: Problem): string {
  // The name of a file may have ends of lines too, which would pass for another problem.
  const name = visibleLine(source);
  const place = line === undefined ? name : `${name}:${line}:${column}`;
  return `${place}: ${path === '' ? '' : `${path}: `}expected ${expected}, found ${found}${hint === undefined ? '' : `; ${hint}`}`;
}

/** The problems by place, each once; of several at one place and path the first, which is the one that the others follow from. */
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

/** A path as people read it: `datasets.garden.sensors[0]`. Keys that would be unclear are quoted. */
export function pathText(path: readonly Step[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = /^[\w-]+$/.test(step) ? step : quoted(step);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

const LONGEST_QUOTATION = 60;

/** A text in quotes, on one line, with what cannot be seen as escapes, and no longer than a person reads. */
export function quoted(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST_QUOTATION)];
  const whole = characters.length <= LONGEST_QUOTATION;
  const shown = whole ? text : `${characters.slice(0, LONGEST_QUOTATION).join('')}...`;
  return withVisible(JSON.stringify(shown));
}
