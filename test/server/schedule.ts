// Runs random schedules of a server, of appended rows and of readers that come, stall and leave, against the rules.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Plan } from '../../dap/index.ts';
import { DEFAULT_UNANSWERED_REQUESTS } from '../../server/connections/connection-limits.ts';
import type { Dataset } from '../../server/dataset/dataset.ts';
import { StoredDataset } from '../../server/dataset/stored.ts';
import { buildApp } from '../../server/http/app.ts';
import type { SharedSource } from '../../server/source/row-source.ts';
import type { Cursor } from '../../server/store/cursor.ts';
import { MemoryStore } from '../../server/store/memory-store.ts';
import type { StoreBounds } from '../../server/store/row-store.ts';
import { asked, EPOCH } from './asking.ts';
import { ReferenceLog } from './reference.ts';
import type { Command, RowSeed } from './schedule-commands.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import { ScriptedHistory } from './scripted-history.ts';
import { LAYOUT, type Row, SCRIPTED, ScriptedSource } from './scripted-source.ts';
import { SlowStore, type SlowStoreOptions } from './slow-store.ts';
import { rowsIn, WatchedReader } from './watched-reader.ts';

/** How long a reader may need for rows that are there, in milliseconds. */
const PATIENCE = 5_000;

/** The source and the store of a schedule's dataset. */
export interface World {
  readonly delivery: SharedSource['delivery'];
  readonly bounds: StoreBounds;
  /** The position of the first row. */
  readonly start: number;
  /** Readers come as far as they can after each, or after some, of the commands. */
  readonly pause: number;
  /** Undefined for a store whose rows are all in memory. */
  readonly slow?: Omit<SlowStoreOptions, 'bounds' | 'start'>;
  /** The bounds on the rows in memory, for a store that keeps all rows on the disk. */
  readonly history?: StoreBounds;
}

/** Runs a schedule, and throws where the server differs from the rules. */
export async function run(schedule: readonly Command[], world: World): Promise<void> {
  const server = await ScriptedServer.start(world);
  try {
    for (const [index, command] of schedule.entries()) {
      await server.obey(command);
      if (index % world.pause === 0) await server.settle();
    }
    await server.finish();
  } finally {
    await server.stop();
  }
}

/** One server with one dataset, and its readers. */
class ScriptedServer {
  readonly #log: ReferenceLog;
  readonly #source: ScriptedSource;
  readonly #dataset: StoredDataset;
  /** Undefined for a store whose rows are all in memory. */
  readonly #slow: SlowStore | ScriptedHistory | undefined;
  readonly #history: ScriptedHistory | undefined;
  #app!: FastifyInstance;
  readonly #readers: WatchedReader[] = [];
  /** The reader whose request is being answered: others may be begun before its rows are opened. */
  readonly #asking = new AsyncLocalStorage<WatchedReader>();
  #isClosed = false;

  private constructor({ delivery, bounds, start, slow }: World, history: ScriptedHistory | undefined) {
    this.#log = new ReferenceLog(bounds.rows, bounds.age, start);
    this.#history = history;
    this.#source = new ScriptedSource({ delivery });
    const { columns } = LAYOUT;
    this.#slow = slow === undefined ? history : new SlowStore(columns, { ...slow, bounds, start });
    const store = this.#slow ?? new MemoryStore(columns, bounds, start);
    const append = store.append.bind(store);
    store.append = batch => {
      this.#log.append([...rowsIn(batch)]);
      append(batch);
    };
    this.#dataset = new StoredDataset(SCRIPTED, this.#source, store);
  }

