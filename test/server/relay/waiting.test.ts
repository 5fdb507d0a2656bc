import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parseError } from '../../../dap/index.ts';
import { freePort } from '../../free-port.ts';
import { readStream } from './read-stream.ts';
import { type RunningOptions, RunningServer } from './running-server.ts';

/** Longer than the first pauses between attempts. */
const POLL = { timeout: 20_000, interval: 20 };

let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function run(text: string, options?: RunningOptions): Promise<RunningServer> {
  const server = await RunningServer.of(text, options);
  undo.push(() => server.close());
  return server;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'dapberry-waiting-'));
  undo.push(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const attic = (more = '', sensors = '[{ kind: tmp36-simulated }]') =>
  `datasets: { attic: { interval: 0.05, sensors: ${sensors}${more} } }\n`;
const TWO = '[{ kind: tmp36-simulated }, { kind: waveform, name: wave, shape: sine }]';

const copyOf = (port: number, keys = '') =>
  `copy: { source: { dap2: "http://127.0.0.1:${port}/attic" }${keys} }`;
const OTHER = 'other: { interval: 0.05, sensors: [{ kind: tmp36-simulated }] }';

describe('a dataset whose other server is away', () => {
  it('waits, is listed with its reason, refuses requests for now, and opens when the server comes', async () => {
    const port = await freePort();
    const server = await run(`datasets: { ${copyOf(port, ', title: My copy')}, ${OTHER} }\n`);
    const reason = `http://127.0.0.1:${port}/attic: no server listens there: connect ECONNREFUSED 127.0.0.1:${port}`;
    for (const path of [
      'copy.dds',
      'copy.dods',
      'past/copy.csv',
      'copy/latest.json',
      'copy/2026-11-28.dds',
      '.dds',
    ]) {
      const response = await server.get(path);
      expect([path, response.status]).toEqual([path, 503]);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(parseError(await response.text())?.message).toBe(
        `the dataset copy cannot be read yet: ${reason}; try again later`,
      );
    }
    expect((await server.get('other.dds')).status).toBe(200);
    expect((await server.get('nothing.dds')).status).toBe(404);
    const catalogue = await server.json('catalog.json');
    expect(catalogue['waiting']).toMatchObject([{ name: 'copy', title: 'My copy', url: 'copy', reason }]);
    expect(await server.text('catalog.html')).toContain('It cannot be read yet: http://127.0.0.1');
    const health = await server.json('health');
    expect(health).toMatchObject({ status: 'degraded', waiting: [{ name: 'copy', reason }] });
    expect(await server.text('metrics')).toMatch(/dapberry_dataset_ok\{dataset="copy"\} 0\n/);
    expect(server.openings).toEqual([['copy', { kind: 'waiting', reason }]]);

    await run(attic(), { port });
    await expect.poll(async () => (await server.get('copy.dds')).status, POLL).toBe(200);
    expect(server.openings.at(-1)).toEqual(['copy', { kind: 'opened' }]);
    // It is the first again.
    expect(await server.text('.dds')).toBe(await server.text('copy.dds'));
    await expect.poll(() => server.json('health'), POLL).toMatchObject({ status: 'ok' });
    expect(await server.json('catalog.json')).not.toHaveProperty('waiting');
  });

  it('does not hold up the start where the server does not answer, and is opened when it does', async () => {
    const port = await freePort();
    const held: (() => void)[] = [];
    const mute = createServer(socket => {
      socket.on('error', () => {});
      held.push(() => socket.destroy());
    });
    mute.listen(port, '127.0.0.1');
    await once(mute, 'listening');
    const server = await run(`datasets: { ${copyOf(port)}, ${OTHER} }\n`);
    expect((await server.get('other.dds')).status).toBe(200);
    const refusal = await server.get('copy.dds');
    expect(refusal.status).toBe(503);
    expect(await refusal.text()).toContain('it is being opened');
    for (const end of held) end();
    mute.close();
    await once(mute, 'close');
    await run(attic(), { port });
    await expect.poll(async () => (await server.get('copy.dds')).status, POLL).toBe(200);
  });

  it('is for users alone as it will be once it is open', async () => {
    const port = await freePort();
    const text = `datasets: { ${copyOf(port)}, open: { public: true, source: { dap2: "http://127.0.0.1:${port}/attic" } } }\n`;
    const server = await run(text, { access: { users: new Map(), public: [] } });
    expect((await server.get('copy.dds')).status).toBe(401);
    expect((await server.get('open.dds')).status).toBe(503);
    const { waiting } = await server.json('catalog.json');
    expect(waiting).toMatchObject([{ name: 'open' }]);
    expect((await server.json('health'))['waiting']).toMatchObject([{ name: 'open' }]);
    expect(await server.text('metrics')).not.toContain('"copy"');
  });

  it('is given up when another configuration removes it', async () => {
    const port = await freePort();
    const server = await run(`datasets: { ${copyOf(port)}, ${OTHER} }\n`);
    const { datasets } = server.running;
    await server.take(`datasets: { ${OTHER} }\n`);
    expect((await server.get('copy.dds')).status).toBe(404);
    expect(server.running.datasets).toEqual(datasets);
    await run(attic(), { port });
    expect(server.running.waiting).toEqual([]);
  });

  it('shows its past meanwhile if it has a history', async () => {
    const port = await freePort();
    const path = folder();
    const upstream = await RunningServer.of(attic(', title: The attic'), { port });
    const text = `history: { path: ${path}, flush: 1 }\ndatasets: { ${copyOf(port)} }\n`;
    const first = await RunningServer.of(text);
    await expect
      .poll(() => first.running.datasets[0]?.status().store?.history?.rows ?? 0, POLL)
      .toBeGreaterThan(10);
    await first.close();
    await upstream.close();
    const again = await run(text);
    const stored = (await again.text('past/copy.csv')).trim().split('\n');
    expect(stored.length).toBeGreaterThan(10);
    expect(await again.text('copy.das')).toContain('String title "The attic";');
    await expect
      .poll(() => again.json('health'), POLL)
      .toMatchObject({ status: 'degraded', datasets: [{ name: 'copy', source: { state: 'away' } }] });
    expect(await again.text('metrics')).toMatch(/dapberry_source_following\{dataset="copy"\} 0\n/);
    const later = await run(attic(', title: The attic'), { port });
    await expect
      .poll(() => again.json('health'), POLL)
      .toMatchObject({ datasets: [{ name: 'copy', source: { state: 'following' } }] });
    const [row] = (await later.text('past/attic.csv')).trim().split('\n').slice(-1);
    await expect.poll(() => again.text('past/copy.csv'), POLL).toContain(row);
  });
});

describe('a dataset whose other server changes its columns', () => {
  it('ends its streams with the end marker, is opened again, and its history keeps the past', async () => {
    const upstream = await run(attic());
    const text = `history: { path: ${folder()}, flush: 1 }\ndatasets: { ${copyOf(upstream.port)} }\n`;
    const server = await run(text);
    const stream = readStream(`${server.url}/copy.dods`);
    await expect.poll(() => server.running.datasets[0]?.status().rows ?? 0, POLL).toBeGreaterThan(5);
    const [, row] = (await upstream.text('past/attic.csv')).split('\n');
    await upstream.take(attic('', TWO));
    expect(await stream).toBe('a5000000');
    await expect.poll(() => server.text('copy.dds'), POLL).toContain('wave_');
    expect(server.openings).toContainEqual([
      'copy',
      { kind: 'reopening', reason: 'the columns of its source have changed' },
    ]);
    // The rows from before have no values in the new columns.
    const past = await server.text('past/copy.csv?&time>0');
    expect(past).toContain(row!.split(',').slice(0, 2).join(','));
    const rows = async () => (await server.text('past/copy.csv')).trim().split('\n').slice(1);
    await expect
      .poll(async () => (await rows()).filter(line => !line.endsWith(',')).length, POLL)
      .toBeGreaterThan(3);
    const times = (await rows()).map(line => line.split(',')[0]!);
    expect(times).toEqual([...new Set(times)].sort());
    const head = (await upstream.text('past/attic.csv')).trim().split('\n').slice(1);
    const [newest] = times.slice(-1);
    const made = head.map(line => line.split(',')[0]!).filter(time => time <= newest!);
    // The rows that the other server has still are all there.
    expect(times.filter(time => time >= made[0]!)).toEqual(made);
  });

  it('takes over a title that changes, without an end of its streams', async () => {
    const upstream = await run(attic(', title: The attic'));
    const server = await run(`datasets: { ${copyOf(upstream.port)} }\n`);
    await expect.poll(() => server.text('copy.das'), POLL).toContain('String title "The attic";');
    const [dataset] = server.running.datasets;
    // The end of its streams has the relay look at the words again.
    await upstream.take(attic(', title: The loft, log: { rows: 1000 }'));
    await expect.poll(() => server.text('copy.das'), POLL).toContain('String title "The loft";');
    expect(server.running.datasets[0]).toBe(dataset);
  });
});

describe('an address that leads back', () => {
  it('to the dataset itself is told', async () => {
    const port = await freePort();
    const server = await run(`datasets: { me: { source: { dap2: "http://127.0.0.1:${port}/me" } } }\n`, {
      port,
    });
    await expect
      .poll(() => server.running.waiting[0]?.reason, POLL)
      .toBe(
        `http://127.0.0.1:${port}/me leads back to this dataset: expected a dataset whose rows come from another place`,
      );
  });

  it('through another relay is told', async () => {
    const [one, other] = [await freePort(), await freePort()];
    const a = await run(`datasets: { a: { source: { dap2: "http://127.0.0.1:${other}/b" } } }\n`, {
      port: one,
    });
    const b = await run(`datasets: { b: { source: { dap2: "http://127.0.0.1:${one}/a" } } }\n`, {
      port: other,
    });
    const reasons = () => [a, b].map(server => server.running.waiting[0]?.reason ?? '').join('\n');
    await expect.poll(reasons, POLL).toMatch(/leads back to this dataset, through [ab]:/);
  });
});
