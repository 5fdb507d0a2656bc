import { describe, expect, it } from 'vitest';
import { follow } from '../../../dap/client/index.ts';
import { all, States, take } from './collect.ts';
import { answering } from './opened.ts';
import { END, head, type Row, responseBytes, rowBytes, serve } from './station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.1 + n * 0.7, n]);
const retry = { base: 0 };

describe('a server that refuses selections', () => {
  /** Answers each plain request with the next of `answers`, the last one again and again, and refuses all others. */
  async function refusing(...answers: readonly Uint8Array[]): Promise<{ url: string; queries: string[] }> {
    const queries: string[] = [];
    let plain = 0;
    const server = await answering((request, response) => {
      const [path = '', query = ''] = decodeURIComponent(request.url ?? '').split('?', 2);
      if (!path.endsWith('.dods')) return response.writeHead(404).end();
      queries.push(query);
      if (query === '') return response.end(answers[Math.min(plain++, answers.length - 1)]);
      return response.writeHead(400).end('Error {\n    code = 400;\n    message = "no selections";\n};\n');
    });
    return { url: `${server.origin}/roberrypi`, queries };
  }

  it('is followed by plain requests, and its reason for the break is reported', async () => {
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

  it('is at its end once a plain request brings no new row', async () => {
    const server = await refusing(responseBytes(five));
    const states = new States();
    expect(await all(follow(server.url, { retry, onState: states.onState }))).toEqual(five);
    expect(states.seen.at(-1)).toEqual({ state: 'ended', reason: 'the Sequence has come to its end' });
  });
});

describe('a server that asks for patience', () => {
  it.each([
    ['429', 429, '7', 7],
    ['503', 503, 'a date', 9],
    ['502 without a word', 502, undefined, 0],
  ])('with %s is asked again after that time', async (_what, status, header, least) => {
    const server = await answering((_request, response, number) => {
      if (number > 0) return response.end(responseBytes(five));
      const now = Date.now();
      response.statusCode = status;
      response.setHeader('date', new Date(now).toUTCString());
      const date = new Date(now + 9000).toUTCString();
      if (header !== undefined) response.setHeader('retry-after', header === 'a date' ? date : header);
      return response.end('Error {\n    code = 503;\n    message = "too many readers";\n};\n');
    });
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

  it('is asked after longer and longer pauses, until rows come again', async () => {
    const server = await answering((_request, response, number) => {
      response.statusCode = number < 4 || number === 5 ? 503 : 200;
      response.end(number === 4 ? responseBytes(five.slice(0, 2)) : number > 5 ? responseBytes(five) : '');
    });
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

  it('is given up after the allowed number of attempts in a row', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const states = new States();
    const options = { onState: states.onState, retry: { base: 0, attempts: 3 } };
    const failure = await all(follow(`${closed.origin}/roberrypi`, options)).catch((error: unknown) => error);
    expect(String(failure)).toMatch(/^ResponseError: http:\/\/127.0.0.1:\d+\/roberrypi: .*ECONNREFUSED/);
    expect(states.names.filter(name => name === 'connecting')).toHaveLength(3);
  });
});

describe('a dataset that answers 404 after it gave rows', () => {
  it('is requested again: a server behind a proxy may be restarting', async () => {
    const server = await answering((_request, response, number) => {
      response.statusCode = number >= 1 && number <= 10 ? 404 : 200;
      response.end(
        number === 0 ? responseBytes(five.slice(0, 2)) : number > 10 ? responseBytes(five.slice(2)) : '',
      );
    });
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('and rows again each time is followed for ever', async () => {
    const server = await answering((_request, response, number) => {
      const isThere = number % 8 === 0;
      response.statusCode = isThere ? 200 : 404;
      const [row] = five.slice(number / 8);
      response.end(isThere && row !== undefined ? responseBytes([row]) : '');
    });
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry }))).toEqual(five);
  });

  it('and never rows again is given up in the end', async () => {
    let requests = 0;
    const server = await answering((_request, response, number) => {
      requests++;
      response.statusCode = number === 0 ? 200 : 404;
      response.end(number === 0 ? responseBytes(five) : '');
    });
    await expect(take(6, follow(`${server.origin}/roberrypi`, { retry }))).rejects.toMatchObject({
      status: 404,
    });
    expect(requests).toBe(12);
  });
});

describe('a response that goes wrong after rows have come', () => {
  it('is resumed after the last good row', async () => {
    const server = await answering((_request, response, number) => {
      if (number === 0) {
        response.end(
          Buffer.concat([responseBytes(five.slice(0, 2), { end: false }), Buffer.from('Error {...};')]),
        );
      } else response.end(responseBytes(five.slice(2), { end: false }));
    });
    const states = new States();
    expect(await take(5, follow(`${server.origin}/roberrypi`, { retry, onState: states.onState }))).toEqual(
      five,
    );
    expect(states.seen.find(({ state }) => state === 'reconnecting')).toMatchObject({
      reason: expect.stringContaining('"Erro"'),
    });
  });

  it('and goes wrong at the same place again is given up', async () => {
    const server = await answering((_request, response, number) => {
      response.end(
        Buffer.concat([responseBytes(number === 0 ? five : [], { end: false }), Buffer.from('Error {')]),
      );
    });
    await expect(take(6, follow(`${server.origin}/roberrypi`, { retry }))).rejects.toThrow(/5A.*"Erro"/);
  });
});

describe('an end marker', () => {
  it('does not end a Sequence without bounds, even one without rows', async () => {
    const server = await answering((_request, response, number) => {
      const rows = number === 3 ? [rowBytes(five[0]!)] : [];
      response.end(Buffer.concat([Buffer.from(`${head()}Data:\n`), ...rows, END]));
    });
    expect(await take(1, follow(`${server.origin}/roberrypi`, { retry }))).toEqual([five[0]]);
  });
});
