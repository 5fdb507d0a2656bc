// How are the rows of a dataset, here or far away, kept for good? They are followed, and written down as they come.

import { parse } from 'csv-parse/sync';
import {
  encodeConstraint,
  type FollowState,
  follow,
  parseConstraint,
  type Rows,
  resumeAfter,
} from '../../dap/index.ts';
import { csvHead, csvRow } from './csv.ts';
import { type Earlier, RowFiles } from './row-files.ts';

export interface Pull {
  /** The address of a dataset, with or without a constraint. */
  readonly address: string;
  /** Where the rows go, `{date}` in it for a file a day; `print` where it is left out. */
  readonly output?: string | undefined;
  /** Ends it after so many rows. */
  readonly rows?: number | undefined;
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  readonly onState: (state: FollowState) => void;
  /** After rows were written: how many by now, and the time of the last. */
  readonly onRows: (count: number, time: number) => void;
}

/**
 * Writes the rows of an address down, for ever or until its constraint, `rows` or the signal ends it. Rows that the files
 * have already are not asked for again: what was written last is where it goes on, be it after a day.
 * Rejects with what `follow` throws, and with a sentence for files that cannot be written or have other columns.
 */
export async function pull({
  address,
  output,
  rows: most,
  signal,
  print,
  onState,
  onRows,
}: Pull): Promise<void> {
  const files = output === undefined ? undefined : new RowFiles(output);
  const earlier = await files?.earlier();
  const { url, constraint } = continued(address, earlier);
  let count = 0;
  let isFirst = true;
  try {
    for await (const batch of follow(url, { constraint, signal, onState })) {
      const rows = most === undefined ? batch : firstRows(batch, most - count);
      if (isFirst) {
        const head = csvHead(rows.sequence);
        if (earlier !== undefined && earlier.head !== head) {
          throw new Error(`${output}: expected the columns of earlier rows, ${earlier.head}; found ${head}`);
        }
        if (files === undefined) print(`${head}\n`);
        isFirst = false;
      }
      if (files === undefined) print(textOf(rows));
      else await files.write(rows);
      count += rows.length;
      onRows(count, Number(rows.columns[0]?.[rows.length - 1]));
      if (count >= (most ?? Number.POSITIVE_INFINITY)) return;
    }
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  } finally {
    await files?.close();
  }
}

/** What is still to come of an address, after the rows that there are. */
function continued(address: string, earlier: Earlier | undefined): { url: string; constraint: string } {
  const mark = address.indexOf('?');
  const [url, query] = mark < 0 ? [address, ''] : [address.slice(0, mark), address.slice(mark + 1)];
  if (earlier?.last === undefined) return { url, constraint: query };
  const [names = []] = parse(earlier.head) as string[][];
  const [fields = []] = parse(earlier.last) as string[][];
  const place = names.findIndex(name => name.endsWith('.time'));
  const [time, last] = [names[place], Number(fields[place])];
  if (time === undefined || !Number.isFinite(last)) {
    throw new Error(
      `expected a column of times, by which to go on with the rows that there are, found ${earlier.head}`,
    );
  }
  const rest = resumeAfter(parseConstraint(query), { time, last, rowsSeen: 0 });
  return { url, constraint: encodeConstraint(rest) };
}

function firstRows(rows: Rows, most: number): Rows {
  if (rows.length <= most) return rows;
  return { ...rows, length: most, columns: rows.columns.map(column => column.slice(0, most)) };
}

function textOf(rows: Rows): string {
  let text = '';
  for (let index = 0; index < rows.length; index += 1) text += `${csvRow(rows, index)}\n`;
  return text;
}
