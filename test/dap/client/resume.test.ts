import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, rowsOf, States, take } from './collect.ts';
import { END, head, type Row, responseBytes, rowBytes, Station, serve, wireTo } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function station(rows: readonly Row[] = []): Promise<Station> {
  const opened = await new Station(rows).open();
  open.push({ close: () => opened.crash() });
  return opened;
}

/** Rows that can all be told apart, a third of a second each. */
function series(length: number): Row[] {
  return Array.from({ length }, (_, n) => [1369000000 + n / 3, n]);
}

describe('every row comes exactly once', () => {
  const constraint = `&sensor.time>0&sensor.time<=${five[4]![0]}`;
  const later: Row = [2e9, 0];

  it.each([
    ['in chunks', false],
    ['until the connection closes', true],
  ])('at whatever byte a response that comes %s is cut', async (_how, closeDelimited) => {
    const pi = await station([...five, later]);
    pi.closeDelimited = closeDelimited;
    const whole = await wireTo(pi.port);
    expect(await all(follow(`${whole.origin}/roberrypi`, { constraint }))).toEqual(five);
    await whole.close();
    const length = whole.carried[0]!;
    expect(length).toBeGreaterThan(responseBytes(five).length);
    for (let cut = 0; cut < length; cut++) {
      const wire = await wireTo(pi.port, connection => (connection === 0 ? cut : undefined));
      const rows = await all(follow(`${wire.origin}/roberrypi`, { constraint, retry }));
      expect(rows, `cut after ${cut} of ${length} bytes`).toEqual(five);
      await wire.close();
    }
  });

  it('at whatever byte the answer is cut that tells of a time to be asked for besides', async () => {
    const pi = await station([...five, later]);
    pi.closeDelimited = true;
    const projected = `sensor.temperature${constraint}`;
    for (let cut = 0; cut < head().length + 200; cut++) {
      const wire = await wireTo(pi.port, connection => (connection === 1 ? cut : undefined));
      const rows = await all(follow(`${wire.origin}/roberrypi`, { constraint: projected, retry }));
      expect(rows, `cut after ${cut} bytes`).toEqual(five.map(([, temperature]) => [temperature]));
      await wire.close();
    }
  });

  it('over a hundred cuts at random places', async () => {
    // More than a hundred connections of up to 1200 bytes can carry.
    const rows = series(3500);
    const pi = await station(rows);
    const cuts = fc.array(fc.integer({ min: 1, max: 1200 }), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), async (allowed, closeDelimited) => {
        pi.closeDelimited = closeDelimited;
        const wire = await wireTo(pi.port, connection => allowed[connection]);
        const seen = await take(rows.length, follow(`${wire.origin}/roberrypi?&sensor.time>0`, { retry }));
        expect(seen).toEqual(rows);
        expect(wire.carried.length).toBe(101);
        await wire.close();
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });

  it.each([
    ['[0:1:9]', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['[3:1:6]', [3, 4, 5, 6]],
    ['[1:3:12]', [1, 4, 7, 10]],
    ['[2:5:19]', [2, 7, 12, 17]],
  ])('of a row range %s, wherever it is cut', async (range, expected) => {
    const pi = await station(series(40));
    const length = head().length + 200 + expected.length * 26;
    for (let cut = 1; cut < length; cut += 5) {
      // The first three connections break, each a little later than the one before.
      const wire = await wireTo(pi.port, connection => (connection < 3 ? cut + 9 * connection : undefined));
      const rows = follow(`${wire.origin}/roberrypi?sensor${range}&sensor.time>=0`, { retry });
      expect(
        (await all(rows)).map(([, n]) => n),
        `cut after ${cut} bytes`,
      ).toEqual(expected);
      await wire.close();
    }
  });

  it('of those that a selection lets through, in the digits that time has', async () => {
    const rows: Row[] = [1e-7, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 ** 53 / 7].map((time, n) => [time, n]);
    const pi = await station(rows);
    for (let cut = 300; cut < 480; cut += 4) {
      const wire = await wireTo(pi.port, connection => cut + connection * 10);
      const url = `${wire.origin}/roberrypi?&sensor.time>=0&sensor.temperature<=4`;
      expect(await take(5, follow(url, { retry }))).toEqual(rows.filter(([, n]) => n <= 4));
      await wire.close();
    }
  });
});

describe('a server that refuses selections', () => {
  /** Answers each plain request with the next of `answers`, the last one again and again, and refuses all others. */
  async function refusing(...answers: readonly Uint8Array[]): Promise<{ url: string; queries: string[] }> {
    const queries: string[] = [];
    let plain = 0;
    const server = await serve((request, response) => {
      const [path = '', query = ''] = decodeURIComponent(request.url ?? '').split('?', 2);
      if (!path.endsWith('.dods')) return response.writeHead(404).end();
      queries.push(query);
      if (query === '') return response.end(answers[Math.min(plain++, answers.length - 1)]);
      return response.writeHead(400).end('Error {\n    code = 400;\n    message = "no selections";\n};\n');
    });
    open.push(server);
    return { url: `${server.origin}/roberrypi`, queries };
  }

  it('goes on with the rows that it gives, after its own reason for the break', async () => {
    const full = new TextEncoder().encode('Error {\n    code = 500;\n    message = "disk full";\n};\n');
    const first = Buffer.concat([responseBytes(five.slice(0, 2), { end: false }), full]);
    const server = await refusing(first, responseBytes(five.slice(1, 4)));
    const states = new States();
    const rows = follow(server.url, { retry, onState: states.onState });
    expect(await take(4, rows)).toEqual(five.slice(0, 4));
    const broken = states.seen.find(({ state }) => state === 'reconnecting');
    expect(broken).toMatchObject({ reason: expect.stringContaining('disk full') });
    expect(server.queries.filter(query => query !== '')).toHaveLength(1);
  });

  it('has come to its end where it gives nothing new', async () => {
    const server = await refusing(responseBytes(five));
    const states = new States();
    expect(await all(follow(server.url, { retry, onState: states.onState }))).toEqual(five);
    expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: 'the Sequence has come to its end' });
  });
});

