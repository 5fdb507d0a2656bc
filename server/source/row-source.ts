// Defines a row source: the columns of a Sequence, how rows come, the rows themselves, and the source's status.

import type { Atomic, AttributeTable } from '../../dap/protocol.ts';
import type { ClockHistory, Provenance, RowBatches, SensorState } from '../../device/index.ts';

/** A column of numbers. */
export interface SequenceColumn extends Atomic {
  /** The column's own attributes in the DAS: `units`, `long_name`, `_FillValue` and so on. */
  readonly attributes: AttributeTable;
}

/** The Sequence that a source fills. */
export interface SequenceLayout {
  /** A DAP2 identifier, such as `sensor`. */
  readonly name: string;
  /** `time` first: Float64, in seconds since 1970. */
  readonly columns: readonly SequenceColumn[];
}

/** The source makes one row in each interval, in seconds, for all readers together. */
export interface ScheduledDelivery {
  readonly kind: 'scheduled';
  readonly interval: number;
}

/** Rows come whenever their sender has some, for all readers together. */
export interface PushedDelivery {
  readonly kind: 'pushed';
  /** Seconds between rows, where the sender states them. */
  readonly interval?: number;
  /** Seconds for which a value of each column besides the time counts, where that is known. */
  readonly maxAges?: readonly number[];
}

/** Each reader has rows of its own, made as fast as it reads. */
export interface OnDemandDelivery {
  readonly kind: 'on-demand';
}

export type RowDelivery = ScheduledDelivery | PushedDelivery | OnDemandDelivery;

/** Batches of rows: one typed array for each column, in the order of the layout; times increase strictly. */
export type { RowBatches };

/** The status of sensors that this process reads. */
export interface SensorsStatus {
  readonly kind: 'sensors';
  readonly sensors: readonly SensorState[];
  /** Where their values come from; undefined where that is unknown. */
  readonly provenance?: readonly Provenance[];
  /** How often the system clock was set, and how far row time is ahead of it. */
  readonly clock: ClockHistory;
  /** Undefined where each reader has rows of its own, and where rows come with messages. */
  readonly schedule?: ScheduleStatus;
  /** Rows that were dropped because messages came faster than rows could be stored; undefined where rows do not come with messages. */
  readonly dropped?: number;
}

export interface ScheduleStatus {
  /** Slots of the schedule that gave no row. */
  readonly missedSlots: number;
  /** Seconds by which the schedule is late. A lateness that keeps growing means that the sampler is stuck. */
  readonly lateness: number;
}

/** A source that has nothing to report besides its rows. */
export interface PlainStatus {
  readonly kind: 'plain';
}

/** A closed union: what health, metrics, pages and commands print of a source depends on its kind. */
export type SourceStatus = SensorsStatus | PlainStatus | RelayStatus | NatsStatus;

/** The state of the rows that another server sends. Times in seconds since 1970. */
export interface RelayStatus {
  readonly kind: 'dap2';
  /** The address of the dataset on the other server. */
  readonly address: string;
  /** `connecting` until the first answer; `following` while its rows come or are waited for; `away` while they cannot come. */
  readonly state: 'connecting' | 'following' | 'away';
  /** Since when it is in this state. */
  readonly since: number;
  /** Seconds by which the newest row was late when it came; while the server is away, the seconds since that row's time. */
  readonly behind?: number;
  readonly lastError?: { readonly time: number; readonly message: string };
  /** Rows that could not be taken over: rows not later than the last one, and rows without a time. */
  readonly untaken: { readonly earlier: number; readonly timeless: number };
  /** True while rows come that are not later than the last one. */
  readonly isBehind: boolean;
  /** Columns of the other server that are left out because they hold no numbers. */
  readonly leftOut: readonly string[];
}

/** The words about a dataset that its source has. */
export interface SourceWords {
  readonly title?: string;
  readonly summary?: string;
  readonly source?: string;
  /** All global attributes. */
  readonly attributes: AttributeTable;
}

