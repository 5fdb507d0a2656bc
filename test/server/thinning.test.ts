import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Batch, decodeAll, follow, parseError } from '../../dap/index.ts';
import { openDevice } from '../../device/index.ts';
import type { Dataset } from '../../server/dataset/dataset.ts';
import { buildApp } from '../../server/http/app.ts';
import { channel, opening, sensorOf } from '../device/fake-sensors.ts';
import { type Serving, serving } from '../serving.ts';
import { sampled } from './datasets.ts';

let server: Serving;
afterEach(() => server.close());

/** An hour of simulated rows, one a second: the same each time that it is asked for. */
const HOUR = '&time>=1000000800&time<1000004400';

async function rowsOf(path: string): Promise<{ names: string[]; batch: Batch }> {
  const answer = await fetch(`${server.url}/${path}`);
  expect(answer.status).toBe(200);
  const { dataset, values } = decodeAll(new Uint8Array(await answer.arrayBuffer()));
  const [sequence] = dataset.variables;
  if (sequence?.type !== 'Sequence') throw new Error('no Sequence');
  return { names: sequence.fields.map(({ name }) => name), batch: values[0] as Batch };
}

async function openStreams(): Promise<number> {
  return ((await (await fetch(`${server.url}/health`)).json()) as { streams: number }).streams;
}

/** Resolves when `what` holds, looked at each turn of a short timer; fails with the test's own timeout. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise(resolve => setTimeout(resolve, 5));
}

async function servingDataset(dataset: Dataset): Promise<Serving> {
  const app = await buildApp({ state: { datasets: [dataset] } });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, app, datasets: [dataset], close: () => app.close() };
}

const listed = ({ length, columns }: Batch): unknown[][] =>
  Array.from({ length }, (_, row) => columns.map(column => column[row]));

/** Text lines of a response as they come, without those of the DDS. */
async function* lines(path: string): AsyncGenerator<string, void> {
  const asked = get(`${server.url}/${path}`, { agent: false });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  try {
    for await (const chunk of answer) {
      text += String(chunk);
      const parts = text.split('\n');
      text = parts.pop()!;
      for (const line of parts) if (/^-?\d/.test(line)) yield line;
    }
    expect(answer.complete).toBe(true);
  } finally {
    asked.destroy();
  }
}

