import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { thisHost } from '../../../device/index.ts';
import { hashPassword } from '../../../server/access/password-hash.ts';
import type { AccessRules } from '../../../server/access/rules.ts';
import { parseUsers } from '../../../server/access/users.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { openDatasets } from '../../opened-datasets.ts';
import { type Serving, serving } from '../../serving.ts';
import { RawClient } from '../raw-client.ts';

const CONFIG = `
simulate: true
datasets:
  vault: {title: Secret title, interval: 0.05, sensors: [{kind: waveform}]}
  garden: {title: Garden, interval: 0.05, public: true, sensors: [{kind: waveform}]}
`;

let server: Serving;
let webRoot: string;
let access: AccessRules;
const users = async (password: string) => parseUsers(`anna:${await hashPassword(password)}`).users;
const basic = (password: string, name = 'anna') => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const ANNA = basic('right-password');

beforeAll(async () => {
  webRoot = mkdtempSync(join(tmpdir(), 'dapberry-web-'));
  for (const name of ['index.html', 'embed.html', 'dapberry-chart.js'])
    writeFileSync(join(webRoot, name), name);
  const loaded = loadConfig([{ name: 'c.yaml', content: CONFIG }]);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const datasets = await openDatasets(loaded.config.datasets, thisHost(1), true);
  access = { users: await users('right-password'), public: [] };
  server = await serving({ datasets, webRoot, access });
});
afterAll(async () => {
  await server.close();
  rmSync(webRoot, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Sends the path as it stands, and reads at most the first bytes of a stream. */
async function ask(
  path: string,
  headers: Record<string, string | string[]> = {},
  method = 'GET',
): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port: server.port, path, headers, method, agent: false }).end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const part of response) {
    body += part;
    if (body.length > 200_000 || path.includes('stream')) break;
  }
  response.destroy();
  return { status: response.statusCode, headers: response.headers, body };
}

