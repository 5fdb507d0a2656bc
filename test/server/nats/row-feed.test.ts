// Tests reading rows from a real server of NATS: each row once and in order, over failures of connections, servers and streams.

import { readFileSync } from 'node:fs';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterEach, expect, it } from 'vitest';
import { NatsLink } from '../../../server/nats/link.ts';
import { RowFeed, type RowFeedOptions } from '../../../server/nats/row-feed.ts';
import { fleetNames } from '../../../server/nats/subjects.ts';
import { describeWith } from '../../tools.ts';
import { CREATE, codecOf, now, rowsFrom, STREAM, sinkOf, sinkRows } from './fleet.ts';
import { NatsServer } from './nats-server.ts';

const signal = new AbortController().signal;
const taken = () => {};
const opened: { close(): Promise<unknown> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function broker(): Promise<NatsServer> {
  const server = await NatsServer.start();
  opened.push({ close: () => server.remove() });
  return server;
}

async function session(server: NatsServer, name = 'roof') {
  const found = await (await sinkOf([server.url], name)).connect(signal);
  opened.push(found);
  return found;
}

/** Collects the times of the rows that a feed gives. */
class Reader {
  readonly times: number[] = [];
  readonly feed: RowFeed;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #wake: () => void = () => {};

  constructor(
    servers: readonly string[],
    begin: { readonly after: number } | { readonly age: number },
    options: Partial<RowFeedOptions> = {},
  ) {
    const link = new NatsLink({ servers, stream: STREAM }, 'test');
    opened.push({ close: () => link.close() }, this);
    const dataset = 'roof';
    const onCaughtUp = () => this.#wake();
    this.feed = new RowFeed({
      link,
      names: fleetNames(STREAM),
      dataset,
      codec: codecOf(dataset),
      onCaughtUp,
      ...options,
    });
    this.#running = this.#read(begin);
  }

  /** Resolves when the condition holds; looked at after each batch and whenever all rows have come. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve;
        setTimeout(resolve, 20);
      });
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  async #read(begin: { readonly after: number } | { readonly age: number }): Promise<void> {
    for await (const { columns } of this.feed.rows(this.#ending.signal, begin)) {
      this.times.push(...(columns[0] as Float64Array));
      this.#wake();
    }
  }
}

const times = (rows: readonly (readonly number[])[]) => rows.map(([time]) => time!);

describeWith('nats-server', 'a feed of rows from NATS', () => {
  it('gives the rows of the last seconds, then each new row', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 1000, 1000);
    await one.send(sinkRows(rows.slice(0, 600)), signal, taken);
    const reader = new Reader([server.url], { age: 3600 });
    await reader.until(() => reader.times.length === 600);
    await one.send(sinkRows(rows.slice(600)), signal, taken);
    await reader.until(() => reader.times.length === 1000);
    expect(reader.times).toEqual(times(rows));
    expect(reader.feed.status).toEqual({
      ...{ messages: 2, rows: 1000, gaps: 0, unread: 0, early: 0 },
      isAway: false,
    });
  });

  it('goes on behind the last row that the reader has', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 1000, 500);
    for (let at = 0; at < 500; at += 50) await one.send(sinkRows(rows.slice(at, at + 50)), signal, taken);
    const reader = new Reader([server.url], { after: rows[123]![0]! });
    await reader.until(() => reader.times.at(-1) === rows[499]![0]);
    expect(reader.times).toEqual(times(rows.slice(124)));
  });

  it('goes on behind the last row also if the clock of the broker is behind that of the rows', async () => {
    const server = await broker();
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    await session(server);
    // The broker takes the time of these rows for that of tomorrow.
    const rows = rowsFrom(now() + 86_400, 50);
    for (let at = 0; at < 50; at += 5) {
      const message = codecOf('roof').encode(sinkRows(rows.slice(at, at + 5)).batch, Number.NaN);
      await jetstream(connection).publish(`${STREAM}.rows.roof`, message);
    }
    const reader = new Reader([server.url], { after: rows[22]![0]! });
    await reader.until(() => reader.times.at(-1) === rows[49]![0]);
    expect(reader.times).toEqual(times(rows.slice(23)));
    const newest = new Reader([server.url], { age: 10 });
    await newest.until(() => newest.times.at(-1) === rows[49]![0]);
    expect(newest.times.slice(-11)).toEqual(times(rows.slice(39)));
    expect(newest.times.length).toBeLessThan(16);
  });

  it('counts the rows that are not later than those before them', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 100, 30);
    await one.send(sinkRows(rows.slice(0, 10)), signal, taken);
    await one.close();
    const reader = new Reader([server.url], { after: rows[4]![0]! });
    await reader.until(() => reader.times.length === 5);
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    // A program that is no sink of this project sends rows again, and rows of a clock that was set back.
    const message = codecOf('roof').encode(sinkRows(rows.slice(7, 20)).batch, rows[6]![0]!);
    await jetstream(connection).publish(`${STREAM}.rows.roof`, message);
    await reader.until(() => reader.times.length === 15);
    expect(reader.times).toEqual(times(rows.slice(5, 20)));
    expect(reader.feed.status).toMatchObject({ early: 3, gaps: 0, unread: 0 });
    // They are not counted again when the reader connects again.
    await server.stop();
    await reader.until(() => reader.feed.status.isAway);
    await server.start();
    await (await session(server)).send(sinkRows(rows.slice(20)), signal, taken);
    await reader.until(() => reader.times.length === 25);
    expect(reader.feed.status).toMatchObject({ early: 3 });
  });

  it('gives each row once over restarts of the broker, clean and by a power cut', async () => {
    const server = await broker();
    const reader = new Reader([server.url], { age: 3600 });
    const rows = rowsFrom(now() - 1000, 200);
    for (const [index, kind] of (['SIGTERM', 'SIGKILL', 'SIGKILL'] as const).entries()) {
      const one = await session(server);
      await one.send(sinkRows(rows.slice(0, 50 * (index + 1)).slice(-51)), signal, taken);
      await reader.until(() => reader.times.length === 50 * (index + 1));
      await one.close();
      await server.stop(kind);
      await reader.until(() => reader.feed.status.problem !== undefined);
      expect(reader.feed.status.problem).toContain(server.url);
      await server.start();
    }
    const one = await session(server);
    await one.send(sinkRows(rows.slice(140)), signal, taken);
    await reader.until(() => reader.times.length === 200);
    expect(reader.times).toEqual(times(rows));
    expect(reader.feed.status.problem).toBeUndefined();
  });

  it('gives no row twice where the network stops for a while', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 1000, 20);
    const reader = new Reader([server.url], { age: 3600 });
    await one.send(sinkRows(rows.slice(0, 10)), signal, taken);
    await reader.until(() => reader.times.length === 10);
    server.signal('SIGSTOP');
    await expect.poll(() => readFileSync(`/proc/${server.pid}/stat`, 'utf8')).toMatch(/\) T /);
    // Both give up a server that is silent. It takes the rows all the same when it goes on, and their repetition.
    const sent = one.send(sinkRows(rows.slice(10)), signal, taken).catch(() => 'not known to be stored');
    await reader.until(() => /silent/.test(reader.feed.status.problem ?? ''));
    expect(await sent).toBe('not known to be stored');
    server.signal('SIGCONT');
    await (await session(server)).send(sinkRows(rows.slice(5)), signal, taken);
    await reader.until(() => reader.times.length === 20);
    expect(reader.times).toEqual(times(rows));
    expect(reader.feed.status).toMatchObject({ gaps: 0, early: 0, isAway: false });
  }, 30_000);

  it('waits for a broker that is away at the start, and for a stream that does not exist yet', async () => {
    const server = await broker();
    await server.stop();
    const reader = new Reader([server.url], { age: 60 });
    await reader.until(() => /ECONNREFUSED|refused/i.test(reader.feed.status.problem ?? ''));
    await server.start();
    await reader.until(() => /stream fleet does not exist/.test(reader.feed.status.problem ?? ''));
    const one = await session(server);
    await one.send(sinkRows(rowsFrom(now() - 5, 5)), signal, taken);
    await reader.until(() => reader.times.length === 5);
    expect(reader.feed.status.problem).toBeUndefined();
  });

  it('says that the stream was deleted, and goes on with the rows of a new one', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 1000, 20);
    await one.send(sinkRows(rows.slice(0, 10)), signal, taken);
    const reader = new Reader([server.url], { age: 3600 });
    await reader.until(() => reader.times.length === 10);
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    const manager = await jetstreamManager(connection);
    await manager.streams.delete(STREAM);
    await reader.until(() => /does not exist/.test(reader.feed.status.problem ?? ''));
    const again = await session(server);
    await again.send(sinkRows(rows.slice(10)), signal, taken);
    await reader.until(() => reader.times.length === 20);
    expect(reader.times).toEqual(times(rows));
  }, 60_000);

  it('counts a gap where rows were deleted before they were read', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 1000, 30);
    for (let at = 0; at < 30; at += 10) await one.send(sinkRows(rows.slice(at, at + 10)), signal, taken);
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    await (await jetstreamManager(connection)).streams.deleteMessage(STREAM, 2);
    const reader = new Reader([server.url], { age: 3600 });
    await reader.until(() => reader.times.length === 20);
    expect(reader.feed.status).toMatchObject({ gaps: 1, unread: 0 });
  });

  it('says which messages it can not read, and gives the others', async () => {
    const server = await broker();
    const one = await session(server);
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    const client = jetstream(connection);
    await client.publish(`${STREAM}.rows.roof`, Uint8Array.of(0x44, 0x41, 0x50, 0x42, 2, 1, 0, 9));
    const reader = new Reader([server.url], { age: 3600 });
    await reader.until(() => reader.feed.status.unread === 1);
    expect(reader.feed.status.problem).toContain('found version 2');
    await client.publish(
      `${STREAM}.rows.roof`,
      codecOf('cellar').encode(sinkRows(rowsFrom(now() - 9, 1)).batch, 0),
    );
    await reader.until(() => reader.feed.status.unread === 2);
    expect(reader.feed.status.problem).toContain(codecOf('cellar').layout);
    await one.close();
    await client.publish(
      `${STREAM}.rows.roof`,
      codecOf('roof').encode(sinkRows(rowsFrom(now() - 5, 1)).batch, Number.NaN),
    );
    await reader.until(() => reader.times.length === 1);
    expect(reader.feed.status.problem).toBeUndefined();
  });

  it('reads a day of rows that a publisher catches up with', async () => {
    const server = await broker();
    const one = await session(server);
    const rows = rowsFrom(now() - 86_400, 86_400);
    const reader = new Reader([server.url], { age: 90_000 });
    for (let at = 0; at < rows.length; at += 1024)
      await one.send(sinkRows(rows.slice(at, at + 1024)), signal, taken);
    await reader.until(() => reader.times.length === rows.length);
    expect(reader.times).toEqual(times(rows));
    expect(CREATE.keep).toBeGreaterThan(86_400);
  }, 60_000);
});
