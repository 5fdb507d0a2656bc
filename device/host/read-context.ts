// The context of a read: the signal that ends it, and the account of the time that it spends in queues.

/** What `Sensor.read` is given, and hands on to each bus that it waits for. */
export interface ReadContext {
  /** Aborts when nothing waits for the reading any more. */
  readonly signal: AbortSignal;
  /** Counts the read's time in queues, which its deadline does not include; left out where there is no deadline. */
  readonly account?: QueueAccount;
}

/** One piece of work in a queue. */
export interface Job {
  /** The queue's name, such as `1-wire`. */
  readonly queue: string;
  /** Undefined for work that belongs to no read. */
  readonly account: QueueAccount | undefined;
  /** The job of this queue that runs now, for which the others wait. */
  readonly running: Job | undefined;
}

/** Follows the jobs of one sensor through all queues. */
export interface QueueAccount {
  /** The sensor's name, for messages. */
  readonly name: string;
  queued(job: Job): void;
  /** The job no longer waits, it runs. */
  begun(job: Job): void;
  /** The job has run, or has left the queue. */
  ended(job: Job): void;
  /** Since when one of its own jobs has run, and until when it may run; both in seconds on the monotonic clock. */
  hold(job: Job): { readonly since: number; readonly limit: number } | undefined;
}
