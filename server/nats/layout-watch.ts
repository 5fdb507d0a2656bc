// Follows the layouts of all datasets of a fleet: which there are now, and what changes.

import type { JetStreamManager } from '@nats-io/jetstream';
import { messageOf } from '../../device/index.ts';
import { unlessAborted } from '../publish/patience.ts';
import { Attempts } from './attempts.ts';
import { type FleetFault, faultOf } from './fleet-fault.ts';
import { decodeLayout, type LayoutMessage } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import { streamMessages } from './messages.ts';
import type { FleetNames } from './subjects.ts';

/** What is known of a dataset: its layout, or why that can not be read. */
export type KnownLayout = LayoutMessage | { readonly problem: string };

export interface LayoutWatchOptions {
  readonly link: NatsLink;
  readonly names: FleetNames;
  /** The one dataset to follow; by default all. */
  readonly dataset?: string;
  readonly onLayout: (dataset: string, layout: KnownLayout) => void;
  /** The layout of a dataset was deleted from the stream. */
  readonly onGone: (dataset: string) => void;
  /** Called when every layout that there is now has been given. */
  readonly onComplete?: () => void;
  /** Called with the reason when layouts can not come. */
  readonly onProblem?: (fault: FleetFault) => void;
  /** Milliseconds between two looks for deleted layouts, of which a server tells nothing. */
  readonly sweep?: number;
}

const SWEEP = 60_000;

export class LayoutWatch {
  readonly #options: LayoutWatchOptions;
  readonly #attempts = new Attempts();
  readonly #ending = new AbortController();
  readonly #known = new Set<string>();
  readonly #running: Promise<void>;
  #fault: FleetFault | undefined;

  constructor(options: LayoutWatchOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Why layouts do not come now. */
  get problem(): string | undefined {
    const { isConnected, fault } = this.#options.link.state;
    return isConnected ? this.#fault?.message : (fault?.message ?? 'connecting');
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#follow(signal);
      } catch (error) {
        if (!signal.aborted) {
          this.#fault = faultOf(error, this.#options.names.layouts);
          this.#attempts.failed(this.#fault);
          this.#options.onProblem?.(this.#fault);
        }
      }
      await this.#attempts.wait(signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { link, names, dataset, onComplete, onProblem, sweep = SWEEP } = this.#options;
    const connection = await link.connected(signal, fault => onProblem?.(fault));
    const { jetstreamManager } = await import('@nats-io/jetstream');
    const manager = await jetstreamManager(connection, { checkAPI: false, timeout: this.#attempts.timeout });
    const filter = dataset === undefined ? names.currentLayouts : names.layoutOf(dataset);
    await unlessAborted(this.#sweep(manager, filter), signal);
    const messages = streamMessages({
      connection,
      manager,
      stream: names.layouts,
      consumer: { filter_subject: filter, deliver_policy: 'last_per_subject' },
      onBegin: pending => {
        this.#fault = undefined;
        this.#attempts.succeeded();
        if (pending === 0) onComplete?.();
      },
      signal,
    });
    const timer = setInterval(() => void this.#sweep(manager, filter).catch(() => undefined), sweep).unref();
    try {
      for await (const { subject, data, pending } of messages) {
        this.#take(names.datasetOf(subject), data);
        if (pending === 0) onComplete?.();
      }
    } finally {
      clearInterval(timer);
    }
  }

  #take(dataset: string, data: Uint8Array): void {
    this.#known.add(dataset);
    const { onLayout } = this.#options;
    try {
      onLayout(dataset, decodeLayout(data));
    } catch (error) {
      onLayout(dataset, { problem: messageOf(error) });
    }
  }

  /** Forgets the datasets whose layouts are not in the stream any more. */
  async #sweep(manager: JetStreamManager, filter: string): Promise<void> {
    const { names, onGone } = this.#options;
    const { state } = await manager.streams.info(names.layouts, { subjects_filter: filter });
    const subjects = state.subjects ?? {};
    for (const dataset of [...this.#known]) {
      if (Object.hasOwn(subjects, names.layoutOf(dataset))) continue;
      this.#known.delete(dataset);
      onGone(dataset);
    }
  }
}
