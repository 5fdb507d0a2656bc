// How does one sampled device serve any number of readers? Its rows go to a log, and each reader goes through that.

import type { Atomic, AttributeTable, Dataset as DapDataset, Plan, Sequence } from '../../dap/index.ts';
import type { Device } from '../../device/index.ts';
import { type Cursor, LogCursor } from '../log/cursor.ts';
import { type LogBounds, RowLog } from '../log/row-log.ts';
import type { Dataset, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';

/** A dataset with an interval: the device is sampled once an interval, however many clients read. */
export class LoggedDataset implements Dataset {
  readonly info: DatasetInfo;
  readonly interval: number;
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  private readonly device: Device;
  private readonly log: RowLog;
  private readonly stopping = new AbortController();
  private readonly sampling: Promise<void>;
  private failure: string | undefined;

  constructor(info: DatasetInfo, device: Device, bounds?: LogBounds) {
    this.info = info;
    this.device = device;
    this.interval = device.interval;
    this.model = describeModel(info, device.channels);
    this.attributes = describeAttributes(info, device.channels, device.interval);
    const [sequence] = this.model.variables as readonly [Sequence];
    this.log = new RowLog(sequence.fields as readonly Atomic[], bounds);
    this.sampling = this.sample();
  }

  open(plan: Plan, _signal: AbortSignal): Cursor {
    const { low, high } = plan.time;
    // An upper bound alone asks for the past as well: from the oldest row on.
    const position = !plan.timeBounded ? this.log.end : low > -Infinity ? this.log.find(low) : this.log.first;
    return new LogCursor(this.log, low > high ? this.log.end : position);
  }

  status(): DatasetStatus {
    const { lastTime } = this.log;
    return {
      rows: this.log.end,
      sensors: this.device.sensors,
      ...(lastTime === undefined ? {} : { lastTime }),
      ...(this.failure === undefined ? {} : { failure: this.failure }),
    };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.sampling;
    await this.device.close();
  }

  private async sample(): Promise<void> {
    try {
      for await (const batch of this.device.rows(this.stopping.signal)) this.log.append(batch);
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    } finally {
      this.log.close();
    }
  }
}
