// What is a dataset to the server? A described Sequence, and a cursor over its rows for each reader.

import type { AttributeTable, Dataset as DapDataset, Plan } from '../../dap/index.ts';
import type { SensorState } from '../../device/index.ts';
import type { Cursor } from '../log/cursor.ts';
import type { EncodingName, SharedRows } from '../stream/encoding.ts';

/** What the dataset is called and said to be; `attributes` go into NC_GLOBAL besides the ones that every dataset has. */
export interface DatasetInfo {
  /** The name in its addresses, `/NAME.dods`: letters, digits, `_` and `-`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for a person who finds it in a catalogue. */
  readonly summary: string;
  /** How the rows came about; the CF attribute `source`. */
  readonly source: string;
}

/** What a dataset tells whoever keeps the log. */
export interface DatasetEvents {
  /** Its log overtook a reader, which missed so many rows. */
  readonly onOverrun?: (missed: number) => void;
  /** Its rows broke off though nobody stopped them. */
  readonly onFailure?: (error: unknown) => void;
}

export interface DatasetStatus {
  /** Rows made since the start; undefined where each reader has rows of its own. */
  readonly rows?: number;
  /** Rows that readers missed because the log overtook them. */
  readonly overrun?: number;
  /** The newest row's time in seconds since 1970. */
  readonly lastTime?: number;
  /** Why no row will come any more, where that is so though nobody stopped it. */
  readonly failure?: string;
  readonly sensors: readonly SensorState[];
}

export interface Dataset {
  readonly info: DatasetInfo;
  /** Seconds between rows; 0 = as fast as a client reads. */
  readonly interval: number;
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /**
   * A reader's cursor, set where the plan's rows begin: at the next row to come when the plan leaves time unbounded, else
   * at the oldest row that can match.
   */
  open(plan: Plan): Cursor;
  /** The bytes that all readers share who ask for the same columns; undefined where the rows are for this reader alone. */
  shared(name: EncodingName, plan: Plan): SharedRows | undefined;
  status(): DatasetStatus;
  /** Stops the sensors; every cursor then ends after the rows that are there. */
  close(): Promise<void>;
}
