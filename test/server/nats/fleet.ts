// Gives tests of a fleet: rows, the sink of a dataset, and what stands in the stream.

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Batch } from '../../../dap/index.ts';
import { printDds } from '../../../dap/index.ts';
import type { DatasetInfo } from '../../../server/dataset/dataset.ts';
import { describeAttributes, describeModel } from '../../../server/dataset/describe.ts';
import { layoutId } from '../../../server/nats/layout-message.ts';
import { RowCodec } from '../../../server/nats/row-message.ts';
import { type NatsSinkOptions, type NatsSinkTuning, openNatsSink } from '../../../server/nats/sink.ts';
import type { SinkDataset, SinkMachine, SinkRows } from '../../../server/publish/sink.ts';
import type { SequenceLayout } from '../../../server/source/row-source.ts';
import { batchOf, LAYOUT, type Row, SCRIPTED } from '../scripted-source.ts';

export const STREAM = 'fleet';

export const CREATE = { replicas: 1, keep: 7 * 86_400, size: 1024 ** 3 };

/** A dataset of the scripted columns, as a sink sees it. */
export function datasetNamed(
  name: string,
  layout: SequenceLayout = LAYOUT,
  words: Partial<DatasetInfo> = {},
): SinkDataset {
  const info = { ...SCRIPTED, ...words, name };
  const delivery = { kind: 'scheduled', interval: 1 } as const;
  const model = describeModel(info, layout);
  return {
    ...{ info, layout, delivery, model, isClocked: true },
    attributes: describeAttributes(info, layout, delivery),
  };
}

export function codecOf(name: string): RowCodec {
  return new RowCodec(layoutId(printDds(datasetNamed(name).model)), LAYOUT);
}

export function sinkOf(
  servers: readonly string[],
  name = 'roof',
  options: Partial<NatsSinkOptions> = {},
  tuning: NatsSinkTuning &
    SinkMachine & {
      readonly layout?: SequenceLayout;
      readonly words?: Partial<DatasetInfo>;
      readonly dataset?: Partial<SinkDataset>;
    } = {},
) {
  return openNatsSink(
    { servers, stream: STREAM, name, create: CREATE, backlog: 7 * 86_400, ...options },
    { ...datasetNamed(name, tuning.layout, tuning.words), ...tuning.dataset },
    tuning,
    tuning,
  );
}

/** `length` rows, one a second, the first at `from` in seconds since 1970. */
export function rowsFrom(from: number, length: number): Row[] {
  return Array.from({ length }, (_, index) => [from + index, index, index, index]);
}

export function sinkRows(rows: readonly Row[], position = 0): SinkRows {
  return { batch: batchOf(rows), positions: Float64Array.from(rows, (_, index) => position + index) };
}

/** The first of the scripted columns: a layout of its own. */
export const FEWER: SequenceLayout = { ...LAYOUT, columns: LAYOUT.columns.slice(0, 2) };

/** Rows of the first columns alone. */
export function fewerRows(rows: readonly Row[]): SinkRows {
  const { batch, positions } = sinkRows(rows);
  return { batch: { ...batch, columns: batch.columns.slice(0, 2) }, positions };
}

/** The present in whole seconds. */
export const now = () => Math.floor(Date.now() / 1000);

export interface StoredRows {
  readonly previous: number;
  readonly batch: Batch;
  readonly times: readonly number[];
}

/** The messages with rows of a dataset that stand in the stream. */
export async function storedRows(url: string, name = 'roof', options: object = {}): Promise<StoredRows[]> {
  const connection = await connect({ servers: url, ...options });
  try {
    const manager = await jetstreamManager(connection);
    const subject = `${STREAM}.rows.${name}`;
    const { state } = await manager.streams.info(STREAM, { subjects_filter: subject } as never);
    const count = state.subjects?.[subject] ?? 0;
    if (count === 0) return [];
    const consumer = await jetstream(connection).consumers.get(STREAM, { filter_subjects: subject });
    const codec = codecOf(name);
    const found: StoredRows[] = [];
    for await (const message of await consumer.fetch({ max_messages: count })) {
      const { previous, batch } = codec.decode(message.data);
      found.push({ previous, batch, times: [...(batch.columns[0] as Float64Array)] });
    }
    return found;
  } finally {
    await connection.close();
  }
}

export const timesOf = (rows: readonly StoredRows[]) => rows.flatMap(({ times }) => times);
