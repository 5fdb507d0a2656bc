// Starts a worker thread for a job of a history.

import { Worker } from 'node:worker_threads';
import { PartError } from './disk/jobs.ts';
import type { HistoryJob, JobResult, RunHistoryJob } from './jobs.ts';

export type JobAnswer =
  | { readonly result: JobResult<HistoryJob> }
  | {
      readonly error: {
        readonly message: string;
        readonly code: string | undefined;
        readonly part: string | undefined;
      };
    };

/** Runs jobs in worker threads, until `signal` aborts: then those that run are ended where they are. */
export function inWorkers(signal: AbortSignal): RunHistoryJob {
  return async <Job extends HistoryJob>(job: Job) => {
    signal.throwIfAborted();
    const answer = await answerTo(job, signal);
    if ('result' in answer) return answer.result as JobResult<Job>;
    const { message, code, part } = answer.error;
    throw part === undefined ? Object.assign(new Error(message), { code }) : new PartError(part, message);
  };
}

function answerTo(job: HistoryJob, signal: AbortSignal): Promise<JobAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: job });
    const end = () => void worker.terminate();
    signal.addEventListener('abort', end, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', end);
      reject(new Error('the worker thread ended before its work was done'));
    });
  });
}
