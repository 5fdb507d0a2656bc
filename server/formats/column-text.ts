// Decides how the numbers of each column are written as text: times as ISO 8601, and digits by the resolution of a column.

import {
  type AttributeTable,
  attributeText,
  columnAttributes,
  type FormatOption,
  IsoTimeWriter,
  type NumberWriter,
  parseTimeUnits,
  placesOf,
  RoundedWriter,
  type Sequence,
} from '../../dap/protocol.ts';

/** How times are written: in UTC, as seconds since 1970, or in the time zone of the server. */
export type TimeForm = 'iso' | 'epoch' | 'local';

export const TIME_OPTION: FormatOption = {
  name: 'time',
  values: ['iso', 'epoch', 'local'],
  summary:
    "times in UTC (2026-11-28T12:00:00.25Z), as seconds since 1970, or in the server's time zone (2026-11-28T13:00:00.25+01:00)",
};

/** The chosen form: an option has one of its values. */
export function timeForm(options: Readonly<Record<string, string>>): TimeForm {
  return (options[TIME_OPTION.name] ?? TIME_OPTION.values[0]) as TimeForm;
}

/** The suffix and the attributes of a column, undefined without any. */
export function attributesOf(
  { name }: Sequence,
  attributes: AttributeTable,
  column: string,
): AttributeTable | undefined {
  return columnAttributes(attributes, name, column);
}

/** Whether the numbers are seconds since 1970, which other forms of time can stand for. */
export function isTime(table: AttributeTable | undefined): boolean {
  const units = parseTimeUnits(attributeText(table, 'units'));
  return units?.millis === 1000 && units.epoch === 0;
}

export interface ColumnTextOptions {
  readonly time: TimeForm;
  /** True to write quotes around times that are no number. */
  readonly isQuoted?: boolean;
  /** True to write as many digits as the resolution of a column gives a meaning; else all. */
  readonly isRounded?: boolean;
}

/** The writers of columns that are not written with all digits; undefined for the others. */
export function columnWriters(
  sequence: Sequence,
  attributes: AttributeTable,
  { time, isQuoted = false, isRounded = false }: ColumnTextOptions,
): readonly (NumberWriter | undefined)[] {
  return sequence.fields.map(({ name, type }) => {
    const table = attributesOf(sequence, attributes, name);
    if (type !== 'Float64' && type !== 'Float32') return undefined;
    if (isTime(table))
      return time === 'epoch' ? undefined : new IsoTimeWriter(time === 'iso' ? 'UTC' : 'local', isQuoted);
    const places = isRounded ? placesOf(Number(attributeText(table, 'resolution') ?? Number.NaN)) : undefined;
    return places === undefined ? undefined : new RoundedWriter(type, places);
  });
}
