import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { EPOCH } from '../asking.ts';
import { ScriptedSource } from '../scripted-source.ts';
import { MetricsScraper, rows, scripted } from './scraping.ts';

let scraped: MetricsScraper;
let server: Serving;
afterEach(() => scraped.close());

async function serve(options: ServingOptions = {}): Promise<void> {
  server = await serving(options);
  scraped = new MetricsScraper(server);
}

const servingScript = (...script: Parameters<typeof scripted>) => serve(scripted(...script));

describe('what metrics say of streams', () => {
  it('is what the clients got, to the row and the byte', async () => {
    const source = new ScriptedSource();
    await servingScript(source);
    // More than one piece for a socket, and what is left of the last one.
    await source.append(rows(0, 9_999));
    const finite = `time>=${EPOCH}&time<=${EPOCH + 9_999}`;
    const whole = scraped.client().ask(`/scripted.dods?&${finite}`);
    const half = scraped.client().ask(`/scripted.dods?time,b&b<5000&${finite}`, { protocol: 'HTTP/1.0' });
    const text = scraped.client().ask(`/scripted.asc?a&${finite}`);
    const thinned = scraped.client().ask(`/scripted.asc?&${finite}&orderByCount("time/1000")`);
    const live = scraped.client().ask('/scripted.dods?sensor[0:1:2]');
    const head = scraped.client().ask('/scripted.dods', { method: 'HEAD' });
    await live.until(() => live.answers[0]!.body.length > 0);
    await head.answer();
    await source.append(rows(9_999, 10_001));
    await source.append(rows(10_001, 10_002));
    const bodies = await Promise.all(
      [whole, half, live, text, thinned].map(async one => (await one.answer()).body),
    );
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_ended_total') === 5);
    const bytes = bodies.map(({ length }) => length) as [number, number, number, number, number];
    expect(bytes[0]).toBeGreaterThan(10_000 * 28);
    const dods = { dataset: 'scripted', encoding: 'dods', client: 'loopback' };
    const ascii = { ...dods, encoding: 'ascii' };
    expect(metrics.of('dapberry_sent_bytes_total', dods)).toBe(bytes[0] + bytes[1] + bytes[2]);
    expect(metrics.of('dapberry_sent_bytes_total', ascii)).toBe(bytes[3] + bytes[4]);
    expect(metrics.of('dapberry_sent_rows_total', dods)).toBe(10_000 + 5_000 + 3);
    const results = String(bodies[4]).trim().split('\n').length;
    const header =
      String(bodies[4])
        .split('\n')
        .findIndex(line => line.startsWith('sensor.')) + 1;
    expect(metrics.of('dapberry_sent_rows_total', ascii)).toBe(10_000 + results - header);
    expect(results - header).toBeGreaterThanOrEqual(10);
    expect(metrics.of('dapberry_streams_begun_total', dods)).toBe(3);
    expect(metrics.of('dapberry_streams_begun_total', ascii)).toBe(2);
    expect(metrics.of('dapberry_streams_ended_total', { reason: 'complete' })).toBe(5);
    expect(metrics.of('dapberry_streams_open')).toBe(0);
    for (const elsewhere of ['private', 'public'])
      expect(metrics.of('dapberry_sent_bytes_total', { client: elsewhere })).toBe(0);
  });

  it('holds for rows that many readers share', async () => {
    const source = new ScriptedSource();
    await servingScript(source);
    const readers = Array.from({ length: 20 }, () => scraped.client().ask('/scripted.dods'));
    await Promise.all(readers.map(one => one.until(() => one.answers[0]!.body.length > 0)));
    for (let number = 0; number < 10; number += 2) await source.append(rows(number, number + 2));
    const header = readers[0]!.answers[0]!.body.indexOf('Data:\n') + 6;
    await Promise.all(readers.map(one => one.until(() => one.answers[0]!.body.length >= header + 280)));
    const metrics = await scraped.scrape();
    expect(metrics.of('dapberry_streams_open')).toBe(20);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(20 * 10);
    expect(metrics.of('dapberry_sent_bytes_total')).toBe(20 * (header + 280));
  });

  it('holds for blocks of the past that are asked for again', async () => {
    const source = new ScriptedSource();
    await servingScript(source);
    await source.append(rows(0, 10_000));
    const sizes: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const one = scraped.client().ask(`/scripted.dods?&time>=${EPOCH}&time<=${EPOCH + 9_998}`);
      sizes.push((await one.answer()).body.length);
    }
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_log_encoded_bytes')).toBeGreaterThan(6_000 * 28);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(4 * 9_999);
    expect(metrics.of('dapberry_sent_bytes_total')).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it('holds for rows that are made as fast as they are read', async () => {
    await serve({ interval: 0 });
    const one = scraped.client().ask('/roberrypi.dods?sensor[0:1:99999]');
    const { body } = await one.answer();
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    const dataset = { dataset: 'roberrypi' };
    expect(metrics.of('dapberry_sent_rows_total', dataset)).toBe(100_000);
    expect(metrics.of('dapberry_sent_bytes_total', dataset)).toBe(body.length);
    expect(metrics.of('dapberry_rows_made_total', dataset)).toBeGreaterThanOrEqual(100_000);
    expect(metrics.of('dapberry_rows_made_total', { dataset: 'host' })).toBe(0);
    // There is no log and no schedule.
    for (const name of ['log_rows', 'slots_missed_total', 'newest_row_timestamp_seconds', 'channel_value'])
      expect(metrics.samples(`dapberry_${name}`)).toEqual([]);
  });

  it('tells how each one ended, and which were refused', async () => {
    const source = new ScriptedSource();
    const limits = { maxStreams: 4, maxStreamsPerAddress: 3, readerTimeout: 0.2 };
    await servingScript(source, { limits, bounds: { rows: 1e6, bytes: 1e8, age: 1e9 } });
    await source.append(rows(0, 400_000));
    const replay = `/scripted.dods?&time>=${EPOCH}`;
    const [leaving, failing, stuck] = [
      scraped.client().ask('/scripted.dods'),
      scraped.client().ask('/scripted.asc'),
      scraped.client({ reading: false }).ask(replay),
    ] as const;
    for (const one of [leaving, failing]) await one.until(() => one.answers[0]!.body.length > 0);
    await scraped.scrapeUntil(now => now.of('dapberry_streams_begun_total') === 3);
    expect((await scraped.client().ask('/scripted.dods').answer()).status).toBe(503);
    expect((await scraped.client().ask('/scripted.asc').answer()).status).toBe(503);
    const full = await scraped.scrape();
    expect(full.of('dapberry_streams_refused_total')).toBe(2);
    expect(full.of('dapberry_streams_refused_total', { encoding: 'ascii' })).toBe(1);
    expect(full.of('dapberry_streams_limit')).toBe(4);
    await scraped.scrapeUntil(now => now.of('dapberry_streams_ended_total', { reason: 'cut-off' }) === 1);
    stuck.read();
    await stuck.end();
    await leaving.leave();
    await scraped.scrapeUntil(now => now.of('dapberry_streams_ended_total', { reason: 'left' }) === 1);
    expect((await scraped.scrape()).of('dapberry_streams_open', { encoding: 'ascii' })).toBe(1);
    source.fail(new Error('the bus is gone'));
    await failing.end();
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    const ended = (reason: string) => metrics.of('dapberry_streams_ended_total', { reason });
    expect(['complete', 'left', 'cut-off', 'failed'].map(ended)).toEqual([0, 1, 1, 1]);
    expect(metrics.of('dapberry_dataset_ok')).toBe(0);
    const health = (await server.app.inject('/health')).json<Record<string, number>>();
    expect(health).toMatchObject({ streams: 0, opened: 3, refused: 2, cutOff: 1 });
  });

  it('counts no stream that waits for another one in its connection', async () => {
    await servingScript(new ScriptedSource());
    const one = scraped.client().ask('/scripted.dods').ask('/scripted.asc');
    await one.until(() => one.answers[0]!.body.length > 0);
    expect((await scraped.scrape()).of('dapberry_streams_open')).toBe(1);
    await one.leave();
    const metrics = await scraped.scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_streams_begun_total')).toBe(1);
    expect(metrics.of('dapberry_streams_ended_total', { reason: 'left' })).toBe(1);
  });

  it('never counts down', async () => {
    await serve({ interval: 0 });
    const last = new Map<string, number>();
    for (let round = 0; round < 25; round += 1) {
      const one = scraped.client().ask(`/roberrypi.${round % 2 === 0 ? 'dods' : 'asc'}`);
      await one.until(() => one.bytes.length > 50_000);
      const metrics = await scraped.scrape();
      if (round % 3 === 0) await one.leave();
      for (const { type, samples } of metrics.families) {
        if (type !== 'counter') continue;
        for (const { name, labels, value } of samples) {
          const key = `${name} ${JSON.stringify(labels)}`;
          expect(value, key).toBeGreaterThanOrEqual(last.get(key) ?? 0);
          last.set(key, value);
        }
      }
      const [begun, ended, open] = ['begun_total', 'ended_total', 'open'].map(name =>
        metrics.of(`dapberry_streams_${name}`),
      );
      expect(begun! - ended!).toBe(open);
    }
    expect(last.size).toBeGreaterThan(50);
  });
});