describe('a server that comes back', () => {
  it('after a crash goes on where it was', async () => {
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

  it('after it was shut down in order, with an end marker on a Sequence that has no end', async () => {
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

  it('in the middle of a row range, shut down in order, gives the other rows too', async () => {
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

  it('without its past goes on with its next row', async () => {
    let served = 0;
    const live = await serve((_request, response) => {
      const rows = five.slice(served, served + 2);
      served += rows.length;
      response.write(responseBytes(rows, { end: false }), () => response.destroy());
    });
    open.push(live);
    expect(await take(5, follow(`${live.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('and repeats rows has them dropped at the beginning, and only there', async () => {
    const steppedBack: Row = [five[0]![0], 99];
    let sendSteppedBack = (): void => {};
    const deaf = await serve((_request, response, number) => {
      const rows = [five.slice(0, 3), five.slice(0, 4), five.slice(1)][number] ?? [];
      response.write(responseBytes(rows, { end: false }));
      if (number < 2) response.end(rowBytes([0, 0]).subarray(0, 7));
      else sendSteppedBack = () => response.write(rowBytes(steppedBack));
    });
    open.push(deaf);
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
    const live = await serve((request, response) => {
      const query = decodeURIComponent(request.url ?? '').split('?')[1] ?? '';
      if (request.url?.includes('.dds')) return response.end(head(['temperature']));
      if (request.url?.includes('.das')) return response.end('Attributes {\n}\n');
      asked.push(query);
      const rows = [rowBytes([next++]), rowBytes([next++])];
      return response.end(Buffer.concat([Buffer.from(`${head(['temperature'])}Data:\n`), ...rows]));
    });
    open.push(live);
    const rows = await all(follow(`${live.origin}/roberrypi?sensor.temperature[0:1:5]`, { retry }));
    expect(rows).toEqual([[0], [1], [2], [3], [4], [5]]);
    expect(asked).toEqual([
      'sensor.temperature[0:1:5]',
      'sensor.temperature[0:1:3]',
      'sensor.temperature[0:1:1]',
    ]);
  });

  it('holds on to what "now" meant when it was first asked', async () => {
    const now = Date.parse('2026-08-01T12:00:00Z') / 1000;
    const asked: string[] = [];
    const server = await serve((request, response, number) => {
      if (request.url?.includes('.das')) return response.end('Attributes {\n}\n');
      asked.push(decodeURIComponent(request.url ?? '').split('?')[1] ?? '');
      // This server's clock is its own; by the second request an hour has gone by.
      response.setHeader('date', new Date((now + 3600 * number) * 1000).toUTCString());
      return response.end(
        number === 0 ? responseBytes([[now - 5, 1]], { end: false }) : Buffer.concat([responseBytes([])]),
      );
    });
    open.push(server);
    const constraint = '&sensor.time>now-1minute&sensor.time<now+1minute';
    expect(await all(follow(`${server.origin}/roberrypi`, { constraint, retry }))).toEqual([[now - 5, 1]]);
    expect(asked).toEqual([constraint, `&sensor.time<${now + 60}&sensor.time>=${now - 5}`]);
  });
});

describe('a server that asks for patience', () => {
  it.each([
    ['429', 429, '7', 7],
    ['503', 503, 'a date', 9],
    ['502 without a word', 502, undefined, 0],
  ])('with %s is asked again when it said', async (_what, status, header, least) => {
    const server = await serve((_request, response, number) => {
      if (number > 0) return response.end(responseBytes(five));
      const now = Date.now();
      response.statusCode = status;
      response.setHeader('date', new Date(now).toUTCString());
      const date = new Date(now + 9000).toUTCString();
      if (header !== undefined) response.setHeader('retry-after', header === 'a date' ? date : header);
      return response.end('Error {\n    code = 503;\n    message = "too many readers";\n};\n');
    });
    open.push(server);
    const wake = new EventTarget();
    const states = new States();
    const reading = take(
      5,
      follow(`${server.origin}/roberrypi`, { wake, onState: states.onState, random: () => 0.5 }),
    );
    const { delay, reason } = await states.next('reconnecting');
    expect(delay).toBe(least + 0.5);
    expect(reason).toContain('too many readers');
    wake.dispatchEvent(new Event('wake'));
    expect(await reading).toEqual(five);
  });

  it('is given more and more time, until rows come again', async () => {
    const server = await serve((_request, response, number) => {
      response.statusCode = number < 4 || number === 5 ? 503 : 200;
      response.end(number === 4 ? responseBytes(five.slice(0, 2)) : number > 5 ? responseBytes(five) : '');
    });
    open.push(server);
    const states = new States();
    const options = { onState: states.onState, retry: { base: 0.001, cap: 0.006 }, random: () => 0.999 };
    expect(await take(5, follow(`${server.origin}/roberrypi`, options))).toEqual(five);
    const delays = states.seen.flatMap(state =>
      state.state === 'reconnecting' ? [state.delay / 0.999] : [],
    );
    expect(delays.map(delay => Number(delay.toFixed(6)))).toEqual([0.002, 0.004, 0.006, 0.006, 0.001, 0.002]);
    const attempts = states.seen.flatMap(state => (state.state === 'connecting' ? [state.attempt] : []));
    expect(attempts).toEqual([1, 2, 3, 4, 5, 1, 2]);
  });

  it('is given up after as many attempts in a row as were allowed', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const states = new States();
    const options = { onState: states.onState, retry: { base: 0, attempts: 3 } };
    const failure = await all(follow(`${closed.origin}/roberrypi`, options)).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/^ResponseError: http:\/\/127.0.0.1:\d+\/roberrypi: .*ECONNREFUSED/);
    expect(states.names.filter(name => name === 'connecting')).toHaveLength(3);
  });
});

describe('a dataset that is not found any more', () => {
  it('is asked for again, since a server behind a proxy may be restarting', async () => {
    const server = await serve((_request, response, number) => {
      response.statusCode = number >= 1 && number <= 10 ? 404 : 200;
      response.end(
        number === 0 ? responseBytes(five.slice(0, 2)) : number > 10 ? responseBytes(five.slice(2)) : '',
      );
    });
    open.push(server);
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('and is found again and again is followed for ever', async () => {
    const server = await serve((_request, response, number) => {
      const isThere = number % 8 === 0;
      response.statusCode = isThere ? 200 : 404;
      const [row] = five.slice(number / 8);
      response.end(isThere && row !== undefined ? responseBytes([row]) : '');
    });
    open.push(server);
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('is believed to be gone in the end', async () => {
    let requests = 0;
    const server = await serve((_request, response, number) => {
      requests++;
      response.statusCode = number === 0 ? 200 : 404;
      response.end(number === 0 ? responseBytes(five) : '');
    });
    open.push(server);
    await expect(take(6, follow(`${server.origin}/roberrypi`, { retry }))).rejects.toMatchObject({
      status: 404,
    });
    expect(requests).toBe(12);
  });
});

describe('a response that goes wrong after rows have come', () => {
  it('is taken up again behind the last good row', async () => {
    const server = await serve((_request, response, number) => {
      if (number === 0) {
        response.end(
          Buffer.concat([responseBytes(five.slice(0, 2), { end: false }), Buffer.from('Error {...};')]),
        );
      } else response.end(responseBytes(five.slice(2), { end: false }));
    });
    open.push(server);
    const states = new States();
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry, onState: states.onState }))).toEqual(
      five,
    );
    expect(states.seen.find(({ state }) => state === 'reconnecting')).toMatchObject({
      reason: expect.stringContaining('"Erro"'),
    });
  });

  it('and goes wrong at the same place again is given up', async () => {
    const server = await serve((_request, response, number) => {
      response.end(
        Buffer.concat([responseBytes(number === 0 ? five : [], { end: false }), Buffer.from('Error {')]),
      );
    });
    open.push(server);
    await expect(take(6, follow(`${server.origin}/roberrypi`, { retry }))).rejects.toThrow(/5A.*"Erro"/);
  });
});

describe('the end marker itself', () => {
  it('does not end a Sequence without bounds, even one that brings nothing', async () => {
    const server = await serve((_request, response, number) => {
      const rows = number === 3 ? [rowBytes(five[0]!)] : [];
      response.end(Buffer.concat([Buffer.from(`${head()}Data:\n`), ...rows, END]));
    });
    open.push(server);
    expect(await take(1, follow(`${server.origin}/roberrypi`, { retry }))).toEqual([five[0]]);
  });
});
