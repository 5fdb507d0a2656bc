// Defines the limits of a column: the bounds beyond which its values are a warning or an alarm.

import { z } from 'zod';
import { type ColumnLimits, LEVELS, type Level } from '../../../dap/model/limits.ts';

const bounds = (description: string) =>
  z
    .strictObject({
      below: z.number().optional().describe('Values less than this are beyond the limit.'),
      above: z.number().optional().describe('Values greater than this are beyond the limit.'),
    })
    .superRefine(({ below, above }, context) => {
      if (below === undefined && above === undefined && context.issues.length === 0)
        refuse(context, [], 'below, above or both', 'an empty mapping');
      if (below !== undefined && above !== undefined && below > above)
        refuse(context, ['below'], `a number of at most ${above}, the upper bound`, below);
    })
    .optional()
    .meta({ description, expected: 'a mapping with below, above or both, such as {above: 30}' });

/** The keys of limits, in the units of the corrected value. */
export const LIMIT_SHAPE = {
  warn: bounds(
    'The bounds beyond which the page warns, in the units of the column; the attributes warn_below and warn_above.',
  ),
  alarm: bounds(
    'The bounds beyond which the page raises an alarm, in the units of the column; the attributes alarm_below and alarm_above.',
  ),
};

/** Refuses an alarm that begins before its warning, and limits that leave no value between them. */
export function refineLimits({ warn, alarm }: ColumnLimits, context: z.RefinementCtx): void {
  if (warn === undefined || alarm === undefined) return;
  const refused = (side: string, expected: string, found: number) =>
    refuse(context, ['alarm', side], expected, found);
  if (isGreater(warn.above, alarm.above))
    refused('above', `a number of at least ${warn.above}, above which it warns`, alarm.above!);
  else if (isGreater(warn.below, alarm.above))
    refused('above', `a number of at least ${warn.below}, below which it warns`, alarm.above!);
  if (isGreater(alarm.below, warn.below))
    refused('below', `a number of at most ${warn.below}, below which it warns`, alarm.below!);
  else if (isGreater(alarm.below, warn.above))
    refused('below', `a number of at most ${warn.above}, above which it warns`, alarm.below!);
}

function isGreater(one: number | undefined, other: number | undefined): boolean {
  return one !== undefined && other !== undefined && one > other;
}

function refuse(
  context: z.RefinementCtx,
  path: readonly string[],
  expected: string,
  found: number | string,
): void {
  context.addIssue({ code: 'custom', path: [...path], params: { expected, found: String(found) } });
}

/** The valid limits among the keys of a column; undefined without any. */
export function limitsFrom(written: Readonly<Record<string, unknown>>): ColumnLimits | undefined {
  const entries = LEVELS.flatMap((level): [Level, NonNullable<ColumnLimits[Level]>][] => {
    const { data } = LIMIT_SHAPE[level].safeParse(written[level]);
    if (data === undefined) return [];
    const given = Object.entries(data).filter(([, value]) => value !== undefined);
    return [[level, Object.fromEntries(given)]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
