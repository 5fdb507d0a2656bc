// Which responses are still being written? All of them end with their marker before the server closes.

import type { ServerResponse } from 'node:http';

/** The streams that are open now. */
export class OpenStreams {
  private readonly open = new Set<ServerResponse>();
  private emptied: (() => void) | undefined;

  get size(): number {
    return this.open.size;
  }

  /** Counts `response` until it is finished or broken off; the signal is aborted when that has happened. */
  add(response: ServerResponse): AbortSignal {
    const gone = new AbortController();
    this.open.add(response);
    response.once('close', () => {
      gone.abort();
      this.open.delete(response);
      if (this.open.size === 0) this.emptied?.();
    });
    return gone.signal;
  }

  /** Waits until no stream is open, `most` milliseconds at most; a stuck client is not waited for. */
  async ended(most: number): Promise<void> {
    if (this.open.size === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, most);
      this.emptied = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
