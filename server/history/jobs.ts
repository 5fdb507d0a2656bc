// Runs any job of a history: the writing and merging of files, and the summarising of days.

import { type Job as FileJob, runJob as runFileJob } from './disk/jobs.ts';
import type { StoredFile } from './disk/stored-file.ts';
import { type SummaryJob, type SummaryJobResult, summariseMonth } from './summaries/summary-job.ts';

export type HistoryJob = FileJob | SummaryJob;

export type JobResult<Job extends HistoryJob> = Job extends SummaryJob ? SummaryJobResult : StoredFile;

export type RunHistoryJob = <Job extends HistoryJob>(job: Job) => Promise<JobResult<Job>>;

export const runJob: RunHistoryJob = <Job extends HistoryJob>(job: Job) => {
  const running: Promise<StoredFile | SummaryJobResult> =
    job.kind === 'summarise' ? summariseMonth(job) : runFileJob(job);
  return running as Promise<JobResult<Job>>;
};
