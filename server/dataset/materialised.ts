// How does a dataset without an interval serve its readers? Each has a generator of its own, made as fast as it reads.

import type { AttributeTable, DapDataset, Plan } from '../../dap/index.ts';
import type { Device } from '../../device/index.ts';
import { messageOf } from '../../device/index.ts';
import { type Cursor, GeneratorCursor } from '../store/cursor.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';

/** A dataset with interval 0, as the original was: nothing runs but what its clients pull. */
export class MaterialisedDataset implements Dataset {
  info: DatasetInfo;
  readonly interval = 0;
  readonly isClocked: boolean;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #device: Device;
  readonly #events: DatasetEvents;
  readonly #closing = new AbortController();
  #made = 0;
  /** Why the last reader's rows broke off; forgotten when another reader gets rows. */
  #failure: string | undefined;

  constructor(info: DatasetInfo, device: Device, events: DatasetEvents = {}) {
    this.info = info;
    this.#events = events;
    this.#device = device;
    this.isClocked = !device.computed;
    this.model = describeModel(info, device.channels);
    this.attributes = describeAttributes(info, device.channels, 0);
  }

  open(plan: Plan): Cursor {
    const { low } = plan.time;
    const stop = new AbortController();
    const rows = this.#device.rows(stop.signal, low > Number.NEGATIVE_INFINITY ? { from: low } : {});
    return new GeneratorCursor(rows, stop, {
      onRows: rows => {
        this.#made += rows;
        this.#failure = undefined;
      },
      onFailure: error => {
        this.#failure = messageOf(error);
        this.#events.onFailure?.(error);
      },
    });
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  newestRow(): undefined {
    return undefined;
  }

  status(): DatasetStatus {
    return {
      rows: this.#made,
      sensors: this.#device.sensors,
      clock: this.#device.clock,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  describe(info: DatasetInfo): void {
    this.info = info;
    this.attributes = describeAttributes(info, this.#device.channels, 0);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#device.close();
  }
}
