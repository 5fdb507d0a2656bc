// Writes the newest row of a dataset: its values with their units, its time and age, and the state of each sensor.

import {
  type AttributeTable,
  attributeText,
  columnAttributes,
  IsoTimeWriter,
  meaningOf,
  type NumberMeaning,
} from '../../../dap/protocol.ts';
import { type Dataset, sensorsIn } from '../../dataset/dataset.ts';
import type { SequenceColumn } from '../../source/row-source.ts';
import { shortest } from './shortest.ts';

/** Its fields are always there, before the first row with null. `now`: seconds since 1970. */
export function newestRowOf(dataset: Dataset, now: number): object {
  const { info, layout, attributes } = dataset;
  const [time, ...others] = dataset.newestRow() ?? [];
  const columns = layout.columns.slice(1).map((column, index) => {
    const table = columnAttributes(attributes, layout.name, column.name);
    return { column, table, value: shownValue(column, table, others[index]) };
  });
  const status = dataset.status();
  return {
    dataset: info.name,
    title: info.title,
    time: time === undefined ? null : isoTime(time),
    epoch: time ?? null,
    age: time === undefined ? null : Math.round((now - time) * 1000) / 1000,
    values: Object.fromEntries(columns.map(({ column, value }) => [column.name, value])),
    columns: Object.fromEntries(
      columns.map(({ column, table }) => [
        column.name,
        { ...words(table), ...info.limits?.get(column.name) },
      ]),
    ),
    sensors: sensorsIn(status),
    ...(status.failure === undefined ? {} : { failure: status.failure }),
  };
}

/** The number as it stands in the column; null for no value and for infinities, which JSON lacks. */
function shownValue(
  { type }: SequenceColumn,
  table: AttributeTable | undefined,
  stored: number | undefined,
): number | null {
  if (stored === undefined || !Number.isFinite(stored)) return null;
  const meaning: NumberMeaning | undefined = meaningOf(type, table);
  return meaning?.isMarked(stored) === true ? null : shortest(type, stored);
}

function words(table: AttributeTable | undefined): object {
  return { units: attributeText(table, 'units'), longName: attributeText(table, 'long_name') };
}

/** With all digits, as `.csv` writes it: the text reads back as the same time. */
function isoTime(seconds: number): string | null {
  if (Number.isNaN(new Date(seconds * 1000).getTime())) return null;
  const writer = new IsoTimeWriter('UTC');
  const bytes = new Uint8Array(writer.longest);
  const length = writer.put(new DataView(bytes.buffer), 0, Float64Array.of(seconds), 0);
  return new TextDecoder().decode(bytes.subarray(0, length));
}
