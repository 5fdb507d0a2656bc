// Queues the jobs for hardware that serves one job at a time: a bus, a chip, the 1-Wire masters.

import type { Job, QueueAccount, ReadContext } from './read-context.ts';

/**
 * Runs `work` after all earlier work of the same name has ended, and returns its result. When the context's signal aborts,
 * work that is still queued does not begin; of work that runs only the wait is given up, and the next in the queue still
 * waits for its end. Work that waits for its own queue waits for ever.
 */
export type Serial = <T>(name: string, work: () => Promise<T>, context?: ReadContext) => Promise<T>;

/** A set of queues. Everything that shares hardware has to share one set. */
export function serialQueues(): Serial {
  const queues = new Map<string, Queue>();
  return (name, work, context) => {
    const queue = queues.get(name) ?? new Queue(name);
    queues.set(name, queue);
    const result = queue.run(work, context);
    const end = result.then(nothing, nothing).then(() => {
      if (queue.end === end) queues.delete(name);
    });
    queue.end = end;
    return context === undefined ? result : untilAbort(result, context.signal);
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

  async run<T>(work: () => Promise<T>, { signal, account }: Partial<ReadContext> = {}): Promise<T> {
    const job = this.#newJob(account);
    account?.queued(job);
    try {
      await this.end;
      signal?.throwIfAborted();
      this.#running = job;
      account?.begun(job);
      return await work();
    } finally {
      this.#running = undefined;
      account?.ended(job);
    }
  }

  #newJob(account: QueueAccount | undefined): Job {
    const current = () => this.#running;
    return {
      queue: this.#name,
      account,
      get running() {
        return current();
      },
    };
  }
}

function nothing(): void {}

/** The result of `work`, or a rejection with the reason of the abort if that comes first. */
export function untilAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const finish = () => signal.removeEventListener('abort', stop);
    work.then(resolve, reject).then(finish, finish);
  });
}
