import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseError } from '../../../dap/index.ts';
import { THEME_KEY } from '../../../server/http/pages/script.ts';
import { PAGE_STYLE } from '../../../server/http/pages/style.ts';
import { type Serving, serving } from '../../serving.ts';
import { ROOT } from '../../sources.ts';

let server: Serving;
beforeAll(async () => {
  server = await serving({ interval: 0.05 });
});
afterAll(() => server.close());

const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8';
const LYNX = 'text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01';
/** What HttpURLConnection of Java sends, before and since JDK 22. */
const JAVA = [
  'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  'text/html, image/gif, image/jpeg, */*; q=0.2',
];

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}${path}`, { headers, redirect: 'manual' });

const REFUSED = [
  ['/roberypi.html', 404],
  ['/roberrypi.xls', 404],
  ['/a/b/c', 404],
  ['/roberypi/latest.json', 404],
  ['/docs/none.html', 404],
  ['/roberrypi.asc?time>', 400],
  ['/roberrypi.dods?speed', 400],
  ['/roberrypi/never.dods', 400],
  ['/%zz', 400],
] as const;

describe('an error', () => {
  it.each(REFUSED)('of %s is a page for people', async (path, status) => {
    for (const accept of [CHROME, LYNX, 'text/html']) {
      const answer = await ask(path, { accept });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('content-description')).toBeNull();
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
      const text = await answer.text();
      expect(text).toMatch(/<p class="error" role="alert">[A-Z]|<p class="error" role="alert">\//);
      expect(text).toContain('href="' + '../'.repeat(Math.max(0, path.split('?')[0]!.split('/').length - 2)));
    }
  });

  it.each(REFUSED)('of %s is an Error object of DAP2 for programs', async (path, status) => {
    for (const accept of ['*/*', 'text/plain', 'application/json', 'text/html;q=0, */*', ...JAVA]) {
      const answer = await ask(path, { accept });
      expect([accept, answer.status]).toEqual([accept, status]);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(answer.headers.get('content-description')).toBe('dods_error');
      expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
      expect(parseError(await answer.text())?.code).toBe(status);
    }
  });

  it('names the nearest datasets, the nearest first', async () => {
    const text = await (await ask('/hots.html', { accept: CHROME })).text();
    const named = [...text.matchAll(/<li>.*?<code>(\w+)<\/code>/g)].map(([, name]) => name);
    expect(named).toEqual(['host', 'roberrypi']);
  });

  it('leads to the form with the constraint that was typed, which keeps it', async () => {
    const text = await (await ask('/roberrypi.asc?time,speed&time>1', { accept: CHROME })).text();
    const [, target = ''] = /<a href="([^"]*)">Mend it in the data form/.exec(text) ?? [];
    expect(target).toBe('./roberrypi.html?time,speed&#38;time%3E1');
    const form = await ask('/roberrypi.html?time,speed&time>1', { accept: CHROME });
    expect(form.status).toBe(400);
    expect(await form.text()).toContain('name="constraint" value="time,speed&#38;time&#62;1"');
    const mended = await ask('/roberrypi.html?constraint=time%26time%3E1&get=constraint');
    expect([mended.status, mended.headers.get('location')]).toEqual([303, 'roberrypi.html?time%26time%3E1']);
    expect((await ask(`/${mended.headers.get('location')}`)).status).toBe(200);
  });

  it('shows no markup of an address', async () => {
    const text = await (await ask('/%3Cscript%3Ealert(1)%3C/script%3E.html', { accept: CHROME })).text();
    expect(text).not.toContain('<script>');
  });
});

describe('the catalogue page', () => {
  it('lists the datasets, and finds them by name, title and columns', async () => {
    const names = async (query: string) =>
      [
        ...(await (await ask(`/catalog.html${query}`)).text()).matchAll(/<\/a> <code>(\w+)<\/code><\/h2>/g),
      ].map(([, name]) => name);
    expect(await names('')).toEqual(['roberrypi', 'host']);
    expect(await names('?q=VOLT')).toEqual(['roberrypi']);
    expect(await names('?q=load+machine')).toEqual(['host']);
    expect(await names('?q=nothing')).toEqual([]);
    expect(await (await ask('/catalog.html?q=%3Cb%3E')).text()).not.toContain('<b>');
  });
});

describe('commands on pages', () => {
  const commands = async (server: Serving, headers: Record<string, string>) => {
    const text = await new Promise<string>((resolve, reject) => {
      get({ port: server.port, host: '127.0.0.1', path: '/host.help', headers }, answer => {
        let body = '';
        answer.setEncoding('utf8').on('data', piece => {
          body += piece;
        });
        answer.on('end', () => resolve(body));
      }).on('error', reject);
    });
    return /curl -N &#39;(.*?)\/host\.asc|curl -N '(.*?)\/host\.asc/.exec(text)?.slice(1).find(Boolean);
  };
  const FORWARDED = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };

  it.each([
    [{ host: 'pi:8080' }, 'http://pi:8080'],
    [{ host: '[fe80::1]:8080' }, 'http://[fe80::1]:8080'],
    [{ host: 'pi.example', ...FORWARDED }, 'https://pi.example'],
    [
      {
        host: '127.0.0.1:8080',
        ...FORWARDED,
        'x-forwarded-host': 'pi.example',
        'x-forwarded-prefix': '/a/b/',
      },
      'https://pi.example/a/b',
    ],
    [{ host: "a';reboot;'" }, 'http://THIS-SERVER'],
    [{ host: 'pi', ...FORWARDED, 'x-forwarded-proto': 'javascript' }, 'http://pi'],
    [{ host: 'pi', 'x-forwarded-prefix': "/';reboot" }, 'http://pi'],
  ])('have the address that the client used: %j', async (headers, address) => {
    expect(await commands(server, headers)).toBe(address);
  });

  it('believe no proxy that is not trusted', async () => {
    const wary = await serving({ trustProxy: [] });
    const forged = { host: 'pi', ...FORWARDED, 'x-forwarded-host': 'evil', 'x-forwarded-prefix': '/x' };
    expect(await commands(wary, forged)).toBe('http://pi');
    await wary.close();
  });
});

describe('the style sheet of the pages', () => {
  it('has the colours of the live page', () => {
    const coloursOf = (css: string) =>
      new Map(
        [...css.matchAll(/(--[\w-]+): (light-dark\([^;]*\));/g)].map(([, name, value]) => [name, value]),
      );
    const live = coloursOf(readFileSync(join(ROOT, 'web/style/base.css'), 'utf8'));
    const own = coloursOf(PAGE_STYLE);
    expect(own.size).toBeGreaterThan(5);
    expect([...own].filter(([name, value]) => live.get(name) !== value)).toEqual([]);
  });
});

describe('the script of the pages', () => {
  it('reads the theme where the live page keeps it', () => {
    const text = readFileSync(join(ROOT, 'web/page/theme-choice.ts'), 'utf8');
    expect(/const STORED_AT = '(\w+)'/.exec(text)?.[1]).toBe(THEME_KEY);
  });
});
