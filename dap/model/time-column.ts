// Finds the column of a Sequence that holds the time of its rows, by its name and its units.

import { type AttributeTable, attributeText, columnAttributes } from './attributes.ts';
import { isNumberType } from './layout.ts';
import { meaningOf, type NumberMeaning } from './meaning.ts';
import { isRealCalendar, parseTimeUnits, type TimeUnits, UNIX_SECONDS } from './time-units.ts';
import { type Atomic, isAtomic, type Sequence, type Variable } from './variable.ts';

export interface TimeColumn {
  readonly name: string;
  readonly units: TimeUnits;
  /** False if the column counts from an unnamed moment: its times are durations, not dates. */
  readonly absolute: boolean;
  /** Tells times from missing values. */
  readonly meaning?: NumberMeaning | undefined;
}

/** The name that marks a column of numbers as the time without any attribute. */
const TIME = 'time';

/** The column of numbers named exactly `time`. Streams are resumed by it without a request for its units. */
export function namedTime({ fields }: Sequence): Atomic | undefined {
  return fields.filter(isNumeric).find(({ name }) => name === TIME);
}

/** The column by which streams are resumed: the column named exactly `time`, else the result of `findTime`. */
export function findResumeTime(sequence: Sequence, attributes: AttributeTable): TimeColumn | undefined {
  const named = namedTime(sequence);
  return findTime(named === undefined ? sequence : { ...sequence, fields: [named] }, attributes);
}

/**
 * The numeric column named `time` (in any case), if its units name a moment to count from; else the first numeric column whose units
 * do; else the column named `time`, in seconds since 1970 if it has no units. Undefined without such a column, and for a `time` in
 * units that are not a time. The units of a packed column are those of its stored numbers.
 */
export function findTime(sequence: Sequence, attributes: AttributeTable): TimeColumn | undefined {
  const candidates = sequence.fields.filter(isNumeric).map(({ name, type }) => {
    const table = columnAttributes(attributes, sequence.name, name);
    const text = attributeText(table, 'units');
    return { name, type, table, text, units: parseTimeUnits(text) };
  });
  const named = candidates.find(({ name }) => name.toLowerCase() === TIME);
  const found =
    (named?.units === undefined ? candidates.find(candidate => candidate.units !== undefined) : named) ??
    named;
  if (found === undefined) return undefined;
  const { name, type, table, text } = found;
  const time = countedFrom(found.units, text, attributeText(table, 'calendar'));
  const meaning = meaningOf(type, table);
  if (time === undefined || meaning === undefined) return time && { name, ...time };
  return { name, ...time, units: packed(time.units, meaning), meaning };
}

/** The units of a time column by its attributes `units` and `calendar`; undefined for units that are not a time. */
function countedFrom(
  units: TimeUnits | undefined,
  text: string | undefined,
  calendar: string | undefined,
): Pick<TimeColumn, 'units' | 'absolute'> | undefined {
  if (units !== undefined && isRealCalendar(calendar)) return { units, absolute: true };
  // A day of another calendar is not a date of this one, but lasts as long.
  if (units !== undefined) return { units: { ...units, epoch: 0 }, absolute: false };
  if (!text) return { units: UNIX_SECONDS, absolute: true };
  const span = parseTimeUnits(`${text} since 1970-01-01`);
  return span && { units: span, absolute: false };
}

/** The units of packed numbers: a number times a scale plus an offset is a time (CF conventions, section 8.1). */
function packed({ millis, epoch }: TimeUnits, { scale, offset }: NumberMeaning): TimeUnits {
  return { millis: millis * scale, epoch: epoch + offset * millis };
}

/** True for an atomic column of numbers. */
function isNumeric(field: Variable): field is Atomic {
  return isAtomic(field) && isNumberType(field.type);
}
