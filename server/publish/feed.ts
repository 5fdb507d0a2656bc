// Feeds one sink with the rows of one dataset: it connects again after a failure, and goes on behind the last row that was taken.

import { setImmediate as turn } from 'node:timers/promises';
import type { Dataset } from '../dataset/dataset.ts';
import { StretchError } from '../dataset/stretch.ts';
import type { Synchronized } from '../machine/synchronized.ts';
import { isResumed } from '../source/row-source.ts';
import { isFarAhead, isOfClockAhead } from './clock-ahead.ts';
import { type EarlyRows, FeedReader, type ReadRows } from './feed-reader.ts';
import { FeedRecord } from './feed-record.ts';
import { newestRows } from './newest-rows.ts';
import { GrowingPause, PAUSES, type Pauses, unlessAborted, untilCalled } from './patience.ts';
import type { ProgressFile } from './progress-file.ts';
import { SavedProgress } from './saved-progress.ts';
import type { FeedEvent, FeedStatus, OnTaken, Sink, SinkRows, SinkSession } from './sink.ts';

export interface FeedOptions {
  /** The key of the configuration. */
  readonly kind: string;
  readonly dataset: Dataset;
  /** Makes the sink, without connecting. */
  readonly open: () => Promise<Sink>;
  /** The file of the progress of a sink with this identity. */
  readonly progressFile: (identity: string) => ProgressFile;
  /** The rows that earlier feeds of the same dataset have read, by the identities of their sinks. */
  readonly positions: Map<string, number>;
  readonly onEvent?: (event: FeedEvent) => void;
  readonly synchronized?: (() => Synchronized | undefined) | undefined;
  readonly pauses?: Pauses;
  /** The least time between two writes of the progress, in milliseconds. */
  readonly saveEvery?: number | undefined;
}

/** Rows of one piece, by default. */
const PIECE_ROWS = 512;

/** Milliseconds for which a closed feed may send what is left. */
const DRAIN = 500;

const ONLY_IN_MEMORY = 'the server ended before they were sent; they were in memory alone';

/** The times of rows that are stored are whole microseconds. */
const MICROSECOND = 1e-6;

export class Feed {
  readonly #options: FeedOptions;
  readonly #record: FeedRecord;
  /** Aborts when nothing more is to be sent. */
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** The newest row when the feed began. */
  readonly #begin: { readonly time: number; readonly end: number };
  #progress: SavedProgress | undefined;
  #identity = '';
  /** The receiver has the rows up to this time, in seconds since 1970, and up to before this position. */
  #time: number | undefined;
  #end: number | undefined;
  /** Nothing is known about the rows between the progress of an earlier start and the first row of this one. */
  #isSeamOpen = false;
  /** Rows of an earlier start that are lost unless another machine gives them once more. */
  #unsent = 0;
  /** It ends as soon as all rows that are there are sent. */
  #isClosing = false;
  #isNewestOnly = false;
  #wake: () => void = () => {};

  /** Begins at once. */
  constructor(options: FeedOptions) {
    this.#options = options;
    const { lastTime = 0 } = options.dataset.status();
    this.#begin = { time: lastTime, end: options.dataset.end };
    this.#record = new FeedRecord(options.kind, options.onEvent ?? (() => {}));
    this.#running = this.#run();
  }

  get status(): FeedStatus {
    const { end } = this.#options.dataset;
    const { lastTime = 0 } = this.#options.dataset.status();
    const time = this.#time === 0 ? undefined : this.#time;
    const rows = this.#end === undefined ? {} : { rows: Math.max(0, end - this.#end) };
    const seconds = time === undefined || rows.rows === 0 ? 0 : Math.max(0, lastTime - time);
    return this.#record.statusWith({ behind: { ...rows, seconds }, lastTime: time });
  }

