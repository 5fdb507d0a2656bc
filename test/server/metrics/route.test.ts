import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DatasetInfo } from '../../../server/dataset/dataset.ts';
import { type Serving, type ServingOptions, serving } from '../../serving.ts';
import { ROOT } from '../../sources.ts';
import { EPOCH } from '../asking.ts';
import { inMemory } from '../datasets.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { parseExposition } from './parse-exposition.ts';
import {
  type Metrics,
  MetricsScraper,
  OPENMETRICS,
  PROMETHEUS,
  PROMETHEUS_2,
  PROMETHEUS_3,
  rows,
  scripted,
} from './scraping.ts';

let scraped: MetricsScraper;
let server: Serving;
afterEach(() => scraped.close());

async function serve(options: ServingOptions = {}): Promise<void> {
  server = await serving(options);
  scraped = new MetricsScraper(server);
}

const servingScript = (...script: Parameters<typeof scripted>) => serve(scripted(...script));

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
    await serve();
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
    const [modern, older] = [await scraped.scrape(PROMETHEUS_2), await scraped.scrape('')];
    expect(names(modern).length).toBeGreaterThan(70);
    expect(names(older)).toEqual(names(modern));
  });

  it('is open to every origin, answers HEAD without a body, and refuses what changes things', async () => {
    await serve();
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
    const source = new ScriptedSource();
    await serve({ datasets: [inMemory(info, source)] });
    await source.append(rows(1, 4));
    expect((await scraped.scrape()).of('dapberry_rows_made_total', { dataset: 'metrics' })).toBe(3);
    expect(await (await fetch(`${server.url}/metrics.dds`)).text()).toContain('} metrics;');
    const finite = `${server.url}/metrics.asc?time&time>=${EPOCH}&time<=${EPOCH + 2}`;
    expect((await (await fetch(finite)).text()).trim().split('\n').slice(-2)).toEqual([
      String(EPOCH + 1),
      String(EPOCH + 2),
    ]);
  });

  it('names the program and what it costs the machine', async () => {
    await serve();
    const metrics = await scraped.scrape();
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

describe('the page about monitoring', () => {
  it('lists every metric, and none that is not there', async () => {
    await serve();
    const text = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
    const listed = text
      .split('\n')
      .filter(line => line.startsWith('| `'))
      .flatMap(line => [...line.split('|')[1]!.matchAll(/`(\w+)/g)].map(([, name]) => name!));
    const served = (await scraped.scrape('')).families.map(({ name }) => name);
    expect(listed.sort()).toEqual(served.sort());
    // What the rules ask for is there as well.
    const used = [...text.matchAll(/\b(?:dapberry|process|nodejs)_\w+/g)].map(([name]) => name);
    expect(used.filter(name => !served.includes(name))).toEqual([]);
  });
});
