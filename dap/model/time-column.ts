// Finds the column of a Sequence that holds the time of its rows.

import { type AttributeTable, attributeTable, attributeText } from './attributes.ts';
import { parseTimeUnits, type TimeUnits, UNIX_SECONDS } from './time-units.ts';
import { type Atomic, isAtomic, type Sequence, type Variable } from './variable.ts';

export interface TimeColumn {
  readonly name: string;
  readonly units: TimeUnits;
  /** False where the column counts from a moment that it does not name: its times are spans, not times of day. */
  readonly absolute: boolean;
}

/** The name that a column of times has where no units tell. */
const TIME = 'time';

/**
 * The numeric column named `time` (in any case), if its units name a moment to count from; else the first numeric column
 * whose units do; else the one named `time`, whose units are seconds since 1970 where it has none. Undefined without one.
 */
export function findTime(sequence: Sequence, attributes: AttributeTable): TimeColumn | undefined {
  const candidates = sequence.fields.filter(isNumeric).map(({ name }) => {
    const text = attributeText(columnAttributes(attributes, sequence.name, name), 'units');
    return { name, text, units: parseTimeUnits(text) };
  });
  const named = candidates.find(({ name }) => name.toLowerCase() === TIME);
  const { name, text, units } =
    (named?.units === undefined ? candidates.find(candidate => candidate.units !== undefined) : named) ??
    named ??
    {};
  if (name === undefined) return undefined;
  if (units !== undefined) return { name, units, absolute: true };
  if (!text) return { name, units: UNIX_SECONDS, absolute: true };
  return { name, units: parseTimeUnits(`${text} since 1970-01-01`) ?? UNIX_SECONDS, absolute: false };
}

/** The attributes of a column, which servers nest in tables or, some, write with a dot. */
export function columnAttributes(
  attributes: AttributeTable,
  sequence: string,
  column: string,
): AttributeTable | undefined {
  return attributeTable(attributes, sequence, column) ?? attributeTable(attributes, `${sequence}.${column}`);
}

/** True for a column of numbers. */
export function isNumeric(field: Variable): field is Atomic {
  return isAtomic(field) && field.type !== 'String' && field.type !== 'Url';
}