/** News of a source that is another server. */
export type SourceEvent =
  | { readonly kind: 'away'; readonly reason: string }
  /** Rows come again; `seconds` is the time without them. */
  | { readonly kind: 'back'; readonly seconds: number }
  | { readonly kind: 'notice'; readonly text: string };

/** The state of the rows that come from a stream of NATS. */
export interface NatsStatus {
  readonly kind: 'nats';
  readonly servers: readonly string[];
  readonly stream: string;
  /** The name of the machine that publishes the rows; undefined until it is known. */
  readonly publisher?: string;
  /** `resting` while no client reads the dataset, so that its rows are not asked for. */
  readonly state: 'following' | 'away' | 'resting';
  /** Why rows do not come, or why some of them can not be read. */
  readonly problem?: string;
  /** Messages and rows that have come. */
  readonly messages: number;
  readonly rows: number;
  /** Stretches of rows that the stream does not have. */
  readonly gaps: number;
  /** Messages that could not be read. */
  readonly unread: number;
  /** Rows that were left out because they were not later than the row before them. */
  readonly early: number;
}

interface AnySource {
  readonly layout: SequenceLayout;
  /** Undefined where it has none. */
  readonly words?: SourceWords | undefined;
  /** The relays through which its rows come, this dataset first; undefined for rows of this machine. See `relay-path.ts`. */
  readonly relayPath?: readonly string[];
  /** True where this machine's system clock stamps the rows: not for simulated time, nor for rows of another machine. */
  readonly isClocked: boolean;
  /** The status at this moment. */
  readonly status: SourceStatus;
  /** Ends every generator, and lets go of what the source holds. */
  close(): Promise<void>;
}

/** A source whose rows are the same for all readers. */
export interface SharedSource extends AnySource {
  readonly delivery: ScheduledDelivery | PushedDelivery;
  /** Seconds since 1970: no row to come has a time before this. -Infinity where the source does not know. */
  readonly earliest: number;
  /**
   * The rows, from one generator at a time. It ends without an error when `signal` aborts, and throws when no row can come any more.
   * @param options.after the time of the last stored row, in seconds since 1970; undefined where no row is stored. A source that can
   * give past rows (another server) begins with the row after it. Rows whose clock is far behind it have earlier times all the same: a
   * history does not store those.
   */
  rows(signal: AbortSignal, options?: { readonly after?: number }): RowBatches;
}

/** A source that makes rows for each reader alone. */
export interface OnDemandSource extends AnySource {
  readonly delivery: OnDemandDelivery;
  /**
   * Rows for one reader, from one of any number of generators. It ends without an error when `signal` aborts.
   * @param options.from the reader wants no row with a time before this (seconds since 1970); a source of simulated time begins here.
   * Undefined where the reader wants rows from now on.
   */
  rows(signal: AbortSignal, options?: { readonly from?: number }): RowBatches;
}

export type RowSource = SharedSource | OnDemandSource;

/** Tells by the kind of delivery how the rows of a source are read. */
export function isOnDemand(source: RowSource): source is OnDemandSource {
  return source.delivery.kind === 'on-demand';
}

/** Whether the rows are those of another machine, which gives past ones behind a time. */
export function isResumed({ delivery, isClocked }: Pick<RowSource, 'delivery' | 'isClocked'>): boolean {
  return delivery.kind === 'pushed' && !isClocked;
}

/** Seconds between rows as their sender states them: 0 for rows on demand; undefined where nobody knows. */
export function statedInterval(delivery: RowDelivery): number | undefined {
  return delivery.kind === 'pushed' ? delivery.interval : publishedInterval(delivery);
}

/** Seconds between rows as catalogues and health publish them: 0 for rows on demand; undefined where rows come irregularly. */
export function publishedInterval(delivery: RowDelivery): number | undefined {
  switch (delivery.kind) {
    case 'scheduled':
      return delivery.interval;
    case 'on-demand':
      return 0;
    case 'pushed':
      return undefined;
  }
}
