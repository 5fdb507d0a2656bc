// Gives tests a row source whose rows are those that the test appends, at that moment.

import type { Batch } from '../../dap/index.ts';
import type { Channel } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';
import type { SharedSource, SourceStatus } from '../../server/source/row-source.ts';
import { sensorLayout } from '../../server/source/sensor-layout.ts';

/** The words of a dataset of such a source. */
export const SCRIPTED: DatasetInfo = {
  name: 'scripted',
  title: 'Rows from a script',
  summary: 'Rows that a test makes.',
  source: 'a test',
};

/** Columns of three types behind the time. */
export const CHANNELS: readonly Channel[] = [
  { name: 'a', units: '1', longName: 'may be missing' },
  { name: 'b', type: 'Int32', units: '1', longName: 'whole' },
  { name: 'c', type: 'Float32', units: '1', longName: 'single precision' },
];

/** One row: `time`, `a`, `b`, `c`. */
export type Row = readonly number[];

export function batchOf(rows: readonly Row[]): Batch {
  const column = (index: number) => rows.map(row => row[index]!);
  return {
    length: rows.length,
    columns: [
      Float64Array.from(column(0)),
      Float64Array.from(column(1)),
      Int32Array.from(column(2)),
      Float32Array.from(column(3)),
    ],
  };
}

/** The columns of a scripted source, in its Sequence `sensor`. */
export const LAYOUT = sensorLayout(CHANNELS);

interface PendingRows {
  readonly rows: readonly Row[];
  readonly taken: () => void;
}

export interface ScriptOptions {
  /** `pushed` by default. */
  readonly delivery?: SharedSource['delivery'];
  /** Nothing besides its rows by default. */
  readonly status?: SourceStatus;
  readonly isClocked?: boolean;
}

export class ScriptedSource implements SharedSource {
  readonly layout = LAYOUT;
  readonly delivery: SharedSource['delivery'];
  readonly isClocked: boolean;
  status: SourceStatus;
  /** Only its rows tell how far it is, unless the test says so too. */
  earliest = Number.NEGATIVE_INFINITY;
  /** The time after which rows were asked for. */
  after: number | undefined;
  readonly #waiting: PendingRows[] = [];
  #wake: () => void = () => {};
  #failure: Error | undefined;

  constructor(options: ScriptOptions = {}) {
    const { delivery = { kind: 'pushed' }, status = { kind: 'plain' }, isClocked = false } = options;
    this.delivery = delivery;
    this.status = status;
    this.isClocked = isClocked;
  }

  /** Hands over one batch. Resolves when the dataset has stored it and comes back for more. */
  append(rows: readonly Row[]): Promise<void> {
    return new Promise(taken => {
      this.#waiting.push({ rows, taken });
      this.#wake();
    });
  }

  /** Breaks as a source does whose sensors do not open again. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async *rows(
    signal: AbortSignal,
    { after }: { readonly after?: number } = {},
  ): AsyncGenerator<Batch, void, undefined> {
    this.after = after;
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted) {
      if (this.#failure !== undefined) throw this.#failure;
      const next = this.#waiting.shift();
      if (next === undefined) {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
        continue;
      }
      yield batchOf(next.rows);
      next.taken();
    }
  }

  async close(): Promise<void> {}
}
