// Tests readers of a stream whose requests no server of NATS answers, as while a cluster elects a leader: they ask again soon.

import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { Attempts } from '../../../server/nats/attempts.ts';
import { FleetFault } from '../../../server/nats/fleet-fault.ts';
import { NatsLink } from '../../../server/nats/link.ts';
import { RowFeed } from '../../../server/nats/row-feed.ts';
import { fleetNames } from '../../../server/nats/subjects.ts';
import { describeWith } from '../../tools.ts';
import { codecOf, now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import { broker, closeAfterEach, closing, connectionTo, session, signal, taken } from './rig.ts';

closeAfterEach();

/** Requests for a consumer reach nobody who answers. */
const SILENT = 'mappings: { "$JS.API.CONSUMER.CREATE.>": "unanswered.>" }';

describeWith('nats-server', 'a reader whose request no server answers', () => {
  it('asks again before a request of the usual patience has failed, and goes on when it is answered', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 100, 10);
    await (await session([server.url])).send(sinkRows(rows), signal, taken);
    await server.reload(SILENT);
    const watcher = await connectionTo(server);
    let asked = 0;
    watcher.subscribe('unanswered.>', {
      callback: () => {
        asked += 1;
      },
    });
    await watcher.flush();
    const link = closing(new NatsLink({ servers: [server.url], stream: STREAM }, 'test'));
    const ending = new AbortController();
    const feed = new RowFeed({ link, names: fleetNames(STREAM), dataset: 'roof', codec: codecOf('roof') });
    const times: number[] = [];
    const reading = (async () => {
      for await (const { columns } of feed.rows(ending.signal, { since: 0 }))
        times.push(...(columns[0] as Float64Array));
    })();
    closing({
      close: async () => {
        ending.abort();
        await reading;
      },
    });
    await expect.poll(() => asked).toBe(1);
    // The library's own patience, of this run.
    const other = closing(await connect({ servers: server.url }));
    const usual = other.request('unanswered.other', '', { timeout: 5000 }).catch(() => asked);
    // The second request is its own.
    expect(await usual).toBeGreaterThan(2);
    expect(feed.status).toMatchObject({ isAway: true, problem: expect.stringContaining('does not answer') });
    await server.reload('');
    await expect.poll(() => times.length).toBe(10);
    expect(times).toEqual(rows.map(([time]) => time));
  }, 30_000);
});

it('gives an overloaded server more time with each timeout, and the usual one after an answer', () => {
  const attempts = new Attempts();
  const timeouts = Array.from({ length: 9 }, () => {
    const { timeout } = attempts;
    attempts.failed(new FleetFault('unreachable', 'the server does not answer'));
    return timeout;
  });
  expect(timeouts).toEqual([2000, 2500, 3000, 3500, 4000, 4500, 5000, 5000, 5000]);
  attempts.failed(new FleetFault('no-stream', 'the stream fleet does not exist'));
  expect(attempts.timeout).toBe(5000);
  attempts.succeeded();
  expect(attempts.timeout).toBe(2000);
});
