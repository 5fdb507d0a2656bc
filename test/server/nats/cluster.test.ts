// Tests a cluster of three servers of NATS of which one at a time is killed while rows flow: each row arrives once and in order.

import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { NatsLink } from '../../../server/nats/link.ts';
import { RowFeed } from '../../../server/nats/row-feed.ts';
import { fleetNames } from '../../../server/nats/subjects.ts';
import type { SinkSession } from '../../../server/publish/sink.ts';
import { describeWith } from '../../tools.ts';
import { CREATE, codecOf, now, STREAM, sinkOf, sinkRows } from './fleet.ts';
import { cluster, type NatsServer } from './nats-server.ts';

/** How many servers are killed; more with DAPBERRY_KILLS, for a longer test. */
const { DAPBERRY_KILLS = '1' } = process.env;
const KILLS = Number(DAPBERRY_KILLS);

const PUBLISHERS = 3;

const taken = () => {};

/** Sends rows from a time on, one after another, again and again until the servers have each of them, as a feed does. */
class Pump {
  /** Rows that the servers have. */
  sent = 0;
  readonly #name: string;
  readonly #servers: readonly string[];
  readonly #from: number;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(servers: readonly string[], name: string, from: number) {
    this.#servers = servers;
    this.#name = name;
    this.#from = from;
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    const sink = await sinkOf(this.#servers, this.#name, { create: { ...CREATE, replicas: 3 } });
    let session: SinkSession | undefined;
    while (!signal.aborted) {
      try {
        session ??= await sink.connect(signal);
        const rows = [0, 1, 2].map(index => [this.#from + (this.sent + index) / 10, this.sent + index, 0, 0]);
        // The end waits for rows that are under way: they may be stored, and would not be counted.
        await session.send(sinkRows(rows), new AbortController().signal, taken);
        this.sent += rows.length;
        await delay(5);
      } catch {
        await session?.close();
        session = undefined;
        await delay(50);
      }
    }
    await session?.close();
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(20);
}

describeWith('nats-server', 'a cluster of three servers', () => {
  it(`gives each row once and in order while servers are killed (${KILLS})`, {
    timeout: 60_000 + KILLS * 30_000,
  }, async () => {
    const servers: readonly NatsServer[] = await cluster();
    const urls = servers.map(({ url }) => url);
    const from = now() - 86_400;
    const names = Array.from({ length: PUBLISHERS }, (_, index) => `d${index}`);
    const pumps = names.map(name => new Pump(urls, name, from));
    const link = new NatsLink({ servers: urls, stream: STREAM }, 'gateway');
    const ending = new AbortController();
    const times = names.map(() => [] as number[]);
    const feeds = names.map(
      dataset => new RowFeed({ link, names: fleetNames(STREAM), dataset, codec: codecOf(dataset) }),
    );
    const readings = feeds.map(async (feed, index) => {
      for await (const { columns } of feed.rows(ending.signal, { since: 0 }))
        times[index]!.push(...(columns[0] as Float64Array));
    });
    try {
      await until(() => times.every(({ length }) => length > 50));
      for (let kill = 0; kill < KILLS; kill += 1) {
        const server = servers[Math.floor(Math.random() * servers.length)]!;
        await server.stop('SIGKILL');
        const before = pumps.map(({ sent }) => sent);
        // The two others go on without it.
        await until(() => pumps.every(({ sent }, index) => sent > before[index]! + 50));
        await until(() => times.every(({ length }, index) => length > before[index]! + 50));
        await server.start();
      }
      await Promise.all(pumps.map(pump => pump.end()));
      await until(() => times.every(({ length }, index) => length >= pumps[index]!.sent));
      for (const [index, { sent }] of pumps.entries())
        expect(times[index]).toEqual(Array.from({ length: sent }, (_, row) => from + row / 10));
      expect(feeds.map(({ status }) => status.gaps + status.unread)).toEqual(names.map(() => 0));
    } finally {
      ending.abort();
      await Promise.all([...readings, ...pumps.map(pump => pump.end()), link.close()]);
      await Promise.all(servers.map(server => server.remove()));
    }
  });
});
