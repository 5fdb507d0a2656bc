import { describe, expect, it } from 'vitest';
import { type FollowOptions, follow } from '../../../../dap/client/index.ts';
import { all, rowsOf, States, take } from '../collect.ts';
import { answering, station } from '../opened.ts';
import { END, head, type Row, responseBytes, rowBytes } from '../station.ts';

const five: Row[] = [1, 2, 3, 4, 5].map(n => [1369000000.125 + n, 20 + n / 10]);
const atOnce = { retry: { base: 0 } } satisfies FollowOptions;

describe('follow', () => {
  it('yields rows as they come, with the Sequence that describes their columns', async () => {
    const pi = await station();
    const rows = follow(pi.url);
    const first = rows.next();
    await pi.until(() => pi.streams === 1);
    pi.append([10, 20.5]);
    const batch = (await first).value!;
    expect(batch.length).toBe(1);
    expect(batch.sequence.name).toBe('sensor');
    expect(batch.sequence.fields).toEqual([
      { type: 'Float64', name: 'time' },
      { type: 'Float64', name: 'temperature' },
    ]);
    expect(batch.columns).toEqual([Float64Array.of(10), Float64Array.of(20.5)]);
    pi.append([11, 21]);
    expect(rowsOf((await rows.next()).value!)).toEqual([[11, 21]]);
    await rows.return();
  });

  it.each(['', '.html', '.dods', '.dds'])('understands the address with "%s" at its end', async suffix => {
    const pi = await station(five);
    expect(await all(follow(`${pi.url}${suffix}?&sensor.time<=1369000003.125`))).toEqual(five.slice(0, 3));
  });

  it('follows the first dataset of a server', async () => {
    const server = await answering((request, response) => {
      response.statusCode = request.url === '/.dods' ? 200 : 404;
      response.end(responseBytes(five));
    });
    expect(await take(5, follow(server.origin, atOnce))).toEqual(five);
  });

  it('takes the constraint beside the address', async () => {
    const pi = await station(five);
    const constraint = '&sensor.time<1e10&sensor.temperature>20.25';
    pi.append([2e10, 30]);
    expect(await all(follow(pi.url, { constraint }))).toEqual(five.slice(2));
  });

  it('reports its states', async () => {
    const pi = await station(five);
    const states = new States();
    await all(follow(`${pi.url}?sensor[0:1:1]&sensor.time>0`, { onState: states.onState }));
    expect(states.seen).toEqual([
      { state: 'connecting', attempt: 1 },
      { state: 'waiting' },
      { state: 'connected' },
      { state: 'ended', reason: 'all rows of the row range have come' },
    ]);
  });

  it('makes no request before its first row is pulled', async () => {
    const pi = await station(five);
    const states = new States();
    const rows = follow(pi.url, { onState: states.onState });
    await rows.return();
    expect(states.seen).toEqual([]);
    expect(pi.queries).toEqual([]);
  });

  it('sends the user and the password of the address', async () => {
    let sent: string | undefined;
    const server = await answering((request, response) => {
      sent = request.headers.authorization;
      response.end(responseBytes(five));
    });
    await take(1, follow(server.origin.replace('//', '//berry:s%3Acret@')));
    expect(sent).toBe(`Basic ${Buffer.from('berry:s:cret').toString('base64')}`);
  });
});

describe('a bounded Sequence ends', () => {
  it('at its upper bound of time', async () => {
    const pi = await station(five);
    const states = new States();
    const rows = await all(
      follow(`${pi.url}?&sensor.time>=0&sensor.time<=1369000004.125`, { onState: states.onState }),
    );
    expect(rows).toEqual(five.slice(0, 4));
    expect(states.names).toEqual(['connecting', 'waiting', 'connected', 'ended']);
    expect(pi.queries).toHaveLength(1);
  });

  it('without a row if none matches', async () => {
    const pi = await station(five);
    expect(await all(follow(`${pi.url}?&sensor.time<10`))).toEqual([]);
    expect(pi.queries).toHaveLength(1);
  });

  it('when its row range is full, even if no end marker follows', async () => {
    const server = await answering((_request, response) => {
      response.write(responseBytes(five, { end: false }));
    });
    expect(await all(follow(`${server.origin}/roberrypi?sensor[0:1:4]`))).toEqual(five);
  });

  it('before its row range is full, if a second request brings no more rows', async () => {
    const table = await answering((request, response) => {
      response.end(responseBytes(request.url?.includes('sensor.time%3E') ? [] : five));
    });
    const states = new States();
    const url = `${table.origin}/roberrypi?sensor[0:1:9]`;
    expect(await all(follow(url, { ...atOnce, onState: states.onState }))).toEqual(five);
    expect(states.names.filter(name => name === 'connecting')).toHaveLength(2);
  });

  it('before its row range is full without a second request, if it has no time', async () => {
    const table = await answering((request, response) => {
      if (request.url?.includes('.dds')) response.end(head(['temperature']));
      else response.end(Buffer.concat([Buffer.from(`${head(['temperature'])}Data:\n`), rowBytes([7]), END]));
    });
    expect(await all(follow(`${table.origin}/roberrypi?sensor[0:1:9]`))).toEqual([[7]]);
  });
});

