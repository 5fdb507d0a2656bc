// Writes rows as JSON: each row an object with its column names, or an array.

import {
  type AttributeTable,
  longestRecord,
  type RecordStyle,
  type RowEncoder,
  recordEncoder,
  type Sequence,
} from '../../dap/protocol.ts';
import { columnWriters, type TimeForm } from './column-text.ts';
import { missingNumbers } from './csv-rows.ts';

/** The text around values. */
export interface JsonFrame {
  readonly before: readonly string[];
  readonly end: string;
  /** The number of columns, from the first on, that are plain numbers also if they are times. */
  readonly plain?: number;
}

/** `{"time":`, `,"temperature":`, `}` and the end of a line. */
export function objectFrame({ fields }: Sequence): JsonFrame {
  return {
    before: fields.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
    end: '}\n',
  };
}

/** Encodes rows with numbers in all their digits, and `null` where there is no number that JSON has. */
export function jsonEncoder(
  sequence: Sequence,
  attributes: AttributeTable,
  time: TimeForm,
  { before, end, plain = 0 }: JsonFrame,
): { readonly encode: RowEncoder; readonly rowBytes: number | undefined } {
  const style: RecordStyle = {
    before,
    end,
    text: JSON.stringify,
    nothing: 'null',
    finiteOnly: true,
    missing: missingNumbers(sequence, attributes),
    writers: columnWriters(sequence, attributes, { time, isQuoted: true }).map((writer, i) =>
      i < plain ? undefined : writer,
    ),
  };
  return { encode: recordEncoder(sequence, style), rowBytes: longestRecord(sequence, style) };
}