describe('without a password', () => {
  it('every route is either public, a list of public datasets, or refused', async () => {
    const { guarded } = server.app;
    expect(guarded.length).toBeGreaterThan(20);
    const seen = new Set<string>();
    for (const { method, url, access: rule } of guarded) {
      const inVault = url
        .replace(':dataset/:target', 'vault/2020-01-01.dods')
        .replace(':target', 'vault.dds')
        .replace(':name', 'vault')
        .replace('*', 'page.html');
      for (const one of method.split(',')) {
        const { status, body } = await ask(inVault, { Accept: '*/*' }, one);
        const isOfVault = inVault.includes('vault');
        expect([one, url, status < 400]).toEqual([one, url, !isOfVault && rule !== 'users']);
        expect([one, url, body.includes('Secret title') || /\bvault\b/.test(body)]).toEqual([
          one,
          url,
          false,
        ]);
        expect([url, typeof rule === 'object']).toEqual([url, isOfVault]);
        seen.add(url);
      }
    }
    const expected = ['/:target', '/past/:target', '/:dataset/:target', '/:name/latest.json', '/latest.json'];
    expect(
      [...expected, '/health', '/metrics', '/catalog.json', '/catalog.html'].filter(url => !seen.has(url)),
    ).toEqual([]);
    expect(['/docs/*', '/', '/embed.html', '/pages.css'].filter(url => !seen.has(url))).toEqual([]);
  });

  it('a browser signs in at an address that sends it back to the page, also below a prefix', async () => {
    const asked = await ask('/sign-in');
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="dapberry", charset="UTF-8"',
    ]);
    const { status, headers } = await ask('/sign-in', ANNA);
    expect([status, headers['location'], headers['cache-control']]).toEqual([303, './', 'no-store']);
    // Nobody is sent elsewhere.
    for (const path of ['/sign-in?to=//evil.example', '/sign-in?https://evil.example'])
      expect((await ask(path, ANNA)).headers['location']).toBe('./');
    const signIn = async (by: Record<string, string>) =>
      JSON.parse((await ask('/catalog.json', by)).body).signIn;
    expect([await signIn({}), await signIn(ANNA)]).toEqual(['sign-in', undefined]);
    const link = async (by: Record<string, string>) =>
      (await ask('/catalog.html', by)).body.includes('<a href="./sign-in">Sign in</a>');
    expect([await link({}), await link(ANNA)]).toEqual([true, false]);
  });

  it.each([
    '/vault',
    '/vault.dods',
    '/vault.asc',
    '/vault.csv',
    '/vault.ndjson',
    '/vault.json',
    '/vault.nc?&time<2020-01-01',
    '/vault.events',
    '/vault.html',
    '/vault.info',
    '/vault.help',
    '/vault.das',
    '/vault.ver',
    '/vault.dds?time',
    '/.dods',
    '/.dds',
    '/.html',
    '/past/.asc',
    '/past/vault.asc',
    '/past/vault',
    '/vault/latest.json',
    '/vault/latest.json?spark=5',
    '/vault/2026-11-28',
    '/vault/2026-11-28.dods',
    '/vault/2026',
    '//vault.dds',
    '//vault/2026.dds',
    '/vault%2edds',
    '/%76ault.dds',
    '/vault.dds%00',
    '/VAULT.dds',
    '/vault./x.dds',
    '/./vault.dds',
    '/garden/../vault.dds',
    '/garden%2f..%2fvault.dds',
    '/vault%252edds',
    '/vault.dds;x=1',
    'http://127.0.0.1/vault.dds',
    '/past/../vault.dds',
    '/past//vault.dds',
    '/nothing',
    '/nothing.dds',
    '/a/b/c',
    '/vault.',
    '/vault/',
    '/..%2fvault.dds',
    '/%5cvault.dds',
    '/garden/latest.json/../../vault.dds',
    '/constructor.dds',
  ])('%s is refused, and tells nothing', async path => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers, body } = await ask(path, { Accept: 'text/html' }, method);
      expect([400, 401]).toContain(status);
      if (status === 401) expect(headers['www-authenticate']).toBe('Basic realm="dapberry", charset="UTF-8"');
      expect(body).not.toMatch(/Secret title/);
    }
  });

  it('the lists hold public datasets alone', async () => {
    expect(JSON.parse((await ask('/catalog.json')).body).datasets.map(nameOf)).toEqual(['garden']);
    expect(JSON.parse((await ask('/latest.json')).body).datasets).toHaveLength(1);
    expect(JSON.parse((await ask('/latest.json?spark=1')).body).datasets).toHaveLength(1);
    const health = JSON.parse((await ask('/health')).body);
    expect(health.datasets.map(nameOf)).toEqual(['garden']);
    expect((await ask('/catalog.html')).body).not.toContain('vault');
    expect((await ask('/metrics')).body).not.toContain('vault');
    expect((await ask('/garden.dds?nothing', { Accept: 'text/html' })).body).not.toContain('vault');
    expect((await ask('/garden.dds')).status).toBe(200);
    expect((await ask('/garden/latest.json')).status).toBe(200);
  });

  it('programs get a DAP2 Error object, people a page, and preflight requests an answer', async () => {
    const forProgram = await ask('/vault.dods');
    expect(forProgram.headers['content-description']).toBe('dods_error');
    expect(forProgram.body).toContain('expected a user name and a password of this server, found none');
    const forPerson = await ask('/vault.html', { Accept: 'text/html' });
    expect(forPerson.body).toContain('<h1>Sign in</h1>');
    const preflight = { Origin: 'http://a.example', 'Access-Control-Request-Method': 'GET' };
    const { status, headers } = await ask('/vault.dods', preflight, 'OPTIONS');
    expect([status, headers['access-control-allow-origin']]).toEqual([204, '*']);
    // A page of another server can read the refusal, and nothing with the password that the browser has stored.
    const refused = await ask('/vault.dods', { Origin: 'http://a.example' });
    expect(refused.headers['access-control-allow-origin']).toBe('*');
    expect(refused.headers['access-control-allow-credentials']).toBeUndefined();
  });
});

const nameOf = ({ name }: { name: string }) => name;

