// How does one sampled device serve any number of readers? Its rows go to a log, and each reader goes through that.

import type { Atomic, AttributeTable, DapDataset, Plan, Sequence } from '../../dap/index.ts';
import type { Device } from '../../device/index.ts';
import { messageOf } from '../../device/index.ts';
import { Announcer } from '../store/announcer.ts';
import { type Cursor, LogCursor, type LogSource } from '../store/cursor.ts';
import { type LogBounds, RowLog } from '../store/row-log.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus, LogStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';

export interface LoggedOptions extends DatasetEvents {
  readonly bounds?: LogBounds;
}

/** A dataset with an interval: the device is sampled once an interval, however many clients read. */
export class LoggedDataset implements Dataset, LogSource {
  info: DatasetInfo;
  readonly interval: number;
  readonly isClocked = true;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #device: Device;
  readonly #log: RowLog;
  readonly #announcer = new Announcer();
  readonly #events: DatasetEvents;
  #overrun = 0;
  readonly #stopping = new AbortController();
  readonly #sampling: Promise<void>;
  failure: string | undefined;

  constructor(info: DatasetInfo, device: Device, { bounds, ...events }: LoggedOptions = {}) {
    this.info = info;
    this.#events = events;
    this.#device = device;
    this.interval = device.interval;
    this.model = describeModel(info, device.channels);
    this.attributes = describeAttributes(info, device.channels, device.interval);
    const [sequence] = this.model.variables as readonly [Sequence];
    this.#log = new RowLog(sequence.fields as readonly Atomic[], bounds);
    this.#sampling = this.#sample();
  }

  open(plan: Plan): Cursor {
    return new LogCursor(this.#log, this.#announcer, this.#beginOf(plan), this);
  }

  get closing(): AbortSignal {
    return this.#stopping.signal;
  }

  get earliest(): number {
    return this.#device.earliest;
  }

  onOverrun(missed: number): void {
    this.#overrun += missed;
    this.#events.onOverrun?.(missed);
  }

  status(): DatasetStatus {
    const { lastTime } = this.#log;
    const { sensors, clock, missedSlots, lateness } = this.#device;
    return {
      rows: this.#log.end,
      overrun: this.#overrun,
      sensors,
      clock,
      missedSlots,
      lateness,
      log: this.#logStatus(),
      ...(lastTime === undefined ? {} : { lastTime }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }

  newestRow(): readonly number[] | undefined {
    const { end } = this.#log;
    if (end === 0) return undefined;
    return this.#log.view(end - 1, 1).columns.map(column => Number(column[0]));
  }

  describe(info: DatasetInfo): void {
    this.info = info;
    this.attributes = describeAttributes(info, this.#device.channels, this.interval);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    // Readers get their end marker now: a sensor may take its time to close.
    this.#log.close();
    this.#announcer.tell();
    await this.#sampling;
    await this.#device.close();
  }

  #logStatus(): LogStatus {
    const { first, end, bytes, bounds, capacity } = this.#log;
    return {
      rows: end - first,
      bytes,
      bounds: { ...bounds, rows: capacity },
      ...(end > first ? { firstTime: this.#log.timeAt(first) } : {}),
    };
  }

  /** The position of the oldest row that can match; an upper bound alone asks for the past as well. */
  #beginOf({ time, timeBounded }: Plan): number {
    if (!timeBounded || time.low > time.high) return this.#log.end;
    const position = this.#log.find(time.low);
    const skips = !time.lowInclusive && position < this.#log.end && this.#log.timeAt(position) === time.low;
    return skips ? position + 1 : position;
  }

  async #sample(): Promise<void> {
    try {
      for await (const batch of this.#device.rows(this.#stopping.signal)) {
        this.#log.append(batch);
        this.#announcer.rowsCame();
      }
    } catch (error) {
      this.failure = messageOf(error);
      this.#events.onFailure?.(error);
    } finally {
      this.#log.close();
      this.#announcer.tell();
    }
  }
}
