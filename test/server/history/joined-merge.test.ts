import { expect, it } from 'vitest';
import { type RunHistoryJob, runJob } from '../../../server/history/jobs.ts';
import { historyTree, MIDNIGHT, rowsFrom } from './stores.ts';

const DAY = 86_400;

it('a merge that is asked for while another runs merges the parts that were written meanwhile', async () => {
  const tree = historyTree();
  let begun: (() => void) | undefined;
  let goOn: (() => void) | undefined;
  const isBegun = new Promise<void>(resolve => {
    begun = resolve;
  });
  const mayGoOn = new Promise<void>(resolve => {
    goOn = resolve;
  });
  const slowly: RunHistoryJob = async job => {
    if (job.kind === 'merge') {
      begun!();
      await mayGoOn;
    }
    return runJob(job);
  };
  const store = await tree.open({ beside: () => slowly });
  const storeDay = async (day: number) => {
    store.append(rowsFrom(MIDNIGHT + day * DAY, 10));
    await store.flush();
  };
  await storeDay(0);
  await storeDay(1);
  await isBegun;
  await storeDay(2);
  const merging = store.merge();
  goOn!();
  await merging;
  expect(tree.files()).toEqual([
    '2026/11/2026-11-28.parquet',
    '2026/11/2026-11-29.parquet',
    '2026/11/2026-11-30/000000.parquet',
  ]);
  await store.close();
});
