import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDevice, type SensorState } from '../../device/index.ts';
import type { Dataset, DatasetInfo } from '../../server/dataset/dataset.ts';
import type { StoredDataset } from '../../server/dataset/stored.ts';
import { channel, opening, sensorOf } from '../device/fake-sensors.ts';
import { type Serving, type ServingOptions, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory, onDemand, sampled } from './datasets.ts';
import { type ParsedFamily, parseExposition } from './metrics/parse-exposition.ts';
import { RawClient } from './raw-client.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** What Prometheus sends, versions 2 and 3. */
const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

let server: Serving;
const clients: RawClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map(one => one.leave()));
  await server.close();
});

/** Serves, by way of its own socket, rows that the test makes. */
async function servingScript(
  device: ScriptedSource,
  { limits, ...options }: ServingOptions & { bounds?: { rows: number; bytes: number; age: number } } = {},
): Promise<StoredDataset> {
  const dataset = inMemory(SCRIPTED, device, options);
  server = await serving({ datasets: [dataset], ...(limits === undefined ? {} : { limits }) });
  return dataset;
}

function client(options?: { reading?: boolean }): RawClient {
  const made = new RawClient(server.port, options);
  clients.push(made);
  return made;
}

const row = (number: number) => [EPOCH + number, number / 4, number, number];
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => row(from + at));

async function scrape(accept = PROMETHEUS_2): Promise<Metrics> {
  const answer = await fetch(`${server.url}/metrics`, { headers: { accept } });
  expect(answer.status).toBe(200);
  const format = answer.headers.get('content-type') === OPENMETRICS ? 'openmetrics' : 'prometheus';
  return new Metrics(parseExposition(await answer.text(), format));
}

/** Scrapes until `what` holds; rejects by the test's own timeout. */
async function scrapeUntil(what: (metrics: Metrics) => boolean): Promise<Metrics> {
  for (;;) {
    const metrics = await scrape();
    if (what(metrics)) return metrics;
  }
}

class Metrics {
  readonly families: readonly ParsedFamily[];

  constructor(families: readonly ParsedFamily[]) {
    this.families = families;
  }

  samples(name: string) {
    return this.families.flatMap(({ samples }) => samples).filter(sample => sample.name === name);
  }

