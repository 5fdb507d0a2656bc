// Tests publishing into a real server of NATS: each row once and in order, and each fault with its own sentence.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { decodeLayout } from '../../../server/nats/layout-message.ts';
import { describeWith } from '../../tools.ts';
import { batchOf } from '../scripted-source.ts';
import { now, rowsFrom, STREAM, sinkOf, sinkRows, storedRows, timesOf } from './fleet.ts';
import { broker, closeAfterEach, closing, faultOf, managerOf, session, signal, taken } from './rig.ts';

closeAfterEach();

/** Resolves with the reason when the session is lost. */
function lossOf({ lost }: { readonly lost: AbortSignal }): Promise<Error> {
  return new Promise(resolve => {
    if (lost.aborted) resolve(lost.reason);
    else lost.addEventListener('abort', () => resolve(lost.reason), { once: true });
  });
}

describeWith('nats-server', 'a sink of NATS', () => {
  it('publishes each row once and in order, over a restart of the broker and of the publisher', async () => {
    const server = await broker();
    const begin = now() - 100;
    const rows = rowsFrom(begin, 90);
    const first = await session([server.url]);
    await first.send(sinkRows(rows.slice(0, 10)), signal, taken);
    await first.send(sinkRows(rows.slice(10, 30)), signal, taken);
    const loss = lossOf(first);
    await server.stop('SIGKILL');
    expect(await loss).toBeInstanceOf(Error);
    expect((await faultOf(first.send(sinkRows(rows.slice(30, 40)), signal, taken))).message).not.toBe('');
    await server.start();
    // Its progress was not saved: it sends the last rows again.
    const second = await session([server.url]);
    await second.send(sinkRows(rows.slice(20, 60)), signal, taken);
    await second.close();
    const third = await session([server.url]);
    await third.send(sinkRows(rows.slice(50)), signal, taken);
    const found = await storedRows(server.url);
    expect(timesOf(found)).toEqual(rows.map(([time]) => time));
    // Each message names the row before it.
    const before = found.slice(0, -1).map(({ times }) => times.at(-1));
    expect(found.slice(1).map(({ previous }) => previous)).toEqual(before);
    expect(found[0]!.previous).toBeNaN();
  });

  it('leaves rows out that another machine gives once more, and counts none of them as refused', async () => {
    const server = await broker();
    const rows = rowsFrom(now() - 400, 400);
    const first = await session([server.url]);
    await first.send(sinkRows(rows), signal, taken);
    await first.close();
    const delivery = { kind: 'pushed', interval: 60 } as const;
    const relay = await session([server.url], 'roof', {}, { dataset: { isClocked: false, delivery } });
    expect(await relay.send(sinkRows(rows), signal, taken)).toBeUndefined();
    // The clock of this machine made them twice.
    const again = await session([server.url]);
    const refused: unknown[] = [];
    await again.send(sinkRows(rows), signal, (_rows, why) => refused.push(why));
    expect(refused).toEqual([{ rows: 340, reason: expect.stringContaining('a clock was wrong') }]);
    expect(timesOf(await storedRows(server.url))).toHaveLength(400);
  });

  it('publishes the interval that another server states', async () => {
    const server = await broker();
    const delivery = { kind: 'pushed', interval: 60 } as const;
    await session([server.url], 'roof', {}, { dataset: { isClocked: false, delivery } });
    const found = await (await managerOf(server)).streams.getMessage(`${STREAM}_layouts`, {
      last_by_subj: `${STREAM}.layout.roof`,
    });
    expect(decodeLayout(found!.data).interval).toBe(60);
  });

  it('publishes the layout with the attributes', async () => {
    const server = await broker();
    await session([server.url]);
    const manager = await managerOf(server);
    const found = await manager.streams.getMessage(`${STREAM}_layouts`, {
      last_by_subj: `${STREAM}.layout.roof`,
    });
    const { model, attributes, interval } = decodeLayout(found!.data);
    expect(model.name).toBe('roof');
    expect(interval).toBe(1);
    expect(attributes.get('NC_GLOBAL')).toBeDefined();
  });

  it('cuts rows to the messages that the servers accept', async () => {
    const server = await broker({ config: 'max_payload: 2048' });
    const one = await session([server.url]);
    const rows = rowsFrom(now() - 2000, 1000);
    await one.send(sinkRows(rows), signal, taken);
    const found = await storedRows(server.url);
    expect(found.length).toBeGreaterThan(10);
    expect(timesOf(found)).toEqual(rows.map(([time]) => time));
  });

  it('says that a row does not fit where the servers accept small messages only', async () => {
    const server = await broker({ config: 'max_payload: 2048' });
    const manager = await managerOf(server);
    await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.rows.*`], max_msg_size: 256 });
    expect(await faultOf(session([server.url]))).toMatchObject({
      kind: 'too-large',
      message: /max_msg_size/,
    });
  });

  it('says that no server answers, and connects once one does', async () => {
    const server = await broker();
    await server.stop();
    const sink = await sinkOf([server.url]);
    expect(await faultOf(sink.connect(signal))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining(server.url),
    });
    await server.start();
    const one = await sink.connect(signal);
    closing(one);
    expect(await one.send(sinkRows(rowsFrom(now(), 1)), signal, taken)).toBeUndefined();
  });

  it('says that the stream does not exist, if it may not create it', async () => {
    const server = await broker();
    const fault = await faultOf(session([server.url], 'roof', { create: undefined as never }));
    expect(fault).toMatchObject({ kind: 'no-stream', message: expect.stringContaining('docs/fleet.md') });
  });

  it('says that the server has no JetStream', async () => {
    const server = await broker({ jetstream: false });
    expect(await faultOf(session([server.url]))).toMatchObject({ kind: 'no-jetstream' });
  });

  it('says that the stream is full, and goes on once it has room', async () => {
    const server = await broker();
    const manager = await managerOf(server);
    const limits = { name: STREAM, subjects: [`${STREAM}.rows.*`], discard: 'new' as never };
    await manager.streams.add({ ...limits, max_bytes: 20_000 });
    const one = await session([server.url]);
    const rows = rowsFrom(now() - 2000, 1500);
    await one.send(sinkRows(rows.slice(0, 300)), signal, taken);
    expect(await faultOf(one.send(sinkRows(rows.slice(300, 900)), signal, taken))).toMatchObject({
      kind: 'full',
    });
    // The rows of other datasets are refused too, their layouts are not.
    const other = await session([server.url], 'cellar');
    expect(await faultOf(other.send(sinkRows(rows.slice(300, 900)), signal, taken))).toMatchObject({
      kind: 'full',
    });
    await manager.streams.update(STREAM, { ...limits, max_bytes: 1_000_000 });
    await one.send(sinkRows(rows.slice(300)), signal, taken);
    expect(timesOf(await storedRows(server.url))).toEqual(rows.map(([time]) => time));
  });

  it('goes on behind rows that the stream has deleted, without a fault', async () => {
    const server = await broker();
    const one = await session([server.url]);
    const rows = rowsFrom(now() - 20, 10);
    await one.send(sinkRows(rows.slice(0, 5)), signal, taken);
    // As the age of a stream does with the rows of a sensor that speaks seldom.
    await (await managerOf(server)).streams.purge(STREAM, { filter: `${STREAM}.rows.roof` });
    await one.send(sinkRows(rows.slice(5)), signal, taken);
    const found = await storedRows(server.url);
    expect(timesOf(found)).toEqual(rows.slice(5).map(([time]) => time));
    expect(found[0]?.previous).toBe(rows[4]![0]);
  });

  it('creates the stream again when it is deleted', async () => {
    const server = await broker();
    const one = await session([server.url]);
    await one.send(sinkRows(rowsFrom(now() - 20, 5)), signal, taken);
    const manager = await managerOf(server);
    await manager.streams.delete(STREAM);
    const rows = sinkRows(rowsFrom(now() - 10, 5));
    expect(await faultOf(one.send(rows, signal, taken))).toMatchObject({ kind: 'no-stream' });
    const again = await session([server.url]);
    await again.send(rows, signal, taken);
    expect(timesOf(await storedRows(server.url))).toHaveLength(5);
  });

  it('says that the servers refuse its credentials, also if they are revoked while it runs', async () => {
    const users = (password: string) =>
      `authorization { users: [{user: pi, password: "${password}"}, {user: admin, password: "x"}] }`;
    const server = await broker({ config: users('old') });
    const credentials = join(server.folder, 'secret');
    await writeFile(credentials, 'pi:wrong\n', { mode: 0o600 });
    const fault = await faultOf(session([server.url], 'roof', { credentials }));
    expect(fault).toMatchObject({ kind: 'credentials', message: expect.stringContaining(credentials) });
    expect(fault.message).not.toContain('wrong');
    await writeFile(credentials, 'pi:old\n');
    const one = await session([server.url], 'roof', { credentials });
    const loss = lossOf(one);
    await server.reload(users('new'));
    await loss;
    expect(await faultOf(session([server.url], 'roof', { credentials }))).toMatchObject({
      kind: 'credentials',
    });
    await writeFile(credentials, 'pi:new\n');
    const again = await session([server.url], 'roof', { credentials });
    expect(await again.send(sinkRows(rowsFrom(now(), 2)), signal, taken)).toBeUndefined();
  });

  it.each([
    ['no file', undefined, 'the path of a file that the server can read'],
    ['an empty file', '\n', 'an empty file'],
    ['several lines', 'a\nb\n', 'several lines'],
  ])('says that its credentials are %s', async (_what, text, words) => {
    const server = await broker();
    const credentials = join(server.folder, 'secret');
    if (text !== undefined) await writeFile(credentials, text, { mode: 0o600 });
    const fault = await faultOf(session([server.url], 'roof', { credentials }));
    expect(fault).toMatchObject({ kind: 'credentials', message: expect.stringContaining(words) });
  });

  it('does not touch rows of a later version', async () => {
    const server = await broker();
    const one = await session([server.url]);
    await one.send({ batch: batchOf(rowsFrom(now() - 9, 1)), positions: new Float64Array(1) }, signal, taken);
    const connection = await connect({ servers: server.url });
    closing(connection);
    await connection.request(`${STREAM}.rows.roof`, Uint8Array.of(0x44, 0x41, 0x50, 0x42, 2, 1, 0, 9, 0));
    expect(await faultOf(session([server.url]))).toMatchObject({ kind: 'version' });
  });
});
