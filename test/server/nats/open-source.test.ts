// Tests opening a dataset of a stream as a source: its layout, its words, a layout that can not be read, and the end of the opening.

import { getEventListeners, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { NatsSource } from '../../../server/nats/nats-source.ts';
import { type NatsOpening, openNats } from '../../../server/nats/open-source.ts';
import type { SourceEvent } from '../../../server/source/row-source.ts';
import { describeWith } from '../../tools.ts';
import { LAYOUT } from '../scripted-source.ts';
import { codecOf, FEWER, fewerRows, now, rowsFrom, STREAM, sinkRows } from './fleet.ts';
import type { NatsServer } from './nats-server.ts';
import { broker, closeAfterEach, closing, connectionTo, managerOf, session, signal, taken } from './rig.ts';

closeAfterEach();

async function opened(server: NatsServer, options: Partial<NatsOpening> = {}): Promise<NatsSource> {
  const source = await openNats({
    nats: { servers: [server.url], stream: STREAM },
    ...{ dataset: 'roof', past: 3600, signal, isLasting: false },
    remembered: async () => undefined,
    ...options,
  });
  return closing(source);
}

/** The times of its rows as they come, until the test ends; `failure` is the error that has ended them. */
function reading(source: NatsSource, after?: number) {
  const read: { times: number[]; failure?: unknown } = { times: [] };
  const ending = new AbortController();
  const ended = (async () => {
    for await (const { columns } of source.rows(ending.signal, after === undefined ? {} : { after }))
      read.times.push(...(columns[0] as Float64Array));
  })().catch((error: unknown) => {
    read.failure = error;
  });
  closing({
    close: async () => {
      ending.abort();
      await ended;
    },
  });
  return read;
}

const timesIn = (rows: readonly (readonly number[])[]) => rows.map(([time]) => time!);

describeWith('nats-server', 'a source of rows from a stream', () => {
  it('waits for rows of the layout in force where the last ones are of the layout before', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 20, 10);
    await (await session([server.url])).send(sinkRows(rows.slice(0, 5)), signal, taken);
    const fewer = await session([server.url], 'roof', {}, { layout: FEWER });
    const source = await opened(server);
    const read = reading(source);
    await expect.poll(() => source.status.unread).toBe(1);
    await fewer.send(fewerRows(rows.slice(5)), signal, taken);
    await expect.poll(() => read.times).toEqual(timesIn(rows.slice(5)));
    expect(read.failure).toBeUndefined();
  });

  it('goes on behind its stored rows where the stream of rows comes later than that of the layouts', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 20, 10);
    await session([server.url]);
    const manager = await managerOf(server);
    await manager.streams.delete(STREAM);
    const [lastTime] = rows[4]!;
    const source = await opened(server, {
      isLasting: true,
      remembered: async () => ({ layout: LAYOUT, attributes: new Map(), lastTime: lastTime! }),
    });
    const read = reading(source, lastTime);
    expect(source.status).toMatchObject({ state: 'away', problem: expect.stringContaining(STREAM) });
    // A gateway has no key "create".
    expect(source.status.problem).toContain('publish.nats.create');
    await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.rows.*`] });
    const message = codecOf('roof').encode(sinkRows(rows).batch, Number.NaN);
    await (await connectionTo(server)).request(`${STREAM}.rows.roof`, message);
    await expect.poll(() => read.times, { timeout: 10_000 }).toEqual(timesIn(rows.slice(5)));
  }, 20_000);

  it('ends the opening at once while the servers do not say which rows come next', async () => {
    const server = await broker();
    await session([server.url]);
    await server.reload(`mappings: { "$JS.API.STREAM.MSG.GET.${STREAM}": "unanswered.rows" }`);
    const watcher = await connectionTo(server);
    const asked = new Promise<void>(resolve => {
      watcher.subscribe('unanswered.rows', { callback: () => resolve() });
    });
    await watcher.flush();
    const ending = new AbortController();
    const opening = opened(server, { isLasting: true, signal: ending.signal }).catch(String);
    await asked;
    ending.abort(new Error('the dataset is closed'));
    watcher.subscribe('late', { callback: () => undefined });
    const patient = watcher.request('late', '', { timeout: 1000 }).catch(() => 'late');
    expect(await Promise.race([opening, patient])).toContain('the dataset is closed');
  }, 20_000);

  it('leaves nothing at the signal of a dataset that is opened again and again', async () => {
    const server = await broker();
    await session([server.url]);
    const ending = new AbortController();
    const opening = opened(server, { dataset: 'cellar', signal: ending.signal });
    await expect(opening).rejects.toThrow('no machine has published a dataset cellar');
    expect(getEventListeners(ending.signal, 'abort')).toEqual([]);
  });

  it('says that the layout in force can not be read, and goes on with the rows of the one before', async () => {
    const server = await broker();
    const one = await session([server.url]);
    const events: SourceEvent[] = [];
    const source = closing(
      await openNats({
        nats: { servers: [server.url], stream: STREAM },
        ...{ dataset: 'roof', past: 3600, signal, isLasting: false },
        remembered: async () => undefined,
        onEvent: event => events.push(event),
      }),
    );
    const found: number[] = [];
    const ending = new AbortController();
    const reading = (async () => {
      for await (const { columns } of source.rows(ending.signal)) found.push(...(columns[0] as Float64Array));
    })();
    const subject = `${STREAM}.layout.roof`;
    const readable = await (await managerOf(server)).streams.getMessage(`${STREAM}_layouts`, {
      last_by_subj: subject,
    });
    const connection = await connectionTo(server);
    await connection.request(subject, JSON.stringify({ version: 2 }));
    await expect.poll(() => source.status.problem).toContain('found version 2');
    expect(events).toEqual([{ kind: 'notice', text: expect.stringContaining('found version 2') }]);
    const rows = rowsFrom(now() - 10, 5);
    await one.send(sinkRows(rows), signal, taken);
    await expect.poll(() => found).toEqual(rows.map(([time]) => time));
    await connection.request(subject, readable!.data);
    await expect.poll(() => source.status.problem).toBeUndefined();
    ending.abort();
    await reading;
  });
});

it('ends the opening at once, also while the stored rows are looked up and no server answers', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  closing({ close: async () => silent.close() });
  const { port } = silent.address() as AddressInfo;
  const ending = new AbortController();
  const opening = openNats({
    nats: { servers: [`nats://127.0.0.1:${port}`], stream: STREAM },
    ...{ dataset: 'roof', past: 3600, signal: ending.signal, isLasting: false },
    remembered: async () => {
      ending.abort(new Error('the dataset is closed'));
      return undefined;
    },
  });
  await expect(opening).rejects.toThrow('the dataset is closed');
}, 2000);
