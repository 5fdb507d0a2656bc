// Sets up a feed with a scripted dataset and a scripted sink, for tests.

import { afterEach, beforeEach, expect } from 'vitest';
import type { StoredDataset } from '../../../server/dataset/stored.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { Feed } from '../../../server/publish/feed.ts';
import { ProgressFile } from '../../../server/publish/progress-file.ts';
import type { FeedEvent, Sink } from '../../../server/publish/sink.ts';
import { inMemory } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { Receiver } from './scripted-sink.ts';
import { temporaryFolder } from './temporary.ts';

const PAUSES = { first: 2, longest: 10 };
const BOUNDS = { rows: 100, bytes: 1024 ** 2, age: 1e9 };

/** A server with one dataset, whose memory holds 100 rows, and a receiver of its rows. */
export class FeedRig {
  receiver = new Receiver();
  events: FeedEvent[] = [];
  synchronized: Synchronized = 'unknown';
  source = new ScriptedSource({ isClocked: true });
  dataset: StoredDataset = inMemory(SCRIPTED, this.source, { bounds: BOUNDS });
  #positions = new Map<string, number>();
  #feeds: Feed[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  feed(options: Partial<Sink> = {}, pauses = PAUSES): Feed {
    const begun = new Feed({
      kind: 'test',
      dataset: this.dataset,
      open: async () => this.receiver.sink(options),
      progressFile: identity =>
        new ProgressFile({
          folders: [this.#folder],
          owner: 'test',
          dataset: 'scripted',
          kind: 'test',
          identity,
        }),
      positions: this.#positions,
      onEvent: event => this.events.push(event),
      synchronized: () => this.synchronized,
      pauses,
      saveEvery: 0,
    });
    this.#feeds.push(begun);
    return begun;
  }

  /** Appends rows at these times; `a` is ten times the time. */
  append(...times: readonly number[]): Promise<void> {
    return this.source.append(times.map(time => [time, 10 * time, 0, 0]));
  }

  async received(...times: readonly number[]): Promise<void> {
    await expect.poll(() => this.receiver.times).toEqual(times);
  }

  async connected(feed: Feed): Promise<void> {
    await expect.poll(() => feed.status.state).toBe('connected');
  }

  /** Drops the connection, and lets no other begin. */
  async takeAway(feed: Feed): Promise<void> {
    this.receiver.problem = 'away';
    this.receiver.drop('away');
    await expect.poll(() => feed.status.state).toBe('away');
  }

  /** As another start of the server does: the rows in memory are gone. `isClocked`: its clock stamps the rows. */
  async startAgain({ isClocked = true } = {}): Promise<void> {
    await this.end();
    this.source = new ScriptedSource({ isClocked });
    this.dataset = inMemory(SCRIPTED, this.source, { bounds: BOUNDS });
    this.#positions = new Map();
  }

  async end(): Promise<void> {
    await Promise.all(this.#feeds.map(feed => feed.close({ drain: false })));
    this.#feeds = [];
    await this.dataset.close();
  }
}

/** A rig for each test. */
export function feedRig(): () => FeedRig {
  let rig: FeedRig;
  beforeEach(async () => {
    rig = new FeedRig(await temporaryFolder());
  });
  afterEach(() => rig.end());
  return () => rig;
}

export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);
