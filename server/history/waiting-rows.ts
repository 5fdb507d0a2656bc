// Keeps rows that closed stores could not write, until the next store of their dataset takes them over, or the disk takes them.

import type { Batch } from '../../dap/protocol.ts';
import { counted } from '../text/terminal-text.ts';
import { instant } from './history-clock.ts';
import type { FileColumn } from './parquet/file-columns.ts';

/** How rows are to be stored that were made with other columns than those of the store that writes them. */
export interface StoredAs {
  readonly columns: readonly FileColumn[];
  /** The dataset's attributes as a DAS. */
  readonly das: string;
  /** What the clock was like when they were made. */
  readonly marks: readonly string[];
}

/** Rows of one day, with their final times. */
export interface LeftRun {
  /** Positions from the end of the stored rows to the first row. */
  readonly offset: number;
  readonly batch: Batch;
  readonly as: StoredAs;
}

/** The rows that a store could not write before it was closed: one run at least. */
export interface LeftRows {
  readonly runs: readonly LeftRun[];
  /** Positions from the end of the stored rows to the next row. */
  readonly length: number;
}

/** Stores rows that no store has taken over: opens one, and closes it again, which may leave rows once more. Does not reject. */
export type StoreLeft = (rows: LeftRows) => Promise<void>;

interface Waiting {
  readonly rows: LeftRows;
  readonly store: StoreLeft;
  /** Receives what the journal says. */
  readonly tell: (sentence: string) => void;
  readonly timer: NodeJS.Timeout;
}

/** By the folders of datasets. */
const waiting = new Map<string, Waiting>();
const attempts = new Map<string, Promise<void>>();

/** Takes the rows that wait for the disk of a dataset, if there are some: the caller stores them before its own. */
export async function takeOver(folder: string): Promise<LeftRows | undefined> {
  await attempts.get(folder);
  const found = waiting.get(folder);
  clearTimeout(found?.timer);
  waiting.delete(folder);
  return found?.rows;
}

/** Keeps rows for the next store of the dataset. Until there is one, `store` is called every `pause` seconds. */
export function leaveRows(
  folder: string,
  { rows, pause, store, tell }: Omit<Waiting, 'timer'> & { readonly pause: number },
): void {
  const timer = setTimeout(() => void storeNow(folder), pause * 1000).unref();
  waiting.set(folder, { rows, store, tell, timer });
  tell(
    `${folder}: kept in memory until the disk takes them: ${countedRows(rows)}, the first of ${firstOf(rows)}`,
  );
}

/** Whether rows wait that belong to no open store. */
export function hasWaitingRows(): boolean {
  return waiting.size > 0 || attempts.size > 0;
}

/** Tries once more to store the rows that wait, and tells how many are lost. Every store is closed by now. Does not reject. */
export async function endWaiting(): Promise<void> {
  await Promise.all(attempts.values());
  await Promise.all([...waiting.keys()].map(storeNow));
  for (const [folder, { rows, tell, timer }] of waiting) {
    clearTimeout(timer);
    waiting.delete(folder);
    tell(`${folder}: ${lostText(countedRows(rows), firstOf(rows))}`);
  }
}

/** What the journal says about rows that are given up. */
export function lostText(rows: string, first: string): string {
  return `${rows} could not be stored before the end, the first of ${first}`;
}

async function storeNow(folder: string): Promise<void> {
  const found = waiting.get(folder);
  if (found === undefined) return;
  clearTimeout(found.timer);
  waiting.delete(folder);
  const attempt = attemptOf(folder, found).finally(() => attempts.delete(folder));
  attempts.set(folder, attempt);
  await attempt;
}

async function attemptOf(folder: string, { rows, store, tell }: Waiting): Promise<void> {
  await store(rows);
  if (!waiting.has(folder)) tell(`${folder}: stored after the wait: ${countedRows(rows)}`);
}

function countedRows({ runs }: LeftRows): string {
  return counted(
    runs.reduce((sum, { batch }) => sum + batch.length, 0),
    'row',
  );
}

function firstOf({ runs }: LeftRows): string {
  return instant((runs[0]!.batch.columns[0] as Float64Array)[0]!);
}
