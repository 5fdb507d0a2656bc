// Finds the column of a Sequence that holds the time of its rows.

import { type AttributeTable, attributeTable, attributeText } from './attributes.ts';
import { meaningOf, type NumberMeaning } from './meaning.ts';
import { packedUnits, parseTimeUnits, type TimeUnits, UNIX_SECONDS } from './time-units.ts';
import { type Atomic, isAtomic, type Sequence, type Variable } from './variable.ts';

export interface TimeColumn {
  readonly name: string;
  readonly units: TimeUnits;
  /** False where the column counts from a moment that it does not name: its times are spans, not times of day. */
  readonly absolute: boolean;
  /** Tells times from what stands for none; undefined where every number but NaN is a time. */
  readonly meaning?: NumberMeaning | undefined;
}

/** The name that a column of times has where no units tell. */
const TIME = 'time';

/**
 * The numeric column named `time` (in any case), if its units name a moment to count from; else the first numeric column
 * whose units do; else the one named `time`, whose units are seconds since 1970 where it has none. Undefined without one.
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
  const meaning = meaningOf(type, table);
  const absolute = found.units !== undefined || !text;
  const units = found.units ?? parseTimeUnits(`${text} since 1970-01-01`) ?? UNIX_SECONDS;
  if (meaning === undefined || meaning.isPlain) return { name, units, absolute };
  return { name, units: packedUnits(units, meaning.scale, meaning.offset), absolute, meaning };
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
