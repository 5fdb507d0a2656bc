// Tests readers and publishers whose messages no server of NATS answers, as while a cluster elects a leader: they ask again soon.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { Attempts } from '../../../server/nats/attempts.ts';
import { FleetFault } from '../../../server/nats/fleet-fault.ts';
import { NatsLink } from '../../../server/nats/link.ts';
import { RowFeed } from '../../../server/nats/row-feed.ts';
import { fleetNames } from '../../../server/nats/subjects.ts';
import { describeWith } from '../../tools.ts';
import { codecOf, now, rowsFrom, STREAM, sinkOf, sinkRows, storedRows, timesOf } from './fleet.ts';
import { broker, closeAfterEach, closing, connectionTo, faultOf, session, signal, taken } from './rig.ts';

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

describeWith('nats-server', 'a publisher whose rows no server answers', () => {
  it('gives a message up before one of the usual patience has failed, and sends it again', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 100, 10);
    const sink = await sinkOf([server.url]);
    const one = closing(await sink.connect(signal));
    await one.send(sinkRows(rows.slice(0, 5)), signal, taken);
    const watcher = await connectionTo(server);
    server.signal('SIGSTOP');
    const usual = watcher.request('unanswered', '', { timeout: 5000 }).catch(() => 'usual');
    const fault = await Promise.race([usual, faultOf(one.send(sinkRows(rows), signal, taken))]);
    expect(fault).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('does not answer') });
    expect(sink.longestPause(fault)).toBeLessThanOrEqual(2000);
    server.signal('SIGCONT');
    await one.close();
    const again = closing(await sink.connect(signal));
    await again.send(sinkRows(rows), signal, taken);
    expect(timesOf(await storedRows(server.url))).toEqual(rows.map(([time]) => time));
    await usual;
  }, 30_000);
});

describeWith('nats-server', 'the end of a publisher whose server does not answer', () => {
  it('waits for no answer to its rows, nor to the requests of another connection', async () => {
    const server = await broker();
    const one = await session([server.url]);
    const sink = await sinkOf([server.url], 'cellar');
    const watcher = await connectionTo(server);
    server.signal('SIGSTOP');
    const ending = new AbortController();
    const sending = faultOf(one.send(sinkRows(rowsFrom(now() - 100, 10)), ending.signal, taken));
    const connecting = faultOf(sink.connect(ending.signal));
    // Given up sooner than any request of the sink by itself.
    const patient = watcher.request('unanswered', '', { timeout: 1000 }).catch(() => 'late');
    ending.abort(new Error('the feed ends'));
    const ended = Promise.all([sending, connecting]).then(faults => faults.map(({ message }) => message));
    expect(await Promise.race([ended, patient])).toEqual(['the feed ends', 'the feed ends']);
    server.signal('SIGCONT');
  }, 20_000);
});

it('connects again within two seconds or so, however long no server was there', async () => {
  const times: number[] = [];
  const server = createServer(socket => {
    times.push(performance.now());
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing({ close: async () => server.close() });
  const { port } = server.address() as AddressInfo;
  closing(new NatsLink({ servers: [`nats://127.0.0.1:${port}`], stream: STREAM }, 'test'));
  await expect.poll(() => times.length, { timeout: 20_000 }).toBe(7);
  expect(times[6]! - times[5]!).toBeLessThan(2500);
}, 30_000);

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
