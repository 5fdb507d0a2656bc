// A device for tests: its rows are those that the test appends, when it does, and never any others.

import type { Batch } from '../../dap/index.ts';
import type { Channel, ClockHistory, Device, SensorState } from '../../device/index.ts';
import type { DatasetInfo } from '../../server/dataset/dataset.ts';

/** What a dataset over such a device is called. */
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

interface Appended {
  readonly rows: readonly Row[];
  readonly taken: () => void;
}

export class ScriptedDevice implements Device {
  readonly channels = CHANNELS;
  readonly interval = 1;
  readonly computed = false;
  readonly sensors: readonly SensorState[] = [];
  readonly missedSlots = 0;
  lateness = 0;
  readonly clock: ClockHistory = { steps: 0, lastSteps: [], ahead: 0 };
  /** Its times are those of a script: only its rows tell how far it is, unless the test says so too. */
  earliest = Number.NEGATIVE_INFINITY;
  readonly #onRows: (rows: readonly Row[]) => void;
  readonly #waiting: Appended[] = [];
  #wake: () => void = () => {};
  #failure: Error | undefined;

  /** `onRows` is told of rows right before they are handed over. */
  constructor(onRows: (rows: readonly Row[]) => void = () => {}) {
    this.#onRows = onRows;
  }

  /** One batch; resolves when whoever takes the rows has dealt with them and comes back for more. */
  append(rows: readonly Row[]): Promise<void> {
    return new Promise(taken => {
      this.#waiting.push({ rows, taken });
      this.#wake();
    });
  }

  /** Breaks as a device does whose sensors do not open again. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async *rows(signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
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
      this.#onRows(next.rows);
      yield batchOf(next.rows);
      next.taken();
    }
  }

  async close(): Promise<void> {}
}
