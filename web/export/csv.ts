// Makes CSV in the browser from the rows of a server that has no CSV itself.

import { decimal, decimalsIn } from '../../dap/encode/decimal.ts';
import { read } from '../../dap/index.ts';
import { instantText } from '../../dap/model/instant.ts';
import type { NumberMeaning } from '../../dap/model/meaning.ts';
import type { TimeColumn } from '../../dap/model/time-column.ts';
import { toMillis } from '../../dap/model/time-units.ts';
import type { Batch } from '../../dap/model/value.ts';
import type { DapDataset } from '../../dap/model/variable.ts';
import { encodedConstraint } from '../stream/address.ts';
import type { Description, ShownColumn } from '../stream/describe.ts';
import { calendarDate } from '../text/times.ts';
import type { ExportedDataset } from './view.ts';

/** The longest answer in bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A scale with more digits was computed, such as a range divided by 65535. */
const MOST_DIGITS = 10;

/** A text that a spreadsheet would run as a formula. */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** The rows that `constraint` asks for, as a table. Rejects with the error of the request. */
export async function readCsv(
  { address, description }: Pick<ExportedDataset, 'address' | 'description'>,
  constraint: string,
): Promise<string> {
  const answer = await read(address.base, {
    constraint: encodedConstraint({ constraint }),
    maxBytes: MOST_BYTES,
  });
  return csvOf(description, answer);
}

/** The first line has the units; times are in UTC, packed numbers are unpacked, and a missing value is empty. */
export function csvOf(
  { time, columns }: Description,
  { dataset, values }: { readonly dataset: DapDataset; readonly values: readonly unknown[] },
): string {
  const at = dataset.variables.findIndex(({ type }) => type === 'Sequence');
  const sequence = dataset.variables[at];
  const batch = values[at] as Batch | undefined;
  if (sequence?.type !== 'Sequence' || batch === undefined) {
    throw new TypeError('Expected the rows of a Sequence, found none');
  }
  const fields = sequence.fields.map(({ name }) => {
    const column = columns.find(each => each.name === name);
    if (name === time?.name && time.absolute) {
      return { head: name, write: (stored: unknown) => timeText(time, Number(stored)) };
    }
    if (column?.meaning === undefined) {
      const missing = column?.missingTexts ?? [];
      const write = (stored: unknown) => (missing.includes(String(stored)) ? '' : textField(String(stored)));
      return { head: name, write };
    }
    const { meaning, unit } = column;
    const text = textOf(column, meaning);
    const write = (stored: unknown) => {
      const value = meaning.valueOf(Number(stored));
      return Number.isNaN(value) ? '' : text(value);
    };
    return { head: unit === '' ? name : `${name} (${unit})`, write };
  });
  const lines = [fields.map(({ head }) => textField(head)).join()];
  for (let row = 0; row < batch.length; row += 1) {
    lines.push(fields.map(({ write }, index) => write(batch.columns[index]![row])).join());
  }
  return `${lines.join('\n')}\n`;
}

/** Writes unpacked numbers: whole numbers times a scale such as 0.01 have its digits, where computing gives 2.3499999999999996. */
function textOf({ type }: ShownColumn, { scale, offset }: NumberMeaning): (value: number) => string {
  if (type === 'Float32' && scale === 1 && offset === 0) return value => decimal('Float32', value);
  const digits = Math.max(decimalsIn(String(scale)), decimalsIn(String(offset)));
  if (type === undefined || type.startsWith('Float') || digits > MOST_DIGITS) return String;
  return value => String(Number(value.toFixed(digits)));
}

/** The least step in milliseconds between neighbouring numbers of a time column from which on their microseconds mean nothing. */
const COARSE = 5e-4;

/** Empty for a missing time, and for one outside of the calendar. As the server writes it: with the microseconds that the number has. */
function timeText({ units, meaning }: TimeColumn, stored: number): string {
  if (meaning?.isMissing(stored) === true) return '';
  const time = toMillis(units, stored);
  if (calendarDate(time) === undefined) return '';
  const isCoarse = Math.abs(stored * units.millis) * Number.EPSILON >= COARSE;
  // Without a detour by milliseconds, seconds since 1970 stay as they are.
  const seconds = units.epoch / 1000 + stored * (units.millis / 1000);
  return instantText(isCoarse ? Math.round(time) / 1000 : seconds);
}

function textField(text: string): string {
  const isFormula = FORMULA.test(text);
  const shown = isFormula ? `'${text}` : text;
  return isFormula || /[",\r\n]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
