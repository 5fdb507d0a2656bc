import { describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, rowsOf, States, take } from './collect.ts';
import { answering, station } from './opened.ts';
import { head, type Row, responseBytes, rowBytes } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

describe('a server that comes back', () => {
  it('after a crash continues after the last row', async () => {
    const pi = await station(five.slice(0, 2));
    const states = new States();
    const rows = follow(`${pi.url}?&sensor.time>0`, {
      retry: { base: 0.01, cap: 0.05 },
      onState: states.onState,
    });
    const seen: number[][] = [];
    while (seen.length < 2) seen.push(...rowsOf((await rows.next()).value!));
    const next = rows.next();
    const lost = states.next('reconnecting');
    await pi.crash();
    expect((await lost).attempt).toBe(1);
    expect(await states.next('reconnecting')).toMatchObject({
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    pi.rows.push(...five.slice(2));
    await pi.open(pi.port);
    seen.push(...rowsOf((await next).value!));
    while (seen.length < 5) seen.push(...rowsOf((await rows.next()).value!));
    expect(seen).toEqual(five);
    await rows.return();
  });

  it('after an orderly shutdown, whose end marker does not end the endless Sequence', async () => {
    const pi = await station();
    const states = new States();
    const rows = follow(pi.url, { retry: { base: 0.01, cap: 0.05 }, onState: states.onState });
    const first = rows.next();
    await pi.until(() => pi.streams === 1);
    pi.append([1, 10]);
    expect(rowsOf((await first).value!)).toEqual([[1, 10]]);
    const second = rows.next();
    const ended = states.next('reconnecting');
    await pi.shutDown();
    expect((await ended).reason).toMatch(/ended the Sequence/);
    pi.append([2, 20]);
    await pi.open(pi.port);
    expect(rowsOf((await second).value!)).toEqual([[2, 20]]);
    expect(pi.queries.at(-1)).toBe('&sensor.time>=1');
    await rows.return();
  });

  it('after an orderly shutdown within a row range gives the rest of the range', async () => {
    const pi = await station();
    const rows = follow(`${pi.url}?sensor[0:1:2]`, { retry: { base: 0.01, cap: 0.05 } });
    const first = rows.next();
    await pi.until(() => pi.streams === 1);
    pi.append([1, 10]);
    await first;
    const rest = all(rows);
    await pi.shutDown();
    await pi.open(pi.port);
    pi.append([2, 20], [3, 30], [4, 40]);
    expect(await rest).toEqual([
      [2, 20],
      [3, 30],
    ]);
    expect(pi.queries.at(-1)).toBe('sensor[0:1:2]&sensor.time>=1');
  });

  it('without its past rows continues with its next row', async () => {
    let served = 0;
    const live = await answering((_request, response) => {
      const rows = five.slice(served, served + 2);
      served += rows.length;
      response.write(responseBytes(rows, { end: false }), () => response.destroy());
    });
    expect(await take(5, follow(`${live.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('and repeats rows: they are dropped at the beginning of the response, and only there', async () => {
    const steppedBack: Row = [five[0]![0], 99];
    let sendSteppedBack = (): void => {};
    const deaf = await answering((_request, response, number) => {
      const rows = [five.slice(0, 3), five.slice(0, 4), five.slice(1)][number] ?? [];
      response.write(responseBytes(rows, { end: false }));
      if (number < 2) response.end(rowBytes([0, 0]).subarray(0, 7));
      else sendSteppedBack = () => response.write(rowBytes(steppedBack));
    });
    const seen: number[][] = [];
    for await (const batch of follow(`${deaf.origin}/roberrypi`, { retry })) {
      seen.push(...rowsOf(batch));
      // In a batch of its own, behind the new rows of this connection.
      if (seen.length === 5) sendSteppedBack();
      if (seen.length === 6) break;
    }
    expect(seen).toEqual([...five, steppedBack]);
  });

  it('without a column for time is followed live, and its row range is still counted', async () => {
    const asked: string[] = [];
    let next = 0;
    const live = await answering((request, response) => {
      const query = decodeURIComponent(request.url ?? '').split('?')[1] ?? '';
      if (request.url?.includes('.dds')) return response.end(head(['temperature']));
      if (request.url?.includes('.das')) return response.end('Attributes {\n}\n');
      asked.push(query);
      const rows = [rowBytes([next++]), rowBytes([next++])];
      return response.end(Buffer.concat([Buffer.from(`${head(['temperature'])}Data:\n`), ...rows]));
    });
    const rows = await all(follow(`${live.origin}/roberrypi?sensor.temperature[0:1:5]`, { retry }));
    expect(rows).toEqual([[0], [1], [2], [3], [4], [5]]);
    expect(asked).toEqual([
      'sensor.temperature[0:1:5]',
      'sensor.temperature[0:1:3]',
      'sensor.temperature[0:1:1]',
    ]);
  });

  it('keeps the meaning that "now" had at the first request', async () => {
    const now = Date.parse('2026-08-01T12:00:00Z') / 1000;
    const asked: string[] = [];
    const server = await answering((request, response, number) => {
      if (request.url?.includes('.das')) return response.end('Attributes {\n}\n');
      asked.push(decodeURIComponent(request.url ?? '').split('?')[1] ?? '');
      // This server's clock is its own; by the second request an hour has gone by.
      response.setHeader('date', new Date((now + 3600 * number) * 1000).toUTCString());
      return response.end(
        number === 0 ? responseBytes([[now - 5, 1]], { end: false }) : Buffer.concat([responseBytes([])]),
      );
    });
    const constraint = '&sensor.time>now-1minute&sensor.time<now+1minute';
    expect(await all(follow(`${server.origin}/roberrypi`, { constraint, retry }))).toEqual([[now - 5, 1]]);
    expect(asked).toEqual([constraint, `&sensor.time<${now + 60}&sensor.time>=${now - 5}`]);
  });
});
