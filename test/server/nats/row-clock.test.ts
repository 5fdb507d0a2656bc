// Tests which rows a sink of NATS refuses for their times, and by which clock it judges them.

import { expect, it } from 'vitest';
import type { OnTaken } from '../../../server/publish/sink.ts';
import { describeWith } from '../../tools.ts';
import { now, rowsFrom, STREAM, sinkOf, sinkRows, storedRows, timesOf } from './fleet.ts';
import { broker, closeAfterEach, closing, faultOf, managerOf, session, signal, taken } from './rig.ts';

closeAfterEach();

describeWith('nats-server', 'the times of rows that are published', () => {
  it('refuses rows whose clock is wrong by years, and takes those after it is set', async () => {
    const server = await broker();
    const one = await session([server.url]);
    const years = 5 * 366 * 86_400;
    const refused: unknown[] = [];
    const told: OnTaken = (_rows, refusal) => refused.push(refusal);
    const ahead = await one.send(sinkRows(rowsFrom(now() + years, 3)), signal, told);
    expect(ahead?.refused).toMatchObject({ rows: 3, reason: expect.stringContaining('ahead of the clock') });
    await one.send(sinkRows(rowsFrom(now() - years, 4)), signal, told);
    expect(refused).toEqual([{ rows: 4, reason: expect.stringContaining('backlog') }]);
    const rows = rowsFrom(now() - 10, 5);
    expect(await one.send(sinkRows(rows), signal, taken)).toBeUndefined();
    await one.send(sinkRows(rowsFrom(now() - 1000, 2)), signal, told);
    expect(refused[1]).toEqual({ rows: 2, reason: expect.stringContaining('last row of the stream') });
    expect(timesOf(await storedRows(server.url))).toEqual(rows.map(([time]) => time));
  });

  it('tells of refused rows before rows behind them fail', async () => {
    const server = await broker();
    const one = await session([server.url]);
    await one.send(sinkRows(rowsFrom(now() - 500, 10)), signal, taken);
    await (await managerOf(server)).streams.delete(STREAM);
    const told: unknown[] = [];
    const rows = [...rowsFrom(now() - 1000, 2), ...rowsFrom(now() - 100, 5)];
    const fault = await faultOf(one.send(sinkRows(rows), signal, (...what) => told.push(what)));
    expect(fault).toMatchObject({ kind: 'no-stream' });
    expect(told).toEqual([[2, { rows: 2, reason: expect.stringContaining('last row of the stream') }]]);
  });

  it('lets rows wait while its clock and that of the broker differ, and nothing tells which is right', async () => {
    const server = await broker();
    const year = 365 * 86_400;
    let ahead = year;
    const sink = await sinkOf([server.url], 'roof', {}, { now: () => Date.now() / 1000 + ahead });
    expect(await faultOf(sink.connect(signal))).toMatchObject({
      kind: 'clock',
      message: expect.stringContaining('the rows wait'),
    });
    ahead = 0;
    const one = await sink.connect(signal);
    closing(one);
    ahead = -year;
    const rows = sinkRows(rowsFrom(now() - 10, 5));
    expect(await faultOf(one.send(rows, signal, taken))).toMatchObject({ kind: 'clock' });
    ahead = 0;
    expect(await one.send(rows, signal, taken)).toBeUndefined();
    expect(timesOf(await storedRows(server.url))).toHaveLength(5);
  });

  it('sends the rows of a synchronised clock, whatever the clock of the broker says', async () => {
    const server = await broker();
    const year = 365 * 86_400;
    const tuning = { now: () => now() + year, synchronized: () => 'yes' as const };
    const one = await session([server.url], 'roof', {}, tuning);
    const rows = rowsFrom(now() + year - 10, 5);
    expect(await one.send(sinkRows(rows), signal, taken)).toBeUndefined();
    expect(timesOf(await storedRows(server.url))).toEqual(rows.map(([time]) => time));
  });
});
