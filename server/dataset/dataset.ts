// Defines a dataset of the server: a described Sequence, and a cursor over its rows for each reader.

import type { ColumnLimits } from '../../dap/model/limits.ts';
import type { AttributeTable, DapDataset, Plan } from '../../dap/protocol.ts';
import type { SensorState } from '../../device/index.ts';
import type { LayoutChanged } from '../source/layout-changed.ts';
import type { RowDelivery, SequenceLayout, SourceStatus } from '../source/row-source.ts';
import type { Cursor } from '../store/cursor.ts';
import type { StoreStatus } from '../store/row-store.ts';
import type { Stretch, TimeStretch } from './stretch.ts';

/** The name, the words and the limits of a dataset; `attributes` go into NC_GLOBAL besides the attributes that every dataset has. */
export interface DatasetInfo {
  /** The name in its addresses, `/NAME.dods`: letters, digits, `_` and `-`. */
  readonly name: string;
  readonly title: string;
  /** One or two sentences for readers of a catalogue. */
  readonly summary: string;
  /** How the rows came about; the CF attribute `source`. */
  readonly source: string;
  /** Those of these words that nobody has written: the words of the source replace them, if it has some. */
  readonly unwritten?: readonly ('title' | 'summary' | 'source')[];
  /** Further global attributes, in their order. */
  readonly attributes?: AttributeTable;
  /** Whether everyone may read it where only users may read others. */
  readonly isPublic?: boolean;
  /** The limits of columns, by their names. */
  readonly limits?: ReadonlyMap<string, ColumnLimits>;
}

/** Receives the news of a dataset for the journal. */
export interface DatasetEvents {
  /** Memory forgot rows before a reader came to them, which was too slow. */
  readonly onOverrun?: (missed: number) => void;
  /** Rows of the history were gone when a reader came to them. */
  readonly onGone?: (missed: number) => void;
  /** The source broke: no row comes any more, in datasets on demand for one reader. */
  readonly onFailure?: (error: unknown) => void;
  /** The columns of the source have changed: the dataset is to be closed, and opened again. Without it, the source counts as broken. */
  readonly onLayoutChanged?: (error: LayoutChanged) => void;
  /** Stored rows could not be loaded for a reader, whose stream is broken off. */
  readonly onLoadFailure?: (error: unknown) => void;
}

export interface DatasetStatus {
  /** Rows made since the start; for all readers together where each has rows of its own. */
  readonly rows: number;
  /** Rows that readers missed because they were too slow. */
  readonly overrun?: number;
  /** Rows that readers missed because they were gone from the history; undefined without a history. */
  readonly gone?: number;
  /** The newest row's time in seconds since 1970. */
  readonly lastTime?: number;
  /** Why no row will come any more, unless the source was stopped on purpose. */
  readonly failure?: string;
  readonly source: SourceStatus;
  /** Undefined where each reader has rows of its own. */
  readonly store?: StoreStatus;
}

/** The states of a dataset's sensors; none where its rows come from another source. */
export function sensorsIn({ source }: DatasetStatus): readonly SensorState[] {
  return source.kind === 'sensors' ? source.sensors : [];
}

export interface Dataset {
  /** As `describe` set it last. */
  readonly info: DatasetInfo;
  readonly delivery: RowDelivery;
  /** True where this machine's system clock stamps the rows. */
  readonly isClocked: boolean;
  readonly layout: SequenceLayout;
  /** The relays through which its rows come; undefined or empty for rows of this machine. */
  readonly relayPath?: readonly string[];
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  /**
   * A reader's cursor, set where the plan's rows begin: at the next row to come when the plan leaves time unbounded, else
   * at the oldest row that can match.
   */
  open(plan: Plan): Cursor;
  /**
   * As `open`, for a reader that shows rows only while others read them: none is loaded or kept in memory for it. Absent if rows always
   * are in memory or on a disk of this machine.
   */
  watch?(plan: Plan): Cursor;
  /**
   * The rows of a stretch of time that is over. Rejects with a `StretchError` where it still runs or has lost rows, and where the dataset
   * keeps no rows.
   */
  stretch(time: TimeStretch): Promise<Stretch>;
  /** The latest part of a stretch that can be read now, in whole seconds; undefined if there is none. */
  readablePart(time: TimeStretch): TimeStretch | undefined;
  status(): DatasetStatus;
  /** True while no row is in memory, because no client reads them: `open` loads them from another machine. Absent if rows always are. */
  readonly isResting?: boolean;
  /**
   * Loads the newest rows, so that `status` and `newestRow` tell them; at once where they are there. Resolves with false if they do not
   * come. Absent if rows always are in memory or on a disk of this machine.
   */
  load?(): Promise<boolean>;
  /** Changes the words and the limits of the dataset, but not its name, while its rows go on. */
  describe(info: DatasetInfo): void;
  /** The position of the next row to come; 0 where each reader has rows of its own. */
  readonly end: number;
  /** The newest row's values, in the order of the columns; undefined where no row is in memory that all readers share. */
  newestRow(): readonly number[] | undefined;
  /** Resolves when the rows of earlier starts can be read, or when they are late; undefined if there are none. Does not reject. */
  readonly past?: Promise<void> | undefined;
  /** Stops the source. Every cursor then ends after the rows that are there. */
  close(): Promise<void>;
  /** Resolves when every row of a closed dataset is where it is to stay, such as on the disk. */
  stored(): Promise<void>;
  /** Aborts when the dataset begins to close. */
  readonly closing: AbortSignal;
}
