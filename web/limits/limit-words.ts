// Writes limits and what lies beyond them in words: `above 30`, `alarm: above 35`.

import { type ColumnLimits, type Level, levelOf, listedLimits } from '../../dap/model/limits.ts';
import { writeValue } from '../text/values.ts';

/** The most digits of a limit: a bound in single precision has no more of its own. */
const DIGITS = 7;

/** The name of a level for people, and its sign, which tells it apart without colours. */
export const LEVEL_WORDS: Readonly<Record<Level, { readonly name: string; readonly sign: string }>> = {
  warn: { name: 'warning', sign: '!' },
  alarm: { name: 'alarm', sign: '⚠' },
};

export function writeLimit(value: number): string {
  const [, fraction = ''] = String(Number(value.toPrecision(DIGITS))).split('.');
  return writeValue(value, fraction.length);
}

/** What is beyond a limit, such as `alarm: above 35`; empty for a value within, and for a missing one. */
export function beyondWords(limits: ColumnLimits | undefined, value: number): string {
  const level = limits === undefined ? undefined : levelOf(limits, value);
  if (limits === undefined || level === undefined || level === 'ok') return '';
  const beyond = listedLimits(limits).find(
    limit => limit.level === level && (limit.side === 'above' ? value > limit.value : value < limit.value),
  );
  return beyond === undefined ? '' : `${LEVEL_WORDS[level].name}: ${beyond.side} ${writeLimit(beyond.value)}`;
}
