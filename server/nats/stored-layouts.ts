// Reads the layouts of a dataset in the stream by their ids, and finds the one of the rows that come next.

import type { JetStreamManager } from '@nats-io/jetstream';
import { unlessAborted } from '../publish/patience.ts';
import { decodeLayout, type LayoutMessage } from './layout-message.ts';
import type { NatsLink } from './link.ts';
import { MessageError, readHeader } from './row-message.ts';
import { firstMessageAfter, lastMessage, lastTimeIn } from './stored-messages.ts';
import type { FleetNames } from './subjects.ts';

export class StoredLayouts {
  readonly #link: NatsLink;
  readonly #names: FleetNames;
  readonly #dataset: string;
  readonly #known = new Map<string, LayoutMessage | undefined>();

  constructor(link: NatsLink, names: FleetNames, dataset: string) {
    this.#link = link;
    this.#names = names;
    this.#dataset = dataset;
  }

  /** The layout with an id; undefined if the stream has none that this program can read. */
  async layoutWith(id: string, signal: AbortSignal): Promise<LayoutMessage | undefined> {
    if (!this.#known.has(id)) this.#known.set(id, await this.#read(await this.#manager(signal), id));
    return this.#known.get(id);
  }

  /**
   * The layout of the first row that has not been read; undefined if there is no such row, or its layout can not be read.
   * @param begin the time of the last row that was read, or the seconds before the newest row that are wanted
   */
  layoutOfNext(
    begin: { readonly after: number } | { readonly age: number },
    signal: AbortSignal,
  ): Promise<LayoutMessage | undefined> {
    // No end waits for a server that does not answer.
    return unlessAborted(this.#layoutOfNext(begin, signal), signal);
  }

  async #layoutOfNext(
    begin: { readonly after: number } | { readonly age: number },
    signal: AbortSignal,
  ): Promise<LayoutMessage | undefined> {
    const manager = await this.#manager(signal);
    const rows = { manager, stream: this.#names.rows, subject: this.#names.rowsOf(this.#dataset) };
    const newest = 'age' in begin ? await lastMessage(rows) : undefined;
    const age = 'age' in begin ? begin.age : 0;
    const after = 'after' in begin ? begin.after : newest && lastTimeIn(newest) - age;
    const next = after === undefined ? undefined : await firstMessageAfter(rows, after);
    const id = next && layoutOf(next.data);
    return id === undefined ? undefined : this.layoutWith(id, signal);
  }

  async #manager(signal: AbortSignal): Promise<JetStreamManager> {
    const connection = await this.#link.connection(signal);
    const { jetstreamManager } = await import('@nats-io/jetstream');
    return jetstreamManager(connection, { checkAPI: false });
  }

  async #read(manager: JetStreamManager, id: string): Promise<LayoutMessage | undefined> {
    const { layouts } = this.#names;
    const subject = this.#names.layoutWith(this.#dataset, id);
    const found = await lastMessage({ manager, stream: layouts, subject });
    return found && readable(() => decodeLayout(found.data));
  }
}

function layoutOf(message: Uint8Array): string | undefined {
  return readable(() => readHeader(message).layout);
}

/** Undefined for a message that this program can not read: the feed of the rows counts it. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}
