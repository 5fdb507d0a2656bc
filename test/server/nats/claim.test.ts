// Tests that a name in a fleet belongs to one machine, until that machine is silent for longer than its rows explain.

import { expect, it, vi } from 'vitest';
import { openNatsSink } from '../../../server/nats/sink.ts';
import { describeWith } from '../../tools.ts';
import {
  CREATE,
  datasetNamed,
  now,
  rowsFrom,
  STREAM,
  sinkOf,
  sinkRows,
  storedRows,
  timesOf,
} from './fleet.ts';
import { broker, closeAfterEach, closing, faultOf, session, signal, taken } from './rig.ts';

closeAfterEach();

describeWith('nats-server', 'a name in a fleet', () => {
  it('refuses a second machine with the same name, which says so and disturbs nothing', async () => {
    const server = await broker();
    const one = { owner: 'one', session: '1', host: 'pi-one' };
    const two = { owner: 'two', session: '2', host: 'pi-two' };
    const first = await session([server.url], 'roof', {}, { publisher: one });
    await first.send(sinkRows(rowsFrom(now() - 20, 5)), signal, taken);
    const fault = await faultOf(session([server.url], 'roof', {}, { publisher: two }));
    expect(fault).toMatchObject({
      kind: 'taken',
      message: expect.stringContaining('the machine pi-one publishes'),
    });
    await first.send(sinkRows(rowsFrom(now() - 15, 5)), signal, taken);
    expect(timesOf(await storedRows(server.url))).toHaveLength(10);
    // The second machine may have any other name.
    await session([server.url], 'cellar', {}, { publisher: two });
  });

  it('gives the name to another machine after a silence', async () => {
    const server = await broker();
    const one = { owner: 'one', session: '1', host: 'pi-one' };
    const two = { owner: 'two', session: '2', host: 'pi-two' };
    const first = await session([server.url], 'roof', {}, { publisher: one });
    await first.send(sinkRows(rowsFrom(now() - 20, 5)), signal, taken);
    const sink = await sinkOf([server.url], 'roof', {}, { publisher: two, silence: 0 });
    expect(await faultOf(sink.connect(signal))).toMatchObject({ kind: 'taken' });
    const second = await sink.connect(signal);
    closing(second);
    await second.send(sinkRows(rowsFrom(now() - 15, 5)), signal, taken);
    // The former owner is fenced off by its next message.
    expect((await faultOf(first.send(sinkRows(rowsFrom(now() - 10, 5)), signal, taken))).message).toContain(
      'another publisher',
    );
    expect(timesOf(await storedRows(server.url))).toHaveLength(10);
  });

  it.each([
    ['of a row an hour', { kind: 'scheduled', interval: 3600 }, 10_800, '3 hours'],
    ['of rows that come irregularly', { kind: 'pushed' }, 86_400, '24 hours'],
    ['of a row a second', { kind: 'scheduled', interval: 1 }, 600, '10 minutes'],
  ] as const)('keeps the name of a publisher %s for so long', async (_what, delivery, seconds, words) => {
    const server = await broker();
    const sinkAs = (owner: string) =>
      openNatsSink(
        { servers: [server.url], stream: STREAM, name: 'roof', create: CREATE, backlog: 86_400 },
        { ...datasetNamed('roof'), delivery },
        {},
        { publisher: { owner, session: owner, host: owner } },
      );
    closing(await (await sinkAs('one')).connect(signal));
    const other = await sinkAs('two');
    const clock = vi.spyOn(performance, 'now');
    closing({ close: async () => clock.mockRestore() });
    const at = performance.now();
    const refusal = { kind: 'taken', message: expect.stringContaining(`free after ${words}`) };
    for (const silence of [0, seconds - 1]) {
      clock.mockReturnValue(at + silence * 1000);
      expect(await faultOf(other.connect(signal))).toMatchObject(refusal);
    }
    clock.mockReturnValue(at + seconds * 1000);
    closing(await other.connect(signal));
  });

  it('recognises a copy of its own card', async () => {
    const server = await broker();
    const original = { owner: 'one', session: '1', host: 'pi' };
    const sink = await sinkOf([server.url], 'roof', {}, { publisher: original });
    const first = await sink.connect(signal);
    closing(first);
    await first.send(sinkRows(rowsFrom(now() - 20, 5)), signal, taken);
    const copy = await session([server.url], 'roof', {}, { publisher: { ...original, session: '2' } });
    await copy.send(sinkRows(rowsFrom(now() - 15, 5)), signal, taken);
    await faultOf(first.send(sinkRows(rowsFrom(now() - 10, 5)), signal, taken));
    expect(await faultOf(sink.connect(signal))).toMatchObject({
      kind: 'taken',
      message: expect.stringContaining('copy of its card'),
    });
  });
});
