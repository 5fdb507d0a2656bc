import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../server/access/password-hash.ts';
import { parseUsers } from '../../../server/access/users.ts';
import { StoredDataset } from '../../../server/dataset/stored.ts';
import { MemoryStore } from '../../../server/store/memory-store.ts';
import { type Serving, serving } from '../../serving.ts';
import { RawClient } from '../raw-client.ts';
import { SCRIPTED, ScriptedSource } from '../scripted-source.ts';
import { MIDNIGHT, type Place, TIMES, type TypedStation, typedRows, typedStation } from '../typed-station.ts';

const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

const DAY = `&time>=${iso(MIDNIGHT)}&time<${iso(MIDNIGHT + 86_400)}`;

const LASTING = 'public, max-age=86400, immutable, no-transform';

/** What a cache goes by. */
function cachingOf({ headers }: Response) {
  return ['cache-control', 'etag', 'last-modified'].map(name => headers.get(name));
}

describe.each<Place>(['memory', 'disk', 'both'])('answers whose rows are over, in: %s', place => {
  let station: TypedStation;
  let server: Serving;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/${path}`, { headers });

  beforeAll(async () => {
    station = await typedStation(place, typedRows(TIMES));
    server = await serving({ datasets: [station.dataset] });
  });
  afterAll(async () => {
    await server.close();
    await station.remove();
  });

  it.each([
    `roof.csv?${DAY}`,
    `roof.json?time,temperature${DAY}`,
    `roof.ndjson?${DAY}&temperature>20`,
    `roof.dods?${DAY}`,
    `roof.asc?time${DAY}`,
    `roof.nc?${DAY}`,
    `roof.csv?temperature${DAY}&bucket("time/10minutes")`,
    `past/roof.csv?${DAY}`,
    'roof/2026-11-28.dods',
    'roof/2026-11-28.asc?temperature[3:7]',
  ])('%s is kept, and answered with 304 to who has it', async path => {
    const whole = await get(path);
    const [control, etag, modified] = cachingOf(whole);
    const lastRow = TIMES.findLast(time => time < MIDNIGHT + 86_400)!;
    expect([whole.status, control, modified]).toEqual([200, LASTING, new Date(lastRow * 1000).toUTCString()]);
    expect(whole.headers.get('x-accel-buffering')).toBeNull();
    const body = Buffer.from(await whole.arrayBuffer());
    expect(body.length).toBeGreaterThan(100);
    for (const known of [etag!, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get(path, { 'If-None-Match': known });
      expect([answer.status, ...cachingOf(answer)]).toEqual([304, control, etag, modified]);
      expect((await answer.arrayBuffer()).byteLength).toBe(0);
    }
    const again = await get(path, { 'If-None-Match': '"other"' });
    expect(cachingOf(again)).toEqual([control, etag, modified]);
    expect(Buffer.from(await again.arrayBuffer()).equals(body)).toBe(true);
    const head = await fetch(`${server.url}/${path}`, { method: 'HEAD' });
    expect(cachingOf(head)).toEqual([control, etag, modified]);
  });

  it.each([
    'roof.csv?&time<=now',
    `roof.csv?&time>=now-900days&time<${iso(MIDNIGHT + 86_400)}`,
    `roof.csv?&time<${iso(MIDNIGHT + 86_400)}`,
    `roof.csv?&time>=${iso(MIDNIGHT)}&time<${iso(TIMES.at(-1)! + 60)}`,
    'past/roof.csv',
    `past/roof.csv?&time>=${iso(MIDNIGHT)}`,
    'roof.dds',
    'roof.das',
    'latest.json',
    'health',
  ])('%s is not kept: another answer may follow', async path => {
    const [control, etag] = cachingOf(await get(path));
    expect([control?.includes('no-store') || control?.includes('no-cache'), etag]).toEqual([true, null]);
  });

  it('a window before all rows is empty and whole', async () => {
    for (const suffix of ['csv', 'asc', 'dods']) {
      const answer = await get(`roof.${suffix}?&time>=2026-11-01&time<2026-11-02`);
      expect((await answer.arrayBuffer()).byteLength).toBeLessThan(600);
    }
  });

  it('each address and format has a validator of its own', async () => {
    const paths = [
      `roof.csv?${DAY}`,
      `roof.csv?time${DAY}`,
      `roof.json?${DAY}`,
      'roof/2026-11-28.dods',
      `roof.csv?${DAY}&time=iso`,
    ];
    const etags = await Promise.all(paths.map(async path => cachingOf(await get(path))[1]));
    expect(new Set(etags).size).toBe(paths.length);
    expect(etags).not.toContain(null);
  });

  it('a text with another head for browsers has another validator there, and every answer says so', async () => {
    const path = `roof.asc?time${DAY}`;
    const browser = { Accept: 'text/html' };
    const [forProgram, forBrowser] = [await get(path), await get(path, browser)];
    expect((await forBrowser.text()).length).toBeGreaterThan((await forProgram.text()).length);
    const etag = forProgram.headers.get('etag')!;
    expect(forBrowser.headers.get('etag')).not.toBe(etag);
    const asked = await get(path, { ...browser, 'If-None-Match': etag });
    const known = await get(path, { 'If-None-Match': etag });
    const head = await fetch(`${server.url}/${path}`, { method: 'HEAD' });
    expect([asked, known, head].map(({ status }) => status)).toEqual([200, 304, 200]);
    for (const { headers } of [forProgram, forBrowser, asked, known, head])
      expect(headers.get('vary')).toBe('Origin, Accept');
  });

  it('the structure and the attributes of a day are asked for again each time', async () => {
    for (const suffix of ['dds', 'das']) {
      const answer = await get(`roof/2026-11-28.${suffix}`);
      const [control, etag] = cachingOf(answer);
      expect([control, answer.status]).toEqual(['public, no-cache, no-transform', 200]);
      expect((await get(`roof/2026-11-28.${suffix}`, { 'If-None-Match': etag! })).status).toBe(304);
    }
  });

  it('a new title changes files that hold it', async () => {
    const [, before] = cachingOf(await get(`roof.nc?${DAY}`));
    const { info } = station.dataset;
    station.dataset.describe({ ...info, title: 'The old roof' });
    const after = await get(`roof.nc?${DAY}`, { 'If-None-Match': before! });
    expect(after.status).toBe(200);
    station.dataset.describe(info);
    expect(cachingOf(await get(`roof.nc?${DAY}`))[1]).toBe(before);
  });
});

it('a day has the same validator in memory, on the disk, and after a start', async () => {
  const etags: (string | null | undefined)[] = [];
  for (const place of ['memory', 'disk', 'both'] as const) {
    const station = await typedStation(place, typedRows(TIMES));
    const server = await serving({ datasets: [station.dataset] });
    etags.push(cachingOf(await fetch(`${server.url}/roof.csv?${DAY}`))[1]);
    await server.close();
    await station.remove();
  }
  expect(new Set(etags).size).toBe(1);
});

describe('answers for users', () => {
  it('are kept by the cache of their browser alone', async () => {
    const { users } = parseUsers(`anna:${await hashPassword('correct-horse')}`);
    const station = await typedStation('memory', typedRows(TIMES));
    const server = await serving({ datasets: [station.dataset], access: { users, public: [] } });
    const headers = { authorization: `Basic ${Buffer.from('anna:correct-horse').toString('base64')}` };
    for (const path of [`roof.csv?${DAY}`, 'roof/2026-11-28.dods', 'roof/2026-11-28.das']) {
      const answer = await fetch(`${server.url}/${path}`, { headers });
      expect(answer.headers.get('cache-control')).toMatch(/^private, /);
      const refused = await fetch(`${server.url}/${path}`, { headers: { 'If-None-Match': '*' } });
      expect(refused.status).toBe(401);
    }
    const { info } = station.dataset;
    station.dataset.describe({ ...info, isPublic: true });
    const open = await fetch(`${server.url}/roof.csv?${DAY}`);
    expect(open.headers.get('cache-control')).toBe(LASTING);
    await server.close();
    await station.remove();
  });
});

it('an answer that caches may keep is broken off where rows are forgotten before they are sent', async () => {
  const rows = (first: number, count: number) =>
    Array.from({ length: count }, (_, row) => [first + row, (first + row) / 7, row, 1]);
  const source = new ScriptedSource();
  const store = new MemoryStore(source.layout.columns, { rows: 600_000, bytes: 1e9, age: 1e9 });
  const server = await serving({ datasets: [new StoredDataset(SCRIPTED, source, store)] });
  await source.append(rows(0, 600_000));
  const client = new RawClient(server.port, { reading: false });
  client.say('GET /scripted.csv?&time>=0&time<590000 HTTP/1.1\r\nHost: pi\r\n\r\n');
  // The server waits for the client, which reads nothing.
  await once(client.socket, 'readable');
  await source.append(rows(600_000, 580_000));
  client.read();
  await client.until(() => client.isEnded);
  const text = client.bytes.toString('latin1');
  expect(text.slice(0, 1000)).toContain('immutable');
  expect(text.split('\n').length).toBeGreaterThan(100);
  expect(text.slice(-5)).not.toBe('0\r\n\r\n');
  await server.close();
});