  /**
   * Ends the feed, and saves its progress: at once, or with `drain` after the rows that are there, if that takes a short time.
   * Does not reject.
   */
  async close({ drain }: { readonly drain: boolean }): Promise<void> {
    this.#isClosing = true;
    const mayDrain = drain && !this.#isNewestOnly && this.#record.isConnected;
    const timer = setTimeout(() => this.#stop.abort(), mayDrain ? DRAIN : 0);
    this.#wake();
    await this.#running;
    clearTimeout(timer);
  }

  /** Does not reject. */
  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const pause = new GrowingPause(this.#options.pauses ?? PAUSES);
    let sink: Sink | undefined;
    while (!signal.aborted) {
      const sent = this.#record.sentRows;
      try {
        sink ??= await this.#open();
        // Rows of earlier starts go first. A disk may be mounted late.
        if (!sink.newestOnly) await unlessAborted(this.#options.dataset.past ?? Promise.resolve(), signal);
        const session = await sink.connect(signal);
        this.#record.connected();
        if (session.problem !== undefined) this.#record.noted(session.problem);
        try {
          await this.#pump(sink, session);
        } finally {
          await session.close();
        }
        // The dataset gives no more rows.
        break;
      } catch (error) {
        if (signal.aborted) break;
        this.#record.failed(error);
        if (this.#isClosing) break;
        // A receiver that drops each connection at once is not asked again and again.
        if (this.#record.sentRows > sent) pause.reset();
        await pause.wait(signal, sink?.longestPause?.(error));
      }
    }
    await this.#save();
  }

  async #open(): Promise<Sink> {
    const sink = await this.#options.open();
    const { address, identity = address } = sink;
    this.#record.opened(address);
    this.#isNewestOnly = sink.newestOnly;
    if (sink.newestOnly) return sink;
    const { dataset, progressFile, positions, saveEvery } = this.#options;
    this.#identity = identity;
    const file = progressFile(identity);
    const known = await file.read();
    this.#progress = new SavedProgress(file, error => this.#record.unsaved(error), saveEvery);
    const { lastTime, rows, store } = dataset.status();
    this.#end = positions.get(identity);
    if (known !== undefined) {
      this.#time = known.time;
      this.#isSeamOpen = this.#end === undefined;
      if (this.#isSeamOpen && store?.history === undefined) {
        if (isResumed(dataset)) this.#unsent = known.waiting ?? 0;
        else this.#record.dropped(known.waiting, ONLY_IN_MEMORY);
      }
      if (rows > 0 && lastTime !== undefined && this.#isOfClockAhead(lastTime))
        this.#time = (store?.firstTime ?? lastTime) - MICROSECOND;
      return sink;
    }
    const isFromNow = sink.begin !== 'oldest-row';
    this.#time = isFromNow ? this.#begin.time : 0;
    if (isFromNow) this.#end ??= this.#begin.end;
    this.#progress.save({ time: this.#time });
    return sink;
  }

  /** Resolves when the dataset gives no more rows, or the feed is to end; rejects when the session breaks. */
  async #pump(sink: Sink, session: SinkSession): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, session.lost]);
    if (sink.newestOnly) await this.#pumpNewest(sink, session, signal);
    else await this.#pumpAll(sink, session, signal);
    if (session.lost.aborted) throw session.lost.reason;
  }

  async #pumpNewest({ interval }: Sink, session: SinkSession, signal: AbortSignal): Promise<void> {
    const { dataset } = this.#options;
    for await (const rows of newestRows(dataset, { interval, signal, after: this.#time })) {
      await this.#send(session, rows, signal);
      this.#time = rows.batch.columns[0]![0] as number;
      this.#end = rows.positions[0]! + 1;
      if (this.#isClosing) return;
    }
  }

  async #pumpAll(sink: Sink, session: SinkSession, signal: AbortSignal): Promise<void> {
    const { dataset } = this.#options;
    const { interval, pieceRows = PIECE_ROWS } = sink;
    const reader = new FeedReader(dataset, {
      after: this.#time ?? 0,
      expected: this.#end,
      interval,
      onLost: rows => this.#record.dropped(rows, 'the dataset has forgotten them'),
      onUnread: rows => this.#dropEarly(rows),
      isWanted: early => this.#isWanted(early),
    });
    try {
      while (!signal.aborted) {
        const read = reader.next(pieceRows);
        if (read !== undefined) {
          if (this.#isSeamOpen) await this.#closeSeam(read);
          if (read.rows !== undefined) await this.#send(session, read.rows, signal);
          this.#taken(read);
          // Others have their turn during a long row of pieces that are thinned out.
          await turn();
        } else if (reader.ended) {
          if (reader.failed && dataset.status().failure === undefined)
            throw new Error('stored rows cannot be read; the log says why');
          return;
        } else if (this.#isClosing && !dataset.closing.aborted && reader.isCaughtUp) return;
        else
          await untilCalled(signal, done => {
            this.#wake = done;
            reader.wait(done);
            return undefined;
          });
      }
    } finally {
      reader.close();
    }
  }

  /** Rows that were taken before the session breaks are not sent again: a bad connection gets on, too. */
  async #send(session: SinkSession, rows: SinkRows, signal: AbortSignal): Promise<void> {
    const { length, columns } = rows.batch;
    let taken = 0;
    const onTaken: OnTaken = (count, refusal) => {
      if (count <= taken || count > length) return;
      this.#record.sent(count - taken - (refusal?.rows ?? 0));
      if (refusal !== undefined) this.#record.dropped(refusal.rows, refusal.reason);
      taken = count;
      this.#taken({
        lastTime: (columns[0] as Float64Array)[count - 1]!,
        end: rows.positions[count - 1]! + 1,
      });
    };
    const { refused } = (await session.send(rows, signal, onTaken)) ?? {};
    this.#record.sent(length - taken - (refused?.rows ?? 0));
    if (refused !== undefined) this.#record.dropped(refused.rows, refused.reason);
  }

  #taken({ lastTime, end }: Pick<ReadRows, 'lastTime' | 'end'>): void {
    this.#time = lastTime;
    this.#end = end;
    this.#options.positions.set(this.#identity, end);
    this.#progress?.save({ time: lastTime });
  }

  /** Rows of a clock behind the progress: dropped, unless the clock is right now and the progress is of one that was ahead. */
  #isWanted({ rows, time }: EarlyRows): boolean {
    if (this.#isOfClockAhead(time)) return true;
    this.#dropEarly(rows);
    return false;
  }

  /** The receiver has those that another machine gives once more. */
  #dropEarly(rows: number): void {
    if (isResumed(this.#options.dataset) && !isFarAhead(this.#time ?? 0)) return;
    this.#record.dropped(rows, 'their times are not after those of the rows that were sent before');
  }

  /** Whether the progress is of a clock that was ahead, as a row at this time shows. */
  #isOfClockAhead(time: number): boolean {
    const { dataset, synchronized } = this.#options;
    return isOfClockAhead(this.#time ?? 0, { time, isResumed: isResumed(dataset), synchronized });
  }

  /** Finds out whether the dataset has lost rows between those of an earlier start and the first ones of this start. */
  async #closeSeam({ rows }: ReadRows): Promise<void> {
    this.#isSeamOpen = false;
    const { store: { firstTime = Number.POSITIVE_INFINITY } = {} } = this.#options.dataset.status();
    if (firstTime > (this.#time ?? 0)) this.#record.dropped(this.#unsent, ONLY_IN_MEMORY);
    const [first] = (rows?.batch.columns[0] ?? []) as Float64Array;
    if (first === undefined) return;
    const { dataset } = this.#options;
    const { history } = dataset.status().store ?? {};
    if (history?.failure !== undefined && history.rows === 0) {
      this.#record.dropped(
        undefined,
        'the folder of the history could not be opened before later rows were sent',
      );
      return;
    }
    const from = (this.#time ?? 0) + MICROSECOND;
    if (from >= first) return;
    await dataset.stretch({ from, to: first }).catch((error: unknown) => {
      if (error instanceof StretchError && error.problem === 'gone')
        this.#record.dropped(undefined, 'the dataset has deleted them before they were sent');
    });
  }

  async #save(): Promise<void> {
    if (this.#time === undefined) return;
    const { end } = this.#options.dataset;
    await this.#progress?.close({
      time: this.#time,
      ...(this.#end === undefined ? {} : { waiting: Math.max(0, end - this.#end) }),
    });
  }
}
