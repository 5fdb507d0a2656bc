// What is a dataset to the server? A described Sequence, and a cursor over its rows for each reader.

import type { AttributeTable, DapDataset, Plan } from '../../dap/index.ts';
import type { ClockHistory, SensorState } from '../../device/index.ts';
import type { Cursor } from '../store/cursor.ts';
import type { LogBounds } from '../store/row-log.ts';

/** What the dataset is called and said to be; `attributes` go into NC_GLOBAL besides the ones that every dataset has. */
export interface DatasetInfo {
  /** The name in its addresses, `/NAME.dods`: letters, digits, `_` and `-`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for a person who finds it in a catalogue. */
  readonly summary: string;
  /** How the rows came about; the CF attribute `source`. */
  readonly source: string;
  /** Further global attributes, in their order. */
  readonly attributes?: AttributeTable;
}

/** What a dataset tells whoever keeps the log. */
export interface DatasetEvents {
  /** Its log overtook a reader, which missed so many rows. */
  readonly onOverrun?: (missed: number) => void;
  /** Its rows broke off though nobody stopped them. */
  readonly onFailure?: (error: unknown) => void;
}

export interface DatasetStatus {
  /** Rows made since the start; for all readers together where each has rows of its own. */
  readonly rows: number;
  /** Rows that readers missed because the log overtook them. */
  readonly overrun?: number;
  /** The newest row's time in seconds since 1970. */
  readonly lastTime?: number;
  /** Why no row will come any more, where that is so though nobody stopped it. */
  readonly failure?: string;
  readonly sensors: readonly SensorState[];
  readonly clock: ClockHistory;
  /** Slots of the schedule that gave no row; undefined without a schedule. */
  readonly missedSlots?: number;
  /** Seconds by which the schedule is late, which grows where the sampler is stuck; undefined without a schedule. */
  readonly lateness?: number;
  /** Undefined where each reader has rows of its own. */
  readonly log?: LogStatus;
}

/** What a log holds, and may hold. */
export interface LogStatus {
  readonly rows: number;
  /** Bytes of memory that it takes, room for rows to come included. */
  readonly bytes: number;
  /** The oldest row's time in seconds since 1970; undefined before the first row. */
  readonly firstTime?: number;
  /** The bounds on rows, bytes and age (seconds) together; `rows` is what the bound on bytes leaves of them. */
  readonly bounds: LogBounds;
}

export interface Dataset {
  /** As `describe` said last. */
  readonly info: DatasetInfo;
  /** Seconds between rows; 0 = as fast as a client reads. */
  readonly interval: number;
  /** The times of its rows are those of the system clock, not of a simulation. */
  readonly isClocked: boolean;
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /**
   * A reader's cursor, set where the plan's rows begin: at the next row to come when the plan leaves time unbounded, else
   * at the oldest row that can match.
   */
  open(plan: Plan): Cursor;
  status(): DatasetStatus;
  /** Says what it is called otherwise but for its name, while its rows go on. */
  describe(info: DatasetInfo): void;
  /** The values of the newest row, in the order of the columns; undefined where there is none, or none that all readers share. */
  newestRow(): readonly number[] | undefined;
  /** Stops the sensors; every cursor then ends after the rows that are there. */
  close(): Promise<void>;
  /** Aborts when the dataset begins to close. */
  readonly closing: AbortSignal;
}
