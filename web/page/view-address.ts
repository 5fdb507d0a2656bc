// Reads the view that the page's address names, with a sentence about each part that it does not understand, and writes a view.

import { nearest } from '../../dap/model/nearest.ts';
import type { Stretch } from '../past/past-rows.ts';
import { isStanding, LONGEST, SHORTEST, type Shown } from '../past/timeline.ts';
import {
  doubledIn,
  lastValue,
  PARAMETERS,
  type ParameterName,
  type Parameters,
  parametersOf,
  unknownIn,
} from '../stream/parameters.ts';
import { isRelative, lengthNamed, momentOf, type Unread, writeLength, writeMoment } from './view-times.ts';

/** The beginning of each sentence about the address. */
export const SAYS = 'The address of this page says';

/** The colours that an address may name. */
export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

export interface NamedView {
  /** The time in the charts; undefined if the address names none. */
  readonly shown: Shown | undefined;
  /** The pinned moment, in milliseconds since 1970. */
  readonly at: number | undefined;
  /** The columns that are shown, as the address writes them; undefined for all. */
  readonly columns: readonly string[] | undefined;
  readonly theme: Theme | undefined;
  /** What the page does not understand, by the part of the view that it belongs to: sentences for the reader. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** The part of the view: a problem is over when the reader changes that part. */
  readonly of: 'address' | 'time' | 'moment' | 'columns' | 'theme' | 'page';
  readonly text: string;
}

/** The view that `href` names. `now`: the time of the server's clock, in milliseconds since 1970. */
export function namedView(href: string, now: number): NamedView {
  const parameters = parametersOf(href);
  const problems: Problem[] = [];
  const report = (of: Problem['of'], text: string) => problems.push({ of, text: `${SAYS} ${text}` });
  for (const name of unknownIn(parameters)) {
    const near = nearest(name, PARAMETERS);
    const hint = near === undefined ? `Known are ${PARAMETERS.join(', ')}.` : `Did you mean ${near}?`;
    report('address', `${name}: no parameter has this name. ${hint}`);
  }
  for (const name of doubledIn(parameters)) {
    const values = parameters.get(name)!;
    report(
      'address',
      `${values.map(value => `${name}=${value}`).join(' and ')}: expected one. ${name}=${values.at(-1)} counts.`,
    );
  }
  const shown = timeNamed(parameters, now, text => report('time', text));
  const at = momentNamed(parameters, now, text => report('moment', text));
  const theme = lastValue(parameters, 'theme');
  const isTheme = (THEMES as readonly (string | undefined)[]).includes(theme);
  if (theme !== undefined && !isTheme) report('theme', `theme=${theme}: expected dark or light.`);
  const columns = lastValue(parameters, 'cols')
    ?.split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  return { shown, at, columns, theme: isTheme ? (theme as Theme) : undefined, problems };
}

/** The parameters of the time that is shown. */
export function timeParameters(shown: Shown): Partial<Record<ParameterName, string | undefined>> {
  return isStanding(shown)
    ? { from: writeMoment(shown.from), to: writeMoment(shown.to), window: undefined }
    : { from: undefined, to: undefined, window: writeLength(shown.window) };
}

/** The time that parameters name; undefined if they name none, or one that cannot be read, of which `report` gets a sentence. */
export function timeNamed(
  parameters: Parameters,
  now: number,
  report: (text: string) => void,
): Shown | undefined {
  const [from, to, window] = (['from', 'to', 'window'] as const).map(name => lastValue(parameters, name));
  const instead = 'The usual window is shown instead.';
  const fail = (name: string, value: string, { expected }: Unread) => {
    report(`${name}=${value}: expected ${expected}. ${instead}`);
    return undefined;
  };
  const length = window === undefined ? undefined : lengthNamed(window);
  if (window !== undefined && !isLength(length)) {
    const expected = typeof length === 'object' ? length.expected : 'a length from 1s to 20y';
    fail('window', window, { expected });
    if (from === undefined || to === undefined) return undefined;
  }
  const millis = isLength(length) ? length : undefined;
  if (from === undefined && to === undefined) return millis === undefined ? undefined : { window: millis };
  if (from !== undefined && to !== undefined && millis !== undefined) {
    report(`window=${window} besides from and to: expected two of the three. From and to count.`);
  }
  const begin = from === undefined ? undefined : momentOf(from, now);
  const end = to === undefined ? undefined : momentOf(to, now);
  if (typeof begin === 'object') return fail('from', from!, begin);
  if (typeof end === 'object') return fail('to', to!, end);
  const isUpToNow = to === undefined || to.trim() === 'now';
  if (begin === undefined) {
    if (millis === undefined) return fail('to', to!, { expected: 'from= or window= besides' });
    return isUpToNow ? { window: millis } : { from: end! - millis, to: end! };
  }
  if (to === undefined && millis !== undefined) return { from: begin, to: begin + millis };
  const last = end ?? now;
  if (!(last - begin >= SHORTEST && last - begin <= LONGEST)) {
    const found = to === undefined ? `from=${from}` : `from=${from} and to=${to}`;
    const expected = last - begin > LONGEST ? 'at most 20 years' : 'a beginning that is earlier than the end';
    report(`${found}: expected ${expected}. ${instead}`);
    return undefined;
  }
  return isUpToNow && isRelative(from!) ? { window: last - begin } : { from: begin, to: last };
}

function isLength(length: number | Unread | undefined): length is number {
  return typeof length === 'number' && length >= SHORTEST && length <= LONGEST;
}

function momentNamed(
  parameters: Parameters,
  now: number,
  report: (text: string) => void,
): number | undefined {
  const text = lastValue(parameters, 'at');
  const at = text === undefined ? undefined : momentOf(text, now);
  if (typeof at !== 'object') return at;
  report(`at=${text}: expected ${at.expected}. No moment is marked.`);
  return undefined;
}

/** A sentence about the moment `at` of the address if it lies outside of the stretch that is shown. */
export function outsideOf(at: number, { from, to }: Stretch): string | undefined {
  if (at >= from && at <= to) return undefined;
  return `${SAYS} at=${writeMoment(at)}: expected a moment from ${writeMoment(from)} to ${writeMoment(to)}, the time that is shown. No moment is marked.`;
}
