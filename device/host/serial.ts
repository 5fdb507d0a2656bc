// How is what cannot be shared used by one at a time? By queues with names: a bus, a chip, a 1-Wire master.

/**
 * Runs `work` when all work of the same name that was asked for before has ended, and gives what it gives. Work that
 * is still in the queue when `signal` aborts is not begun; of work that has begun only the wait is given up, and the next
 * in the queue still waits for its end. Work that waits for work of its own name waits for ever.
 */
export type Serial = <T>(name: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** One piece of work in a queue. */
export interface Job {
  /** What the queue is for, such as `1-wire`. */
  readonly queue: string;
  /** Undefined where nobody asked to be told. */
  readonly owner: JobOwner | undefined;
  /** The job of this queue that runs now, for which the others wait. */
  readonly running: Job | undefined;
}

/** Whoever wants to know where its work stands. */
export interface JobOwner {
  /** What a person calls it. */
  readonly name: string;
  queued(job: Job): void;
  /** It no longer waits, it runs. */
  begun(job: Job): void;
  /** It has run, or left the queue. */
  ended(job: Job): void;
  /** Of a job of its own that runs: since when, and until when it may at the longest, on the monotonic clock. */
  hold(job: Job): { readonly since: number; readonly limit: number } | undefined;
}

const owners = new WeakMap<AbortSignal, JobOwner>();

/** From now on `owner` is told of all work, in whatever queue, that is asked for with this signal. */
export function tellOwner(signal: AbortSignal, owner: JobOwner): void {
  owners.set(signal, owner);
}

/** Queues that know of nobody else's: one set of them for all that shares the hardware. */
export function serialQueues(): Serial {
  const queues = new Map<string, Queue>();
  return (name, work, signal) => {
    const queue = queues.get(name) ?? new Queue(name);
    queues.set(name, queue);
    const result = queue.run(work, signal);
    const end = result.then(nothing, nothing).then(() => {
      if (queue.end === end) queues.delete(name);
    });
    queue.end = end;
    return signal === undefined ? result : untilAbort(result, signal);
  };
}

class Queue {
  readonly #name: string;
  #running: Job | undefined;
  /** Resolves when all jobs so far have ended. */
  end: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.#name = name;
  }

  async run<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const job = this.#newJob(signal === undefined ? undefined : owners.get(signal));
    job.owner?.queued(job);
    try {
      await this.end;
      signal?.throwIfAborted();
      this.#running = job;
      job.owner?.begun(job);
      return await work();
    } finally {
      this.#running = undefined;
      job.owner?.ended(job);
    }
  }

  #newJob(owner: JobOwner | undefined): Job {
    const current = () => this.#running;
    return {
      queue: this.#name,
      owner,
      get running() {
        return current();
      },
    };
  }
}

function nothing(): void {}

/** What `work` gives, or a rejection with the reason of the abort where that comes first. */
export function untilAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const finish = () => signal.removeEventListener('abort', stop);
    work.then(resolve, reject).then(finish, finish);
  });
}
