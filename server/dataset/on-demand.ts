// Serves each reader from a generator of its own, which makes rows as fast as that reader takes them.

import type { AttributeTable, DapDataset, Plan } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import type { OnDemandSource, SequenceLayout } from '../source/row-source.ts';
import type { Cursor } from '../store/cursor.ts';
import { GeneratorCursor } from '../store/generator-cursor.ts';
import type { Dataset, DatasetEvents, DatasetInfo, DatasetStatus } from './dataset.ts';
import { describeAttributes, describeModel } from './describe.ts';
import { StretchError } from './stretch.ts';

/** A dataset without rows that readers share, as the original post had it: no row is made that no client asks for. */
export class OnDemandDataset implements Dataset {
  info: DatasetInfo;
  readonly delivery: OnDemandSource['delivery'];
  readonly isClocked: boolean;
  readonly layout: SequenceLayout;
  readonly model: DapDataset;
  attributes: AttributeTable;
  readonly #source: OnDemandSource;
  readonly #events: DatasetEvents;
  readonly #closing = new AbortController();
  #made = 0;
  /** Why the last reader's rows broke off; cleared when another reader gets rows. */
  #failure: string | undefined;

  constructor(info: DatasetInfo, source: OnDemandSource, events: DatasetEvents = {}) {
    const { layout, delivery, isClocked } = source;
    this.info = info;
    this.layout = layout;
    this.delivery = delivery;
    this.isClocked = isClocked;
    this.model = describeModel(info, layout);
    this.attributes = describeAttributes(info, layout, delivery);
    this.#events = events;
    this.#source = source;
  }

  open(plan: Plan): Cursor {
    const { low } = plan.time;
    const stop = new AbortController();
    const rows = this.#source.rows(stop.signal, low > Number.NEGATIVE_INFINITY ? { from: low } : {});
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

  async stretch(): Promise<never> {
    const { name } = this.info;
    throw new StretchError(
      'on-demand',
      `the dataset ${name} keeps no rows, because it makes them for each client (interval 0)`,
    );
  }

  readablePart(): undefined {
    return undefined;
  }

  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get end(): number {
    return 0;
  }

  newestRow(): undefined {
    return undefined;
  }

  status(): DatasetStatus {
    return {
      rows: this.#made,
      source: this.#source.status,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }

  describe(info: DatasetInfo): void {
    this.info = info;
    this.attributes = describeAttributes(info, this.layout, this.delivery);
  }

  async stored(): Promise<void> {}

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#source.close();
  }
}
