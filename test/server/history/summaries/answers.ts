// Gets the answer of a function from a history, from its summaries and from its rows alone.

import { type Batch, parseConstraint, planConstraint, RowReader } from '../../../../dap/index.ts';
import { missingValues } from '../../../../server/dataset/describe.ts';
import { StoredDataset } from '../../../../server/dataset/stored.ts';
import type { SequenceColumn, SharedSource } from '../../../../server/source/row-source.ts';
import type { RowStore } from '../../../../server/store/row-store.ts';

/** A result, by its columns, and the number of stretches that stood for rows. */
export interface Answer {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly stretches: number;
  /** Rows that were read. */
  readonly rows: number;
}

/** A dataset whose rows are all in `store`, which it closes. */
export async function datasetOf(store: RowStore, columns: readonly SequenceColumn[]): Promise<StoredDataset> {
  const source: SharedSource = {
    layout: { name: 'sensor', columns },
    delivery: { kind: 'pushed' },
    isClocked: false,
    status: { kind: 'plain' },
    earliest: Number.NEGATIVE_INFINITY,
    async *rows() {},
    close: async () => {},
  };
  const words = { name: 'roof', title: 'Roof', summary: 'Rows of a test.', source: 'a test' };
  const dataset = new StoredDataset(words, source, store);
  await dataset.close();
  return dataset;
}

/** @param most rows that are read at once */
export async function answerOf(
  dataset: StoredDataset,
  constraint: string,
  { usesSummaries, most = 100 }: { readonly usesSummaries: boolean; readonly most?: number },
): Promise<Answer> {
  const { summaries, ...plan } = planConstraint(parseConstraint(constraint), dataset.model, {
    now: 0,
    missing: missingValues(dataset.model, dataset.attributes),
  });
  const used = usesSummaries && summaries !== undefined ? { ...plan, summaries } : plan;
  const cursor = dataset.open(used);
  const reader = new RowReader(used);
  const results: Batch[] = [];
  let [stretches, rows] = [0, 0];
  while (!reader.done) {
    const taken = cursor.next(most);
    if (taken === undefined) {
      if (cursor.ended) break;
      await new Promise<void>(wake => cursor.wait(wake));
    } else if ('summaries' in taken) {
      stretches += taken.summaries.length;
      results.push(reader.nextSummaries(taken.summaries).batch);
    } else {
      rows += taken.batch.length;
      // Rows of memory are views.
      const { batch } = reader.next(taken.batch);
      results.push({ ...batch, columns: batch.columns.map(column => column.slice()) });
    }
  }
  if (cursor.failed) throw new Error('expected rows, found none that could be read');
  results.push(reader.end());
  cursor.close();
  return { columns: columnsOf(plan.sequence.fields, results), stretches, rows };
}

function columnsOf(fields: readonly { readonly name: string }[], batches: readonly Batch[]) {
  return Object.fromEntries(
    fields.map(({ name }, index) => [
      name,
      batches.flatMap(({ columns }) => Array.from(columns[index] as Float64Array)),
    ]),
  );
}
