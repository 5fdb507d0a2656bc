// Follows the newest row of every dataset of a fleet while somebody looks at them, such as a wall of tiles.

import { Attempts } from './attempts.ts';
import { faultOf } from './fleet-fault.ts';
import type { NatsLink } from './link.ts';
import { streamMessages } from './messages.ts';
import type { RowCodec } from './row-message.ts';
import type { FleetNames } from './subjects.ts';

/** Milliseconds after the last question until nothing is followed any more. */
const KEPT = 120_000;

export interface NewestRowsOptions {
  readonly link: NatsLink;
  readonly names: FleetNames;
  /** The codec of a dataset's layout in force; undefined if it is not served. */
  readonly codecOf: (dataset: string) => RowCodec | undefined;
  readonly kept?: number;
}

export class NewestRows {
  readonly #options: NewestRowsOptions;
  readonly #attempts = new Attempts();
  /** The last message of each dataset: rows are read from it when they are asked for. */
  readonly #messages = new Map<string, Uint8Array>();
  #following: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: NewestRowsOptions) {
    this.#options = options;
  }

  /** The newest row of a dataset; undefined if it is not known yet. Rows are followed from now on, for a while. */
  of(dataset: string): readonly number[] | undefined {
    this.#askedAt = performance.now();
    this.#following ??= this.#follow();
    return this.known(dataset);
  }

  /** The newest row of a dataset, if rows are followed. */
  known(dataset: string): readonly number[] | undefined {
    const message = this.#messages.get(dataset);
    if (message === undefined) return undefined;
    try {
      const { length, columns } = this.#options.codecOf(dataset)?.decode(message).batch ?? {
        length: 0,
        columns: [],
      };
      return length === 0 ? undefined : columns.map(column => Number(column[length - 1]));
    } catch {
      // A message of another version or layout: the dataset says so when it is read.
      return undefined;
    }
  }

  forget(dataset: string): void {
    this.#messages.delete(dataset);
  }

  async close(): Promise<void> {
    this.#following?.stop.abort();
    await this.#following?.ended;
  }

  #follow() {
    const stop = new AbortController();
    return { stop, ended: this.#run(stop) };
  }

  async #run(stop: AbortController): Promise<void> {
    const { kept = KEPT } = this.#options;
    const watch = setInterval(() => {
      if (performance.now() - this.#askedAt > kept) stop.abort();
    }, kept / 4).unref();
    while (!stop.signal.aborted) {
      await this.#read(stop.signal).catch((error: unknown) =>
        this.#attempts.failed(faultOf(error, this.#options.names.rows)),
      );
      await this.#attempts.wait(stop.signal);
    }
    clearInterval(watch);
    this.#following = undefined;
    this.#messages.clear();
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { link, names } = this.#options;
    const connection = await link.connection(signal);
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const messages = streamMessages({
      connection,
      manager: await jetstreamManager(connection, { checkAPI: false, timeout: this.#attempts.timeout }),
      stream: names.rows,
      consumer: { filter_subject: names.allRows, deliver_policy: 'last_per_subject' },
      onBegin: () => this.#attempts.succeeded(),
      signal,
    });
    for await (const { subject, data } of messages) {
      const dataset = subject.slice(names.allRows.length - 1);
      // The library's memory holds many messages.
      this.#messages.set(dataset, data.slice());
    }
  }
}
