// A clock for the tests of the history, and what files say about it.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HistoryClock } from '../../../server/history/history-clock.ts';
import { readFooter } from '../../../server/history/parquet/file-reader.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { type HistoryTree, MIDNIGHT } from './stores.ts';

/** A clock whose state and time the test sets; `wall` is in seconds after midnight. */
export function clockOf(first: Synchronized | undefined, wall = 0) {
  let state = first;
  let [now, passed] = [MIDNIGHT + wall, 0];
  const clock = new HistoryClock(() => state, { wall: () => now, monotonic: () => passed });
  return {
    clock,
    set: (next: Synchronized) => {
      state = next;
    },
    /** Lets time go by. */
    pass: (seconds: number) => {
      now += seconds;
      passed += seconds;
    },
    /** Sets the clock, before the row at `time`. */
    step: (seconds: number, time: number, ahead = 0) => {
      now += seconds;
      clock.stepped({ time: MIDNIGHT + time, seconds, ahead });
    },
  };
}

/** The Parquet files of the dataset, those that were set aside included. */
export const namesIn = (tree: HistoryTree) =>
  readdirSync(join(tree.path, 'roof'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.includes('.parquet') && !name.startsWith('summaries'))
    .sort();

/** The marks of each file, in the order of their names. */
export const marksIn = async (tree: HistoryTree) =>
  Promise.all(
    namesIn(tree)
      .filter(name => name.endsWith('.parquet'))
      .map(async name => (await readFooter(join(tree.path, 'roof', name)))?.clock),
  );

export const UNSYNCHRONISED = 'the system clock was not synchronised';