describe('with a password', () => {
  it('everything is there, by Basic and by a token', async () => {
    for (const headers of [ANNA, { Authorization: 'Bearer anna.right-password' }]) {
      const { status } = await ask('/vault.dds', headers);
      expect(status).toBe(200);
    }
    expect(JSON.parse((await ask('/catalog.json', ANNA)).body).datasets.map(nameOf)).toEqual([
      'vault',
      'garden',
    ]);
    expect(JSON.parse((await ask('/health', ANNA)).body).datasets).toHaveLength(2);
    expect((await ask('/metrics', ANNA)).body).toContain('dataset="vault"');
    expect(JSON.parse((await ask('/latest.json', ANNA)).body).datasets).toHaveLength(2);
    expect((await ask('/nothing.dds', ANNA)).status).toBe(404);
    expect((await ask('/.dds', ANNA)).body).toContain('vault');
  });

  it('a wrong one is refused everywhere, and two headers are an error', async () => {
    for (const path of ['/vault.dds', '/garden.dds', '/catalog.json', '/docs/'])
      expect([path, (await ask(path, basic('wrong password'))).status]).toEqual([path, 401]);
    const token = await ask('/vault.dds', { Authorization: 'Bearer anna.wrong' });
    expect(token.headers['www-authenticate']).toBe('Bearer realm="dapberry", error="invalid_token"');
    const raw = new RawClient(server.port);
    raw.say(
      `GET /vault.dds HTTP/1.1\r\nHost: pi\r\nAuthorization: ${ANNA.Authorization}\r\nauthorization: Basic eDp5\r\n\r\n`,
    );
    await raw.until(() => raw.bytes.includes('\r\n\r\n'));
    expect(raw.bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 400 /);
    await raw.leave();
  });

  it('opens addresses in full that the configuration names, and closes the pages where nothing is public', async () => {
    server.change({ access: { ...access, public: ['health'] } });
    expect(JSON.parse((await ask('/health')).body).datasets).toHaveLength(2);
    expect((await ask('/metrics')).body).not.toContain('vault');
    const { datasets } = server;
    server.change({ access: { ...access, public: ['health'] }, datasets: [datasets[0]!] });
    for (const [path, status] of [
      ['/health', 200],
      ['/metrics', 401],
      ['/', 401],
      ['/docs/', 401],
      ['/catalog.json', 401],
    ])
      expect([path, (await ask(path as string)).status]).toEqual([path, status]);
    expect((await ask('/', ANNA)).body).toBe('index.html');
    server.change({ access, datasets });
  });

  it('refuses a user whom a reload removes while the password is verified', async () => {
    const others = await users('another password');
    const known = new Map(access.users);
    let answer: Promise<Answer> | undefined;
    await new Promise<void>(verifying => {
      const former = {
        get users() {
          verifying();
          return known;
        },
        public: [],
      };
      server.change({ access: former });
      answer = ask('/vault.dds', ANNA);
    });
    server.change({ access: { users: others, public: [] } });
    expect((await answer)?.status).toBe(401);
    server.change({ access });
    expect((await ask('/vault.dds', ANNA)).status).toBe(200);
  });

  it('ends the streams of users who are gone, and those of datasets that are no longer public', async () => {
    const streamOf = async (head: string) => {
      const client = new RawClient(server.port);
      client.say(`GET /vault.csv HTTP/1.1\r\nHost: pi\r\n${head}\r\n`);
      await client.until(() => client.bytes.length > 500);
      return client;
    };
    const ofAnna = await streamOf(`Authorization: ${ANNA.Authorization}\r\n`);
    const { length } = ofAnna.bytes;
    // The same user in rules that were read anew.
    server.change({ access: { users: new Map(access.users), public: ['metrics'] } });
    await ofAnna.until(() => ofAnna.bytes.length > length + 2000);
    server.change({ access: { users: await users('another password'), public: [] } });
    await ofAnna.end();
    server.change({ access: undefined });
    const ofAnyone = await streamOf('');
    server.change({ access });
    await ofAnyone.end();
    expect((await ask('/vault.dds', ANNA)).status).toBe(200);
  });
});
