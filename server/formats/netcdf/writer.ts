// Makes the writer of one netCDF file: counts its rows, then describes them in its head.

import { instantText } from '../../../dap/model/instant.ts';
import { type Plan, type RowRange, rowCount } from '../../../dap/protocol.ts';
import { countRows, type RowCount } from '../../dataset/row-count.ts';
import { stateAttributes } from '../../dataset/state-attributes.ts';
import { StretchError } from '../../dataset/stretch.ts';
import { RequestError } from '../../request-error.ts';
import { SERVER_NAME } from '../../version.ts';
import type { RowRequest, RowWriter } from '../row-format.ts';
import { describeColumns, describeFile } from './contents.ts';
import { encodeHead, MOST_RECORDS, recordLayout } from './header.ts';
import { recordEncoder } from './records.ts';

/** @throws RequestError for rows that a file cannot hold, or whose number is not known yet */
export async function netcdfWriter({ dataset, plan, attributes, address }: RowRequest): Promise<RowWriter> {
  const text = plan.sequence.fields.find(({ type }) => type === 'String' || type === 'Url');
  if (text !== undefined) {
    throw new RequestError(
      400,
      `.nc holds columns of numbers: expected a projection without "${text.name}" (${text.type}), since netCDF files of this server have no text`,
    );
  }
  const { rows, first, last } = await rowsOf(plan);
  if (rows > MOST_RECORDS) {
    throw new RequestError(
      400,
      `.nc holds at most ${MOST_RECORDS} rows: expected a shorter window, found ${rows} rows`,
    );
  }
  const described = describeColumns(dataset.info.name, plan.sequence, attributes);
  const file = describeFile(described, withState(attributes), {
    first,
    last,
    origin: `${SERVER_NAME} ${address}`,
    hasIntervalOfDataset: plan.thinning === undefined && (plan.rows?.stride ?? 1) === 1,
  });
  const layout = recordLayout(file.variables.map(({ type }) => type));
  const { bytes, fileBytes } = encodeHead(file, rows);
  return {
    headers: { 'Content-Length': fileBytes },
    head: bytes,
    encode: recordEncoder(described.columns, layout),
    end: new Uint8Array(0),
    rowBytes: layout.stride,
    rows,
  };

  async function rowsOf({ time, rows: range }: Plan): Promise<RowCount> {
    const now = Date.now() / 1000;
    // A full range of rows ends when its last row comes.
    if (time.high === Number.POSITIVE_INFINITY) return { rows: rowCount(range as RowRange) };
    if (time.high <= now)
      return countRows(dataset, plan).catch((error: unknown) => {
        throw error instanceof StretchError ? new RequestError(503, error.message) : error;
      });
    throw new RequestError(
      400,
      `.nc holds rows that are there: expected an upper bound on time that is not in the future, such as "&time<=now", found ${instantText(time.high)}`,
    );
  }

  /** The clock that stamped the rows is described too. */
  function withState(table: RowRequest['attributes']): RowRequest['attributes'] {
    const global = stateAttributes(dataset, undefined).get('NC_GLOBAL');
    return global === undefined ? table : new Map([...table, ['NC_GLOBAL', global]]);
  }
}