  /** The sum of the samples that have these labels; undefined where none has. */
  of(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples(name).filter(sample =>
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }
}

describe('/metrics', () => {
  it.each([
    [PROMETHEUS_2, OPENMETRICS],
    [PROMETHEUS_3, OPENMETRICS],
    ['application/openmetrics-text', OPENMETRICS],
    ['text/html, Application/OpenMetrics-Text; version="1.0.0"', OPENMETRICS],
    ['*/*', PROMETHEUS],
    ['text/plain;version=0.0.4', PROMETHEUS],
    ['text/html,*/*;q=0.8', PROMETHEUS],
    ['application/openmetrics-text;version=2.0.0,*/*;q=0.1', PROMETHEUS],
    ['application/openmetrics-text;q=0', PROMETHEUS],
    ['application/openmetrics-text;q=0.2,text/plain;q=0.9', PROMETHEUS],
    [undefined, PROMETHEUS],
    ['', PROMETHEUS],
    [';;,q=,/', PROMETHEUS],
  ])('for Accept: %s is %s', async (accept, type) => {
    server = await serving();
    const { headers, body } = await server.app.inject({
      url: '/metrics',
      headers: accept === undefined ? {} : { accept },
    });
    expect(headers).toMatchObject({ 'content-type': type, vary: 'Accept', 'cache-control': 'no-store' });
    parseExposition(body, type === OPENMETRICS ? 'openmetrics' : 'prometheus');
  });

  it('says the same in both formats', async () => {
    await servingScript(new ScriptedSource());
    const names = ({ families }: Metrics) =>
      families
        .flatMap(({ samples }) => samples)
        .map(({ name, labels }) => `${name}${JSON.stringify(labels)}`)
        .filter(name => !name.startsWith('nodejs_active_resources'));
    const [modern, older] = [await scrape(PROMETHEUS_2), await scrape('')];
    expect(names(modern).length).toBeGreaterThan(70);
    expect(names(older)).toEqual(names(modern));
  });

  it('is open to every origin, answers HEAD without a body, and refuses what changes things', async () => {
    server = await serving();
    const url = `${server.url}/metrics`;
    const headers = { origin: 'http://elsewhere.example' };
    const got = await fetch(url, { headers });
    const head = await fetch(url, { method: 'HEAD', headers });
    for (const answer of [got, head]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('content-type')).toBe(PROMETHEUS);
    }
    expect(await head.text()).toBe('');
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1000);
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it('does not hide a dataset of that name', async () => {
    const info: DatasetInfo = { ...SCRIPTED, name: 'metrics' };
    const device = new ScriptedSource();
    server = await serving({ datasets: [inMemory(info, device)] });
    await device.append(rows(1, 4));
    expect((await scrape()).of('dapberry_rows_made_total', { dataset: 'metrics' })).toBe(3);
    expect(await (await fetch(`${server.url}/metrics.dds`)).text()).toContain('} metrics;');
    const finite = `${server.url}/metrics.asc?time&time>=${EPOCH}&time<=${EPOCH + 2}`;
    expect((await (await fetch(finite)).text()).trim().split('\n').slice(-2)).toEqual([
      String(EPOCH + 1),
      String(EPOCH + 2),
    ]);
  });

  it('names the program and what it costs the machine', async () => {
    server = await serving();
    const metrics = await scrape();
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(metrics.samples('dapberry_build_info').map(({ labels }) => labels)).toEqual([
      { version, node: process.versions.node },
    ]);
    const { user, system } = process.cpuUsage();
    const cpu = metrics.of('process_cpu_seconds_total')!;
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThanOrEqual((user + system) / 1e6);
    expect(metrics.of('process_start_time_seconds')).toBeCloseTo(performance.timeOrigin / 1000, 3);
    expect(metrics.of('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(metrics.of('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(metrics.of('nodejs_active_resources', { type: 'TCPServerWrap' })).toBeGreaterThanOrEqual(1);
    if (process.platform === 'linux') {
      const open = metrics.of('process_open_fds')!;
      expect(open).toBeGreaterThan(3);
      expect(metrics.of('process_max_fds')).toBeGreaterThan(open);
    }
  });

  it('leaves no timer behind', async () => {
    await servingScript(new ScriptedSource());
    const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
    await server.app.inject('/metrics');
    const before = timers();
    for (let times = 0; times < 10; times += 1) await server.app.inject('/metrics');
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe('what metrics say of streams', () => {
  it('is what the clients got, to the row and the byte', async () => {
    const device = new ScriptedSource();
    await servingScript(device);
    // More than one piece for a socket, and what is left of the last one.
    await device.append(rows(0, 9_999));
    const finite = `time>=${EPOCH}&time<=${EPOCH + 9_999}`;
    const whole = client().ask(`/scripted.dods?&${finite}`);
    const half = client().ask(`/scripted.dods?time,b&b<5000&${finite}`, { protocol: 'HTTP/1.0' });
    const text = client().ask(`/scripted.asc?a&${finite}`);
    const thinned = client().ask(`/scripted.asc?&${finite}&orderByCount("time/1000")`);
    const live = client().ask('/scripted.dods?sensor[0:1:2]');
    const head = client().ask('/scripted.dods', { method: 'HEAD' });
    await live.until(() => live.answers[0]!.body.length > 0);
    await head.answer();
    await device.append(rows(9_999, 10_001));
    await device.append(rows(10_001, 10_002));
    const bodies = await Promise.all(
      [whole, half, live, text, thinned].map(async one => (await one.answer()).body),
    );
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_ended_total') === 5);
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
    const device = new ScriptedSource();
    await servingScript(device);
    const readers = Array.from({ length: 20 }, () => client().ask('/scripted.dods'));
    await Promise.all(readers.map(one => one.until(() => one.answers[0]!.body.length > 0)));
    for (let number = 0; number < 10; number += 2) await device.append(rows(number, number + 2));
    const header = readers[0]!.answers[0]!.body.indexOf('Data:\n') + 6;
    await Promise.all(readers.map(one => one.until(() => one.answers[0]!.body.length >= header + 280)));
    const metrics = await scrape();
    expect(metrics.of('dapberry_streams_open')).toBe(20);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(20 * 10);
    expect(metrics.of('dapberry_sent_bytes_total')).toBe(20 * (header + 280));
  });

  it('holds for blocks of the past that are asked for again', async () => {
    const device = new ScriptedSource();
    await servingScript(device);
    await device.append(rows(0, 10_000));
    const sizes: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      const one = client().ask(`/scripted.dods?&time>=${EPOCH}&time<=${EPOCH + 9_998}`);
      sizes.push((await one.answer()).body.length);
    }
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_log_encoded_bytes')).toBeGreaterThan(6_000 * 28);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(4 * 9_999);
    expect(metrics.of('dapberry_sent_bytes_total')).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  it('holds for rows that are made as fast as they are read', async () => {
    server = await serving({ interval: 0 });
    const one = client().ask('/roberrypi.dods?sensor[0:1:99999]');
    const { body } = await one.answer();
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_open') === 0);
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
    const device = new ScriptedSource();
    const limits = { maxStreams: 4, maxStreamsPerAddress: 3, readerTimeout: 0.2 };
    await servingScript(device, { limits, bounds: { rows: 1e6, bytes: 1e8, age: 1e9 } });
    await device.append(rows(0, 400_000));
    const replay = `/scripted.dods?&time>=${EPOCH}`;
    const [leaving, failing, stuck] = [
      client().ask('/scripted.dods'),
      client().ask('/scripted.asc'),
      client({ reading: false }).ask(replay),
    ] as const;
    for (const one of [leaving, failing]) await one.until(() => one.answers[0]!.body.length > 0);
    await scrapeUntil(now => now.of('dapberry_streams_begun_total') === 3);
    expect((await client().ask('/scripted.dods').answer()).status).toBe(503);
    expect((await client().ask('/scripted.asc').answer()).status).toBe(503);
    const full = await scrape();
    expect(full.of('dapberry_streams_refused_total')).toBe(2);
    expect(full.of('dapberry_streams_refused_total', { encoding: 'ascii' })).toBe(1);
    expect(full.of('dapberry_streams_limit')).toBe(4);
    await scrapeUntil(now => now.of('dapberry_streams_ended_total', { reason: 'cut-off' }) === 1);
    stuck.read();
    await stuck.end();
    await leaving.leave();
    await scrapeUntil(now => now.of('dapberry_streams_ended_total', { reason: 'left' }) === 1);
    expect((await scrape()).of('dapberry_streams_open', { encoding: 'ascii' })).toBe(1);
    device.fail(new Error('the bus is gone'));
    await failing.end();
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    const ended = (reason: string) => metrics.of('dapberry_streams_ended_total', { reason });
    expect(['complete', 'left', 'cut-off', 'failed'].map(ended)).toEqual([0, 1, 1, 1]);
    expect(metrics.of('dapberry_dataset_ok')).toBe(0);
    const health = (await server.app.inject('/health')).json<Record<string, number>>();
    expect(health).toMatchObject({ streams: 0, opened: 3, refused: 2, cutOff: 1 });
  });

  it('counts no stream that waits for another one in its connection', async () => {
    await servingScript(new ScriptedSource());
    const one = client().ask('/scripted.dods').ask('/scripted.asc');
    await one.until(() => one.answers[0]!.body.length > 0);
    expect((await scrape()).of('dapberry_streams_open')).toBe(1);
    await one.leave();
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_streams_begun_total')).toBe(1);
    expect(metrics.of('dapberry_streams_ended_total', { reason: 'left' })).toBe(1);
  });

  it('never counts down', async () => {
    server = await serving({ interval: 0 });
    const last = new Map<string, number>();
    for (let round = 0; round < 25; round += 1) {
      const one = client().ask(`/roberrypi.${round % 2 === 0 ? 'dods' : 'asc'}`);
      await one.until(() => one.bytes.length > 50_000);
      const metrics = await scrape();
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

describe('what metrics say of a dataset', () => {
  const sensors: readonly SensorState[] = [
    { name: 'one', channels: ['a', 'b'], state: 'ok', since: 1, failures: 7, lastError: undefined },
    {
      name: 'two',
      channels: ['c'],
      state: 'failing',
      since: EPOCH + 0.25,
      failures: 3,
      lastError: { message: 'no wire', time: EPOCH + 1 },
    },
  ];

  it('is what its log holds, may hold and has lost', async () => {
    const device = new ScriptedSource();
    await servingScript(device, { bounds: { rows: 4, bytes: 1000, age: 60 } });
    const before = await scrape();
    expect(before.of('dapberry_rows_made_total')).toBe(0);
    expect(before.samples('dapberry_newest_row_timestamp_seconds')).toEqual([]);
    const reader = client().ask('/scripted.dods?sensor[0:1:3]');
    await reader.until(() => reader.answers[0]!.body.length > 0);
    await device.append(rows(0, 10));
    await reader.answer();
    const metrics = await scrape();
    expect(
      Object.fromEntries(
        [
          'rows_made_total',
          'rows_overrun_total',
          'newest_row_timestamp_seconds',
          'dataset_ok',
          'dataset_interval_seconds',
          'log_rows',
          'log_bytes',
          'log_oldest_row_timestamp_seconds',
          'log_limit_rows',
          'log_limit_bytes',
          'log_limit_age_seconds',
        ].map(name => [name, metrics.of(`dapberry_${name}`, { dataset: 'scripted' })]),
      ),
    ).toEqual({
      rows_made_total: 10,
      rows_overrun_total: 6,
      newest_row_timestamp_seconds: EPOCH + 9,
      dataset_ok: 1,
      dataset_interval_seconds: 1,
      log_rows: 4,
      log_bytes: 4 * (8 + 8 + 4 + 4),
      log_oldest_row_timestamp_seconds: EPOCH + 6,
      log_limit_rows: 4,
      log_limit_bytes: 1000,
      log_limit_age_seconds: 60,
    });
  });

  it('is what its clock and schedule, its sensors and channels do', async () => {
    const clock = { steps: 2, lastSteps: [], ahead: 1.5 };
    const schedule = { missedSlots: 5, lateness: 0 };
    const device = new ScriptedSource({ status: { kind: 'sensors', sensors, clock, schedule } });
    await servingScript(device);
    await device.append([row(1), [EPOCH + 2, -0.125, -2147483647, Number.NaN]]);
    const metrics = await scrape();
    expect(metrics.of('dapberry_slots_missed_total')).toBe(5);
    expect(metrics.of('dapberry_clock_steps_total')).toBe(2);
    expect(metrics.of('dapberry_clock_ahead_seconds')).toBe(1.5);
    const each = (name: string) =>
      metrics.samples(name).map(({ labels: { sensor }, value }) => [sensor, value]);
    expect(each('dapberry_sensor_ok')).toEqual([
      ['one', 1],
      ['two', 0],
    ]);
    expect(each('dapberry_sensor_failing_since_timestamp_seconds')).toEqual([['two', EPOCH + 0.25]]);
    expect(each('dapberry_sensor_failed_reads_total')).toEqual([
      ['one', 7],
      ['two', 3],
    ]);
    expect(metrics.samples('dapberry_channel_value').map(({ labels, value }) => [labels, value])).toEqual([
      [{ dataset: 'scripted', sensor: 'one', channel: 'a', units: '1' }, -0.125],
      // The fill value of a whole-number column.
      [{ dataset: 'scripted', sensor: 'one', channel: 'b', units: '1' }, Number.NaN],
      [{ dataset: 'scripted', sensor: 'two', channel: 'c', units: '1' }, Number.NaN],
    ]);
  });

  it('follows a sensor that fails and comes back', async () => {
    let isConnected = true;
    let failed = 0;
    const probe = sensorOf(
      'probe',
      () => {
        if (isConnected) return [21.5];
        failed += 1;
        throw new Error('no wire');
      },
      { channels: [channel('air', { units: 'degree_Celsius' })] },
    );
    const device = await openDevice({ sensors: [opening(probe)], interval: 0.01 });
    const dataset: Dataset = sampled({ ...SCRIPTED, name: 'garden' }, device);
    server = await serving({ datasets: [dataset] });
    const labels = { dataset: 'garden', sensor: 'probe' };
    const well = await scrapeUntil(now => now.of('dapberry_channel_value') === 21.5);
    expect(well.of('dapberry_sensor_ok', labels)).toBe(1);
    expect(well.of('dapberry_sensor_failed_reads_total', labels)).toBe(0);
    expect(well.samples('dapberry_channel_value')[0]!.labels).toEqual({
      ...labels,
      channel: 'air',
      units: 'degree_Celsius',
    });
    isConnected = false;
    const before = Date.now() / 1000;
    const failing = await scrapeUntil(now => now.of('dapberry_sensor_ok', labels) === 0);
    const since = failing.of('dapberry_sensor_failing_since_timestamp_seconds', labels)!;
    expect(since).toBeGreaterThan(before - 0.1);
    expect(since).toBeLessThanOrEqual(Date.now() / 1000);
    expect(failing.of('dapberry_channel_value')).toBeNaN();
    expect(failing.of('dapberry_sensor_failed_reads_total', labels)).toBeGreaterThanOrEqual(1);
    isConnected = true;
    const back = await scrapeUntil(now => now.of('dapberry_sensor_ok', labels) === 1);
    expect(back.of('dapberry_sensor_failing_since_timestamp_seconds', labels)).toBeUndefined();
    expect(back.of('dapberry_sensor_failed_reads_total', labels)).toBe(failed);
  });

  it('at interval 0 tells of the rows that all readers had made, and why none come', async () => {
    const device = await openDevice({ sensors: [opening(sensorOf('probe', () => [1]))], interval: 0 });
    server = await serving({ datasets: [onDemand({ ...SCRIPTED, name: 'fast' }, device)] });
    const answers = await Promise.all(
      [5, 9].map(last => client().ask(`/fast.asc?sensor[0:1:${last}]`).answer()),
    );
    expect(answers.every(({ complete }) => complete)).toBe(true);
    const metrics = await scrapeUntil(now => now.of('dapberry_streams_open') === 0);
    expect(metrics.of('dapberry_rows_made_total')).toBeGreaterThanOrEqual(16);
    expect(metrics.of('dapberry_sent_rows_total')).toBe(16);
    expect(metrics.of('dapberry_dataset_ok')).toBe(1);
  });
});

const ROOT = resolve(import.meta.dirname, '../..');

describe('the page about monitoring', () => {
  it('lists every metric, and none that is not there', async () => {
    server = await serving();
    const text = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
    const listed = text
      .split('\n')
      .filter(line => line.startsWith('| `'))
      .flatMap(line => [...line.split('|')[1]!.matchAll(/`(\w+)/g)].map(([, name]) => name!));
    const served = (await scrape('')).families.map(({ name }) => name);
    expect(listed.sort()).toEqual(served.sort());
    // What the rules ask for is there as well.
    const used = [...text.matchAll(/\b(?:dapberry|process|nodejs)_\w+/g)].map(([name]) => name);
    expect(used.filter(name => !served.includes(name))).toEqual([]);
  });
});
