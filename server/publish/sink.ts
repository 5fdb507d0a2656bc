// Defines a sink: a receiver of every row of a dataset, or of its newest rows, on another machine.

import type { Batch } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Synchronized } from '../machine/synchronized.ts';

/** Rows for a sink, in own arrays; their times increase strictly, also from one piece to the next. */
export interface SinkRows {
  /** One typed array for each column of the dataset, `time` first. */
  readonly batch: Batch;
  /** The position of each row in the dataset's store. It is the same for the same row until the server starts again. */
  readonly positions: Float64Array;
}

/** What became of rows that were sent. */
export interface SendResult {
  /** Rows that the receiver will never take, such as messages above its limit of size; they are not sent again. */
  readonly refused?: { readonly rows: number; readonly reason: string };
}

export type OnTaken = (rows: number, refused?: SendResult['refused']) => void;

/** A connection to the receiver. */
export interface SinkSession {
  /** Aborts when the connection is lost; its reason is the error. */
  readonly lost: AbortSignal;
  /** One sentence: what the receiver does not take besides rows, which go on. */
  readonly problem?: string | undefined;
  /**
   * Sends rows. Resolves once the receiver has them for good, or once they are sent where `newestOnly`. Rejects where that is not
   * certain, with the reason: the rows that were not taken come again in a later session. At most one call at a time.
   * @param onTaken may be called with the number of rows, from the first one on, that the receiver has for good by now; with `refused`
   * for those of them, not told before, that it will never take. The result tells of refused rows that were not told here.
   */
  send(rows: SinkRows, signal: AbortSignal, onTaken?: OnTaken): Promise<SendResult | undefined>;
  /** Ends the connection. Does not reject. */
  close(): Promise<void>;
}

export interface Sink {
  /** The receiver in words for operators, without a password, such as `mqtt://broker:1883`. */
  readonly address: string;
  /** What the progress belongs to: a sink with another identity begins anew. By default `address`. */
  readonly identity?: string;
  /** True: only the newest row is sent, and rows that come while the receiver is away or busy are left out. */
  readonly newestOnly: boolean;
  /** Seconds: at most one row in each of these intervals is sent; by default every row. */
  readonly interval?: number;
  /** The most rows of one piece; by default 512. */
  readonly pieceRows?: number;
  /** Where rows begin for a receiver that has none yet: with the next row (default), or with the oldest one that the dataset has. */
  readonly begin?: 'next-row' | 'oldest-row';
  /** Connects, once. Rejects with one sentence that says why not; the feed calls it again after a pause. */
  connect(signal: AbortSignal): Promise<SinkSession>;
  /** The most milliseconds until the next attempt after this error of `connect` or of a session; by default a minute. */
  longestPause?(error: unknown): number | undefined;
}

/** What a sink may know of its dataset; the words and attributes are those of the moment that it reads them. */
export type SinkDataset = Pick<
  Dataset,
  'info' | 'layout' | 'attributes' | 'model' | 'delivery' | 'isClocked'
>;

/** What a sink may know of this machine. */
export interface SinkMachine {
  /** Whether the system clock is synchronised; undefined until that is known. */
  readonly synchronized?: (() => Synchronized | undefined) | undefined;
}

/** Makes the sink of a dataset from its options, without connecting. Rejects if its library cannot be loaded. */
export type OpenSink = (options: unknown, dataset: SinkDataset, machine: SinkMachine) => Promise<Sink>;

/** The kinds of sinks by the key of the configuration. */
export type SinkKinds = Readonly<Record<string, OpenSink>>;

/** The state of one feed. */
export interface FeedStatus {
  /** The key of the configuration, such as `mqtt`. */
  readonly kind: string;
  /** The receiver; undefined until its library is loaded. */
  readonly to?: string;
  /** `connecting` before the first attempt has ended; `away` after an attempt that failed, until one succeeds. */
  readonly state: 'connecting' | 'connected' | 'away';
  /** Since when, in seconds since 1970. */
  readonly since: number;
  /** Rows that the receiver has taken since the start. */
  readonly sent: number;
  /** The time of the newest row that the receiver has taken, in seconds since 1970. */
  readonly lastTime?: number;
  /** The rows, and the seconds of rows, that the receiver has still to get; `rows` is absent until their number is known. */
  readonly behind: { readonly rows?: number; readonly seconds: number };
  /** Rows that the receiver will not get, because they were forgotten or refused before it took them. */
  readonly dropped: number;
  /** The same for stretches of rows whose number is not known. */
  readonly gaps: number;
  /** The last rows that were dropped: when, how many if that is known, and why. */
  readonly lastDrop?: { readonly time: number; readonly rows?: number; readonly reason: string };
  /** The last error, also after it is over. */
  readonly lastError?: { readonly time: number; readonly message: string };
}

/** The news of feeds for the log. */
export type FeedEvent =
  | { readonly kind: 'away'; readonly to: string; readonly error: unknown }
  | { readonly kind: 'back'; readonly to: string; readonly seconds: number }
  | {
      readonly kind: 'dropped';
      readonly to: string;
      readonly rows: number | undefined;
      readonly reason: string;
    }
  | { readonly kind: 'no-progress'; readonly to: string; readonly error: unknown };
