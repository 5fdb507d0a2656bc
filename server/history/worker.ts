// Runs one job of a history in a worker thread, beside the event loop that reads sensors and serves clients.

import { parentPort, workerData } from 'node:worker_threads';
import { PartError } from './disk/jobs.ts';
import { type HistoryJob, runJob } from './jobs.ts';
import type { JobAnswer } from './worker-jobs.ts';

const answer = (message: JobAnswer) => parentPort?.postMessage(message);

runJob(workerData as HistoryJob).then(
  result => answer({ result }),
  (error: unknown) => {
    const { message, code } = error as NodeJS.ErrnoException;
    answer({ error: { message, code, part: error instanceof PartError ? error.part : undefined } });
  },
);
