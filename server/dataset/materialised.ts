// How does a dataset without an interval serve its readers? Each has a generator of its own, made as fast as it reads.

import type { AttributeTable, Dataset as DapDataset, Plan } from '../../dap/index.ts';
import type { Device } from '../../device/index.ts';
import { type Cursor, GeneratorCursor } from '../log/cursor.ts';
import type { Dataset, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';

/** A dataset with interval 0, as the original was: nothing runs but what its clients pull. */
export class MaterialisedDataset implements Dataset {
  readonly info: DatasetInfo;
  readonly interval = 0;
  readonly model: DapDataset;
  readonly attributes: AttributeTable;
  private readonly device: Device;
  private readonly stopping = new AbortController();

  constructor(info: DatasetInfo, device: Device) {
    this.info = info;
    this.device = device;
    this.model = describeModel(info, device.channels);
    this.attributes = describeAttributes(info, device.channels, 0);
  }

  open(plan: Plan, signal: AbortSignal): Cursor {
    const { low } = plan.time;
    const reader = new AbortController();
    const stop = () => reader.abort();
    // Linked by hand and unlinked at the end: AbortSignal.any would stay with the signal that outlives all readers.
    const sources = [signal, this.stopping.signal];
    for (const source of sources) source.addEventListener('abort', stop);
    if (sources.some(source => source.aborted)) stop();
    const rows = this.device.rows(reader.signal, low > -Infinity ? { from: low } : {});
    return new GeneratorCursor(rows, () => {
      for (const source of sources) source.removeEventListener('abort', stop);
    });
  }

  status(): DatasetStatus {
    return { sensors: this.device.sensors };
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.device.close();
  }
}