describe('a request with a function', () => {
  it('is described by its DDS, and not by its DAS', async () => {
    server = await serving({ interval: 0 });
    const ask = async (path: string) => (await fetch(`${server.url}/roberrypi${path}`)).text();
    expect(await ask('.dds?time,temperature&bucket("time/60")')).toBe(
      `Dataset {
    Sequence {
        Float64 time;
        Int32 temperature_count;
        Float64 temperature_min;
        Float64 temperature_mean;
        Float64 temperature_max;
    } sensor;
} roberrypi;
`,
    );
    expect(await ask('.das?&bucket("time/60")')).toBe(await ask('.das'));
  });

  it('gives what its rows come to, in binary and as text', async () => {
    server = await serving({ interval: 0 });
    const { batch: raw } = await rowsOf(`roberrypi.dods?temperature${HOUR}`);
    const [temperatures] = raw.columns as [Float64Array];
    const { names, batch } = await rowsOf(`roberrypi.dods?${HOUR}&bucket("time/10minutes")`);
    expect(names.slice(0, 2)).toEqual(['time', 'row_count']);
    const column = (name: string) => batch.columns[names.indexOf(name)]!;
    expect(column('time')).toEqual(Float64Array.from({ length: 6 }, (_, i) => 1_000_000_800 + i * 600));
    expect(column('row_count')).toEqual(new Int32Array(6).fill(600));
    for (let i = 0; i < 6; i++) {
      const own = temperatures.subarray(i * 600, (i + 1) * 600);
      expect(column('temperature_min')[i]).toBe(Math.min(...own));
      expect(column('temperature_max')[i]).toBe(Math.max(...own));
      expect(column('temperature_mean')[i]).toBeCloseTo(own.reduce((a, b) => a + b) / 600, 9);
    }
    const text = await (
      await fetch(`${server.url}/roberrypi.asc?time,temperature_max${HOUR}&bucket("time/10minutes")`)
    ).text();
    expect(text.trim().split('\n').at(-1)).toBe(`1000003800, ${column('temperature_max')[5]}`);
  });

  it('has its result rows counted by a row range', async () => {
    server = await serving({ interval: 0 });
    const { batch } = await rowsOf('roberrypi.dods?time[1:2:5]&time>=1000000800&orderByMean("time/60")');
    expect(listed(batch)).toEqual([[1_000_000_860], [1_000_000_980], [1_000_001_100]]);
  });

  it('leaves out the whole numbers that stand for no value', async () => {
    let reading = 0;
    const sensor = sensorOf('pulses', () => [reading++ % 2 === 0 ? reading : Number.NaN], {
      channels: [channel('pulses', { type: 'Int32' })],
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 0.01 });
    const info = { name: 'meter', title: 'Meter', summary: 'Pulses.', source: 'a test' };
    server = await servingDataset(sampled(info, device));
    await until(async () => server.datasets[0]!.status().rows >= 6);
    const { batch } = await rowsOf('meter.dods?row_count,pulses&time<=now&bucket("time/100years")');
    const [[rows, count, min, mean, max]] = listed(batch) as [[number, number, number, number, number]];
    expect(count).toBe(Math.ceil(rows / 2));
    expect([min, mean, max]).toEqual([1, count, 2 * count - 1]);
  });

  it('leaves out what lies outside of the valid range, as do the metrics', async () => {
    let reading = 0;
    const sensor = sensorOf('level', () => [reading++ % 2 === 0 ? 5 : 5000], {
      channels: [channel('level', { validRange: [0, 10] })],
    });
    const device = await openDevice({ sensors: [opening(sensor)], interval: 0.01 });
    const info = { name: 'tank', title: 'Tank', summary: 'Levels.', source: 'a test' };
    server = await servingDataset(sampled(info, device));
    await until(async () => server.datasets[0]!.status().rows >= 6);
    const { batch } = await rowsOf('tank.dods?level&time<=now&bucket("time/100years")');
    const [[count, ...summary]] = listed(batch) as [[number, number, number, number]];
    expect(count).toBeGreaterThan(2);
    expect(summary).toEqual([5, 5, 5]);
    const { batch: greatest } = await rowsOf('tank.dods?level&time<=now&orderByMax("time/100years,level")');
    expect(listed(greatest)).toEqual([[5]]);
    await until(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      const [value] = /^dapberry_channel_value\{.*\} (\S+)$/m.exec(metrics)?.slice(1) ?? [];
      expect(['5', '5.0', 'NaN']).toContain(value);
      return value === 'NaN';
    });
  });

  it.each([
    ['&bucket("time/5parsecs")', 'found "parsecs"'],
    ['&orderByMeann("time/60")', '(did you mean orderByMean?)'],
    ['&orderByMax("temperature")', 'an upper bound on time'],
    ['&orderByMean("temperature")', 'rows come in the order of time'],
    ['&orderByDescending("time")', 'one of the functions bucket, orderBy, '],
  ])('%s that is wrong is refused with what is expected, before a byte leaves', async (query, message) => {
    server = await serving();
    for (const suffix of ['dds', 'dods', 'asc']) {
      const answer = await fetch(`${server.url}/roberrypi.${suffix}?${query}`);
      expect(answer.status).toBe(400);
      expect(parseError(await answer.text())?.message).toContain(message);
    }
  });
});

describe('the pages for people', () => {
  it('offer a function in the form, and fill the form with one', async () => {
    server = await serving({ interval: 0 });
    const fields = new URLSearchParams([
      ['column', 'time'],
      ['column', 'temperature'],
      ['thinning', 'orderByMean("time/1hour")'],
      ['first', '0'],
      ['stride', '1'],
      ['last', '1'],
      ['get', 'asc'],
    ]);
    const answer = await fetch(`${server.url}/roberrypi.html?${fields}`);
    expect(answer.url).toContain('orderByMean%28');
    expect((await answer.text()).trim().split('\n').at(-3)).toBe('sensor.time, sensor.temperature');
    const query = encodeURI('temperature_max,time&temperature>2&bucket("time/60")&orderBy("time")');
    const page = await (await fetch(`${server.url}/roberrypi.html?${query}`)).text();
    expect(page).toContain('value="bucket(&#34;time/60&#34;)&#38;orderBy(&#34;time&#34;)"');
    expect(page).toContain('value="time" checked');
    expect(page).toContain('value="temperature" checked');
    expect(page).not.toContain('value="voltage" checked');
  });

  it('show examples that work', async () => {
    server = await serving({ interval: 0 });
    const page = await (await fetch(`${server.url}/roberrypi.help`)).text();
    const examples = [...page.matchAll(/href="roberrypi\.html\?([^"]*)"/g)].map(([, query]) => query!);
    expect(examples.length).toBeGreaterThan(15);
    for (const query of examples) {
      const answer = await fetch(`${server.url}/roberrypi.dds?${query.replaceAll('&#38;', '&')}`);
      expect(answer.status, query).toBe(200);
    }
  });
});

