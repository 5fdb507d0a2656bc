// The format `.json`: a finite window as one JSON document with the title, the columns with their units, and the rows as arrays.

import { type AttributeTable, attributeText, type Sequence } from '../../dap/protocol.ts';
import { attributesOf, isTime, TIME_OPTION, type TimeForm, timeForm } from './column-text.ts';
import { jsonEncoder } from './json-rows.ts';
import type { RowFormat, RowRequest, RowWriter } from './row-format.ts';

const NOTHING = new Uint8Array(0);

/** The text between two rows, which the first row drops. */
const BETWEEN = ',\n';

export const json: RowFormat = {
  suffix: '.json',
  mediaType: 'application/json; charset=utf-8',
  label: 'JSON',
  summary: 'the rows of a finite window as one JSON document, with titles and units',
  constrainedBy: 'constraint',
  name: 'json',
  needsEnd: true,
  options: [TIME_OPTION],
  open() {
    throw new Error('a document has a writer of its own, which knows its first row');
  },
  openFor: writerFor,
};

function writerFor({ dataset: { info }, plan: { sequence }, attributes, options }: RowRequest): RowWriter {
  const time = timeForm(options);
  const head = {
    dataset: info.name,
    title: info.title,
    columns: sequence.fields.map(({ name, type }) =>
      columnEntry(type, name, attributesOf(sequence, attributes, name), time),
    ),
  };
  const { encode, rowBytes } = jsonEncoder(sequence, attributes, time, {
    before: sequence.fields.map((_, i) => (i === 0 ? `${BETWEEN}[` : ',')),
    end: ']',
  });
  let isFirst = true;
  return {
    head: Buffer.from(`${JSON.stringify(head).slice(0, -1)},"rows":[`),
    encode(batch, from, to, into) {
      const bytes = encode(batch, from, to, into);
      if (!isFirst || bytes.length === 0) return bytes;
      isFirst = false;
      return bytes.subarray(BETWEEN.length);
    },
    end: Buffer.from(']}\n'),
    // A window that the server could not finish is no complete document.
    endOfSource: NOTHING,
    rowBytes,
  };
}

/** The facts of a column that readers need most, with the names that JSON uses. */
function columnEntry(
  type: Sequence['fields'][number]['type'],
  name: string,
  table: AttributeTable | undefined,
  time: TimeForm,
): object {
  const text = (attribute: string) => attributeText(table, attribute);
  return {
    name,
    type,
    ...(isTime(table) ? { time } : {}),
    // Texts of ISO 8601 count from no epoch.
    units: isTime(table) && time !== 'epoch' ? undefined : text('units'),
    longName: text('long_name'),
    standardName: text('standard_name'),
    cellMethods: text('cell_methods'),
  };
}