describe('a projection without the time', () => {
  it('still resumes by time, and gives the requested columns', async () => {
    const pi = await station(five);
    pi.before = (_request, response, number) => {
      // The first request shows that the time is not served, the second that there is one, the third asks for it.
      if (number !== 2) return false;
      response.write(responseBytes(five.slice(0, 2), { end: false }));
      response.write(rowBytes([3, 3]).subarray(0, 9), () => response.destroy());
      return true;
    };
    const states = new States();
    const rows = follow(`${pi.url}?sensor.temperature&sensor.time>0`, { ...atOnce, onState: states.onState });
    const seen: number[][] = [];
    for await (const batch of rows) {
      expect(batch.sequence.fields).toEqual([{ type: 'Float64', name: 'temperature' }]);
      seen.push(...rowsOf(batch));
      if (seen.length === 5) break;
    }
    expect(seen).toEqual(five.map(([, temperature]) => [temperature]));
    expect(pi.queries).toEqual([
      'sensor.temperature&sensor.time>0',
      'sensor.temperature,sensor.time&sensor.time>0',
      'sensor.temperature,sensor.time&sensor.time>=1369000002.125',
    ]);
    expect(states.names.filter(name => name === 'reconnecting')).toHaveLength(1);
  });

  it('is requested unchanged if the Sequence has no time', async () => {
    const asked: string[] = [];
    const server = await answering((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      if (request.url?.includes('.dds')) response.end(head(['temperature', 'pressure']));
      else if (request.url?.includes('.das')) response.end('Attributes {\n}\n');
      else response.end(Buffer.concat([Buffer.from(`${head(['pressure'])}Data:\n`), rowBytes([7])]));
    });
    const rows = follow(`${server.origin}/roberrypi?sensor.pressure`, atOnce);
    expect(await take(3, rows)).toEqual([[7], [7], [7]]);
    expect(asked).toEqual([
      '/roberrypi.dods?sensor.pressure',
      '/roberrypi.dds',
      '/roberrypi.das',
      '/roberrypi.dods?sensor.pressure',
      '/roberrypi.dods?sensor.pressure',
    ]);
  });

  it('of a dataset without a DDS is refused with the message of the server', async () => {
    const server = await answering((request, response) => {
      if (!request.url?.includes('.dds')) return response.end(`${head(['temperature'])}Data:\n`);
      response.statusCode = 403;
      return response.end('Error {\n    code = 403;\n    message = "not for you";\n};\n');
    });
    const rows = follow(`${server.origin}/roberrypi?temperature`);
    await expect(rows.next()).rejects.toMatchObject({
      name: 'DapError',
      message: `${server.origin}/roberrypi.dds: not for you`,
    });
  });
});

describe('a dataset that changes compatibly', () => {
  it('keeps the columns of the first connection, in their order', async () => {
    const server = await answering((_request, response, number) => {
      if (number === 0) return response.end(responseBytes(five.slice(0, 2)));
      const columns = ['humidity', 'temperature', 'time'];
      const rows = five.slice(2).map(([time, temperature]) => rowBytes([55, temperature, time]));
      return response.end(Buffer.concat([Buffer.from(`${head(columns)}Data:\n`), ...rows, END]));
    });
    expect(await take(5, follow(`${server.origin}/roberrypi`, atOnce))).toEqual(five);
  });
});
