import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docsRoutes } from '../../../server/http/routes/docs.ts';
import { type Serving, serving } from '../../serving.ts';
import { ROOT } from '../../sources.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 1 });
});
afterAll(() => server.close());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${server.url}/docs/${path}`, { redirect: 'manual', ...init });

/** Sends a path as it is written, without what fetch would mend in it. */
const statusOf = (path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path }, answer => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    }).on('error', reject);
  });

const PAGES = readdirSync(join(ROOT, 'docs')).filter(name => name.endsWith('.md'));

describe('/docs/', () => {
  it('begins with the README, from which every page can be reached', async () => {
    const answer = await ask('');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const text = await answer.text();
    expect(text).toContain('<h1>dapberry</h1>');
    for (const name of PAGES) expect(text).toContain(`href="${name.replace('.md', '.html')}"`);
    const bare = await fetch(`${server.url}/docs`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([302, 'docs/']);
  });

  it('has every page, whose links and pictures all lead somewhere', { timeout: 60_000 }, async () => {
    const seen = new Map<string, string>();
    const textAt = async (path: string) => {
      const known = seen.get(path);
      if (known !== undefined) return known;
      const answer = await ask(path);
      expect([path, answer.status]).toEqual([path, 200]);
      const text = await answer.text();
      seen.set(path, text);
      return text;
    };
    for (const name of ['', ...PAGES.map(page => page.replace('.md', '.html')), 'CHANGELOG.html']) {
      const main = /<main.*<\/main>/s.exec(await textAt(name))?.[0] ?? '';
      expect(main).not.toMatch(/\sstyle=|<script|\]\(/);
      for (const [, target = ''] of main.matchAll(/(?:href|src)="([^"]*)"/g)) {
        if (/^https?:/.test(target)) continue;
        const [file = '', anchor] = target.split('#');
        const path = file === '' ? name : file.replace(/^\.\//, '');
        const text = path.startsWith('../') ? '' : await textAt(path);
        if (anchor !== undefined) expect(text, `${name}: ${target}`).toContain(`id="${anchor}"`);
      }
    }
  });

  it('gives the Markdown by suffix, and by Accept', async () => {
    const source = readFileSync(join(ROOT, 'docs/gpio.md'), 'utf8');
    for (const [path, accept] of [
      ['gpio.md', '*/*'],
      ['gpio.md', 'text/html'],
      ['gpio.html', 'text/markdown, */*;q=0.5'],
    ] as const) {
      const answer = await ask(path, { headers: { accept } });
      expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
      expect(await answer.text()).toBe(source);
    }
    const page = await ask('gpio.html', { headers: { accept: '*/*' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('vary')).toContain('Accept');
  });

  it('answers HEAD, and 304 to whoever has the page', async () => {
    const first = await ask('page.html');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{20,}"$/);
    const length = Buffer.byteLength(await first.text());
    const head = await ask('page.html', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([
      200,
      etag,
      String(length),
    ]);
    const again = await ask('page.html', { headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect((await ask('page.html', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    expect((await ask('page.md')).headers.get('etag')).not.toBe(etag);
  });

  it('has pictures with their own style and nothing else', async () => {
    const answer = await ask('wiring/ds18b20.svg');
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    );
    expect((await ask('live-page.png')).headers.get('content-type')).toBe('image/png');
  });

  it.each([
    '/docs/../package.json',
    '/docs/..%2fpackage.json',
    '/docs/%2e%2e/package.json',
    '/docs/package.json',
    '/docs/../server/main.ts',
    '/docs/..%5cpackage.json',
    '/docs//etc/passwd',
    '/docs/%2fetc%2fpasswd',
    '/docs/wiring/..%2f..%2fpackage.json',
    '/docs/page.html%00',
    '/docs/wiring',
    '/docs/wiring/',
    '/docs/systemd/install.sh',
    '/docs/constructor',
  ])('gives no other file: %s', async path => {
    expect(await statusOf(path)).toBe(404);
  });
});

describe('/docs/ of a program whose files are not all there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docs-'));
  const root = pathToFileURL(`${folder}/`);
  writeFileSync(join(folder, 'README.md'), '# dapberry\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says that the documentation is missing, until it is there', async () => {
    const app = fastify();
    docsRoutes(app, root);
    for (const url of ['/docs/', '/docs/page.html', '/docs/README.md']) {
      const { statusCode, body } = await app.inject(url);
      expect([url, statusCode]).toEqual([url, 404]);
      expect(body).toContain('expected the folder docs beside the program, found none');
    }
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/page.md'), '# The page\n');
    writeFileSync(join(folder, 'docs/other.md'), '# Another page\n');
    expect((await app.inject('/docs/')).body).toContain('<h1>dapberry</h1>');
    expect((await app.inject('/docs/page.html')).body).toContain('The page');
    // A file that is gone since is missing, too.
    rmSync(join(folder, 'docs/other.md'));
    expect((await app.inject('/docs/other.md')).statusCode).toBe(404);
    await app.close();
  });
});
