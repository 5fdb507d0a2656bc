// Defines a row format: a response format that writes the rows of a dataset, batch by batch, into an HTTP response.

import type { AttributeTable, Plan, ResponseFormat, RowEncoder } from '../../dap/protocol.ts';

/** The rows that one response, or several alike, are to hold. */
export interface RowContent {
  /** The constrained dataset and its Sequence; no bounds on rows, which differ between responses that share a writer. */
  readonly plan: Pick<Plan, 'dataset' | 'sequence'>;
  /** The attributes of the dataset: units, missing values and so on, by the names of its columns. */
  readonly attributes: AttributeTable;
}

/** Writes the rows of one `RowContent`. Responses that hold the same columns share a writer: it keeps nothing of one response. */
export interface RowWriter {
  /** The bytes before the first row. */
  readonly head: Uint8Array;
  /** The same for a browser, which shows nothing of a text before some hundred bytes of it have come; `head` by default. */
  readonly headForBrowser?: () => Uint8Array;
  /** Encodes rows of the constrained Sequence. */
  readonly encode: RowEncoder;
  /** The bytes after the last row. */
  readonly end: Uint8Array;
  /** Bytes that a row takes at most; undefined where a column of text sets no bound. */
  readonly rowBytes: number | undefined;
}

/** A format for rows. One file a format, one entry in `ROW_FORMATS`. */
export interface RowFormat extends ResponseFormat {
  /** The value of the label `encoding` in metrics: small letters and digits. It stays the same for good. */
  readonly name: string;
  readonly constrainedBy: 'constraint';
  /** True where browsers save the response as a file, `NAME.SUFFIX`, instead of showing it. */
  readonly isDownload?: boolean;
  /**
   * Makes a writer. A format that few clients ask for loads its encoder here (`await import(...)`), so that the start of the
   * server does not wait for it.
   */
  open(content: RowContent): RowWriter | Promise<RowWriter>;
}