  static async start(world: World): Promise<ScriptedServer> {
    const history = world.history && (await ScriptedHistory.open(world.history));
    const server = new ScriptedServer(world, history);
    const dataset = server.#dataset;
    const watched: Dataset = {
      info: dataset.info,
      isClocked: dataset.isClocked,
      delivery: dataset.delivery,
      layout: dataset.layout,
      model: dataset.model,
      attributes: dataset.attributes,
      get end() {
        return dataset.end;
      },
      open: plan => server.#watch(plan),
      closing: dataset.closing,
      describe: info => dataset.describe(info),
      stretch: time => dataset.stretch(time),
      readablePart: time => dataset.readablePart(time),
      status: () => dataset.status(),
      newestRow: () => dataset.newestRow(),
      stored: () => dataset.stored(),
      close: () => dataset.close(),
    };
    server.#app = await buildApp({ state: { datasets: [watched] } });
    server.#app.addHook('preHandler', ({ raw: { socket } }, _reply, done) => {
      const asking = server.#readers.find(
        ({ connection, isWatched }) => (connection as Duplex) === socket && !isWatched,
      );
      if (asking === undefined) done();
      else server.#asking.run(asking, done);
    });
    await server.#app.ready();
    return server;
  }

  #watch(plan: Plan): Cursor {
    const slow = this.#slow;
    if (slow !== undefined) slow.found = undefined;
    const cursor = this.#dataset.open(plan);
    return this.#asking.getStore()!.watch(cursor, {
      begin: slow && (slow.found ?? slow.end),
      overrun: () => this.#dataset.status().overrun ?? 0,
      mayFail: () => (slow?.failures ?? 0) > 0,
    });
  }

  async obey(command: Command): Promise<void> {
    switch (command.kind) {
      case 'append':
        if (this.#isClosed) return;
        for (const batch of command.batches) await this.#source.append(this.#rowsOf(batch));
        return;
      case 'open':
        return this.#open(command);
      case 'quiet':
        this.#log.earliest = this.#now + command.seconds;
        this.#source.earliest = this.#log.earliest;
        return;
      case 'disk':
        return this.#history?.meet(command.event);
      case 'close':
        this.#isClosed = true;
        return this.#dataset.close();
      default:
        this.#handle(command);
    }
  }

  /** Waits until every reader that can go on has gone as far as it can; then compares. */
  async settle(): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    for (let late = this.#late(); late !== undefined; late = this.#late()) {
      if (performance.now() > deadline) throw new Error(`${late.query} did not come as far as it could`);
      await turn();
    }
    for (const reader of this.#readers) reader.check(this.#isClosed);
    const { rows, overrun } = this.#dataset.status();
    const missed = this.#readers.reduce((sum, reader) => sum + reader.missed, 0);
    const made = this.#log.rows.length;
    if (rows !== made) throw new Error(`expected ${made} rows in status(), found ${rows}`);
    if (overrun !== missed) throw new Error(`expected ${missed} missed rows in status(), found ${overrun}`);
  }

  /** Everyone takes everything, and no row comes any more: each stream ends, and nothing is left of it. */
  async finish(): Promise<void> {
    await this.obey({ kind: 'close' });
    for (const { connection } of this.#readers) connection.takeAll();
    await this.settle();
    const deadline = performance.now() + PATIENCE;
    for (let open = await this.#openStreams(); open > 0; open = await this.#openStreams()) {
      if (performance.now() > deadline) throw new Error(`expected no open stream, found ${open}`);
    }
  }

  async stop(): Promise<void> {
    for (const { connection } of this.#readers) connection.destroy();
    await this.#app.close();
    await this.#history?.remove();
  }

  async #openStreams(): Promise<number> {
    return (await this.#app.inject('/health')).json<{ streams: number }>().streams;
  }

  async #open({ asking, options, protocol, behind }: Command & { kind: 'open' }): Promise<void> {
    const { query, asked: meaning } = asked(asking, this.#log);
    const before = behind ? this.#readers.findLast(reader => this.#isReusable(reader)) : undefined;
    const connection = before?.connection ?? new ScriptedConnection(options);
    const reader = new WatchedReader(
      { query, asked: meaning, encoding: asking.encoding },
      this.#log,
      connection,
      before,
    );
    this.#readers.push(reader);
    if (before === undefined) this.#app.server.emit('connection', connection);
    connection.ask(`/scripted.${asking.encoding}?${query}`, before === undefined ? protocol : 'HTTP/1.1');
    const deadline = performance.now() + PATIENCE;
    while (!reader.isWatched && !reader.waitsForTurn) {
      if (performance.now() > deadline) throw new Error(`${query} was not served: ${reader.answer.head}`);
      await turn();
    }
  }

  /** As many requests of a connection may wait as the server reads. */
  #isReusable(reader: WatchedReader): boolean {
    const { connection, isReusable } = reader;
    const waiting = this.#readers.filter(other => other.connection === connection && !other.isWatched);
    return isReusable && waiting.length < DEFAULT_UNANSWERED_REQUESTS - 1;
  }

  #handle({ kind, which }: Command & { which: number }): void {
    const reader = this.#readers[which % this.#readers.length];
    if (reader === undefined) return;
    const { connection } = reader;
    if (kind === 'stall') connection.stall();
    else if (kind === 'take') connection.takeAll();
    else if (kind === 'take one') connection.takeOne();
    else connection.destroy();
  }

  #rowsOf(seeds: readonly RowSeed[]): Row[] {
    let time = this.#now;
    return seeds.map(({ gap, values }) => {
      time += gap;
      // A history stores whole microseconds.
      if (this.#history !== undefined) time = Math.ceil(time * 1e6) / 1e6;
      return [time, ...values];
    });
  }

  /** No row is made at this time or before it. */
  get #now(): number {
    const [last = EPOCH] = this.#log.rows.at(-1) ?? [];
    return Math.max(last, this.#log.earliest);
  }

  #late(): WatchedReader | undefined {
    return this.#readers.find(reader => !reader.hasSettled(this.#isClosed));
  }
}
