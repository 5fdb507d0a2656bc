// Defines a row format: a response format that writes the rows of a dataset, batch by batch, into an HTTP response.

import type { IncomingHttpHeaders } from 'node:http';
import type { AttributeTable, Constraint, Plan, ResponseFormat, RowEncoder } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { ChosenOptions } from './format-options.ts';

/** The rows that one response, or several alike, are to hold. */
export interface RowContent {
  /** The constrained dataset and its Sequence; no bounds on rows, which differ between responses that share a writer. */
  readonly plan: Pick<Plan, 'dataset' | 'sequence'>;
  /** The attributes of the dataset: units, missing values and so on, by the names of the columns of the plan. */
  readonly attributes: AttributeTable;
  /** A value for each option of the format. */
  readonly options: ChosenOptions;
}

/** The rows that one response alone is to hold. */
export interface RowRequest extends RowContent {
  readonly dataset: Dataset;
  /** With the bounds on rows and times. */
  readonly plan: Plan;
  /** The address as it was sent: path and query. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** Writes the rows of one `RowContent`. Responses that hold the same columns share a writer: it keeps nothing of one response. */
export interface RowWriter {
  /** Further headers of the response, such as `Content-Length` with the length of all bytes, which then are not sent in chunks. */
  readonly headers?: Readonly<Record<string, string | number>>;
  /** The bytes before the first row. */
  readonly head: Uint8Array;
  /** Encodes rows of the constrained Sequence. */
  readonly encode: RowEncoder;
  /** The bytes after the last row. */
  readonly end: Uint8Array;
  /** The same where the server stops before the plan is fulfilled, so that the client returns for the rest; `end` by default. */
  readonly endOfSource?: Uint8Array;
  /** Bytes that are sent after each 15 s without a row, to keep the connection; none by default. */
  readonly keepAlive?: Uint8Array;
  /** Bytes that a row takes at most; undefined where a column of text sets no bound. */
  readonly rowBytes: number | undefined;
  /**
   * The number of rows, where the bytes before them depend on it: the server sends no more, and breaks the response off where it has
   * fewer. Undefined by default.
   */
  readonly rows?: number;
}

/** A format for rows. One file a format, one entry in `ROW_FORMATS`. */
export interface RowFormat extends ResponseFormat {
  /** The value of the label `encoding` in metrics: small letters and digits. It stays the same for good. */
  readonly name: string;
  readonly constrainedBy: 'constraint';
  /** True where browsers save the response as a file, named after the dataset and the window, instead of showing it. */
  readonly isDownload?: boolean;
  /** True where the rows have the column `time` also if the projection leaves it out. */
  readonly hasTime?: boolean;
  /**
   * Makes the bytes before the first row for a browser, which shows nothing of a text before some hundred bytes of it have come. By default
   * a browser gets the head of the writer.
   */
  readonly headForBrowser?: (content: RowContent) => Uint8Array;
  /**
   * Changes the constraint, by the headers of a request such as `Last-Event-ID`. The server answers `complete` with status 204: the
   * client has all rows.
   * @param time the dotted name of the time column, `sensor.time`
   */
  readonly revise?: (
    constraint: Constraint,
    headers: IncomingHttpHeaders,
    time: string,
  ) => Constraint | 'complete';
  /**
   * Makes a writer for all responses with the same columns and options. A format that few clients ask for loads its encoder here
   * (`await import(...)`), so that the start of the server does not wait for it.
   * @throws RequestError for columns that the format cannot hold
   */
  open(content: RowContent): RowWriter | Promise<RowWriter>;
  /**
   * Makes a writer for one response, whose bytes depend on more than its columns, such as a number of rows in its head. The server
   * calls it before `open`, which it calls only if the writer is undefined.
   * @throws RequestError for a request that the format cannot answer
   */
  readonly openFor?: (request: RowRequest) => RowWriter | Promise<RowWriter> | undefined;
}