describe('a live stream of result rows', () => {
  it('sends a row when the first row of the next interval comes, and the last one before its end', async () => {
    server = await serving({ interval: 0.02 });
    const high = Math.floor(Date.now() / 1000) + 1.95;
    const rows: { start: number; count: number; at: number }[] = [];
    for await (const line of lines(`roberrypi.asc?time,row_count&time<${high}&bucket("time/0.5")`)) {
      const [start, count] = line.split(', ').map(Number) as [number, number];
      rows.push({ start, count, at: Date.now() / 1000 });
    }
    expect(rows.length).toBeGreaterThan(2);
    for (const { start, count, at } of rows.slice(0, -1)) {
      expect(start % 0.5).toBe(0);
      expect(count).toBeGreaterThan(0);
      expect(at).toBeGreaterThanOrEqual(start + 0.5);
    }
    const last = rows.at(-1)!;
    expect(last.start).toBe(Math.floor(high * 2) / 2);
    expect(last.at).toBeGreaterThanOrEqual(high);
  });

  it('sends the last row when the upper bound is past, though no row comes any more', async () => {
    server = await serving({ interval: 60 });
    await until(async () => server.datasets[0]!.status().rows > 0);
    const { batch } = await rowsOf('roberrypi.dods?row_count&time<now%2B1second&bucket("time/100years")');
    expect(listed(batch)).toEqual([[1]]);
  });

  it('begins with the whole of the interval that is running', async () => {
    server = await serving({ interval: 0.02 });
    const day = lines('roberrypi.asc?time,row_count&bucket("time/1second")');
    const { value } = (await day.next()) as { value: string };
    const [start, count] = value.split(', ').map(Number) as [number, number];
    await day.return();
    const again = await rowsOf(
      `roberrypi.dods?time,row_count&time>=${start}&time<${start + 1}&bucket("time/1second")`,
    );
    expect(listed(again.batch)).toEqual([[start, count]]);
  });

  it('ends with what has come of the last interval when the server closes', async () => {
    server = await serving({ interval: 0.02 });
    const stream = lines('roberrypi.asc?time,row_count,temperature_count&bucket("time/100years")');
    const first = stream.next();
    await until(async () => server.datasets[0]!.status().rows >= 3);
    await until(async () => (await openStreams()) === 1);
    await server.close();
    const [start, count, present] = String((await first).value)
      .split(', ')
      .map(Number);
    expect(start).toBe(Date.UTC(2000, 0) / 1000);
    expect(count).toBeGreaterThanOrEqual(3);
    expect(present).toBe(count);
    expect((await stream.next()).done).toBe(true);
  });

  it('ends so at interval 0 too', async () => {
    server = await serving({ interval: 0 });
    const rows: number[][] = [];
    let closed: Promise<void> | undefined;
    for await (const line of lines('roberrypi.asc?time,row_count&time>=1e9&bucket("time/1000")')) {
      rows.push(line.split(', ').map(Number));
      closed ??= server.close();
    }
    await closed;
    const last = rows.pop()!;
    expect(rows).toEqual(rows.map((_, row) => [1e9 + row * 1000, 1000]));
    expect(last[0]).toBe(1e9 + rows.length * 1000);
    expect(last[1]).toBeGreaterThan(0);
    expect(last[1]).toBeLessThanOrEqual(1000);
  });
});

describe('follow', () => {
  /** A response whose body breaks off after `most` bytes. */
  async function cutOff(address: string, init: RequestInit, most: number): Promise<Response> {
    const answer = await fetch(address, init);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (!sent) controller.enqueue(bytes.slice(0, most));
        else if (bytes.length > most) controller.error(new TypeError('the wire was cut'));
        else controller.close();
        sent = true;
      },
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  }

  it.each([
    ['time,temperature', '&bucket("time/1minute")'],
    ['temperature_max', '&bucket("time/60:17")'],
    ['', '&orderByMean("time/7")'],
    ['sensor[3:2:40]', '&orderByCount("time/1minute")'],
    ['', '&orderByMinMax("time/60,temperature")'],
    ['temperature[1:3:99]', '&orderByMinMax("time/60,temperature")'],
    ['', '&orderByMax("time/60,voltage")'],
    ['', '&orderByMinMax("voltage")'],
    ['', '&orderByClosest("time/45")'],
    ['', '&orderByLimit("time/1minute,3")'],
  ])('gives the rows of %s%s once each, wherever connections break', async (names, call) => {
    server = await serving({ interval: 0 });
    // The bounds lie within intervals: the first and the last one are not whole.
    const query = `${names}&time>1000000823.5&time<=1000004377${call}`;
    const { batch: whole } = await rowsOf(`roberrypi.dods?${query}`);
    expect(whole.length).toBeGreaterThan(1);
    let seed = 7;
    let connections = 0;
    const given: unknown[][] = [];
    for await (const rows of follow(`${server.url}/roberrypi?${query}`, {
      retry: { base: 0 },
      fetch: (address, init) => {
        connections++;
        seed = (seed * 48_271) % 2_147_483_647;
        return cutOff(String(address), init, 150 + (seed % 900));
      },
    })) {
      given.push(...listed(rows));
    }
    expect(given).toEqual(listed(whole));
    expect(connections).toBeGreaterThan(whole.length > 20 ? 2 : 0);
  });
});
