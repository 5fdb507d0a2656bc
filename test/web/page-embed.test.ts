import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { violationsOn } from './axe.ts';
import { lookAgain, openPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';

const [, EXAMPLE = ''] =
  /```html\n(<!doctype html>.*?)```/s.exec(
    readFileSync(resolve(import.meta.dirname, '../../docs/embedding.md'), 'utf8'),
  ) ?? [];

/** A web server of another origin with one page, under a Content-Security-Policy. */
async function hostPage(html: string, policy: string): Promise<{ url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    if (request.url !== '/') return response.writeHead(204).end();
    return response
      .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy })
      .end(html);
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

describeWith('chromium', 'charts in pages of other origins', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;
  let dataset: ReturnType<typeof inMemory>;
  const frameOrigins: string[] = [];
  const closing: (() => unknown)[] = [];

  beforeAll(async () => {
    source = new ScriptedSource();
    dataset = inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 1e6 } });
    server = await serving({
      datasets: [dataset],
      webRoot: web.folder,
      frameOrigins,
    });
    const end = Date.now() / 1000;
    await source.append(Array.from({ length: 240 }, (_, i) => [end - 240 + i, 20 + (i % 60) / 10, i, 5]));
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  afterAll(async () => {
    await server?.close();
  });

  async function open(html: string, policy: string, options = {}) {
    const host = await hostPage(html, policy);
    const opened = await openPage(web.browser, host.url, options);
    closing.push(
      () => opened.page.context().close(),
      () => host.close(),
    );
    return { ...opened, host };
  }

  const policy = () => `default-src 'none'; script-src ${server.url}; connect-src ${server.url}`;
  const columnsIn = (page: Page) =>
    page.locator('dapberry-chart .legend li').evaluateAll(items => items.map(item => item.dataset['column']));

  /** Pixels of lines on the canvases of the first element. */
  const ink = (page: Page) =>
    page.evaluate(() => {
      const root = document.querySelector('dapberry-chart')!.shadowRoot!;
      let pixels = 0;
      for (const canvas of root.querySelectorAll('canvas')) {
        if (canvas.width === 0 || canvas.height === 0) continue;
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
        copy.drawImage(canvas, 0, 0);
        const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3]! > 128 && Math.abs(data[at]! - data[at + 2]!) > 60) pixels += 1;
        }
      }
      return pixels;
    });

  it('are drawn by the element of the documentation, under a strict policy, and follow its attributes', async () => {
    const html = EXAMPLE.replaceAll('http://pi:8080', server.url)
      .replace('/roof"', '/scripted"')
      .replace('"air,hum"', '"a,c"')
      .replace('window="1h"', 'window="5min"');
    const { page, problems, requests } = await open(html, policy(), {
      viewport: { width: 1000, height: 700 },
    });
    await source.append([[Date.now() / 1000, 21, 0, 5]]);
    await expect.poll(() => columnsIn(page), PATIENT).toEqual(['a', 'c']);
    await expect.poll(() => ink(page), PATIENT).toBeGreaterThan(300);
    // The other column is not asked for.
    expect(requests.some(url => url.includes('.dods?sensor.time,sensor.a,sensor.c&'))).toBe(true);
    const boxes = await page.evaluate(() => {
      const chart = document.querySelector('dapberry-chart')!;
      const frame = chart.shadowRoot!.querySelector('.embedded')!;
      return {
        height: chart.getBoundingClientRect().height,
        inside: [...chart.shadowRoot!.querySelectorAll('canvas')].every(
          canvas => canvas.getBoundingClientRect().bottom <= chart.getBoundingClientRect().bottom,
        ),
        theme: frame.getAttribute('data-theme'),
      };
    });
    expect(boxes).toEqual({ height: 320, inside: true, theme: 'light' });

    const set = (name: string, value: string) =>
      page.evaluate(
        ([name, value]) => document.querySelector('dapberry-chart')!.setAttribute(name!, value!),
        [name, value],
      );
    await set('columns', 'b');
    await expect.poll(() => columnsIn(page), PATIENT).toEqual(['b']);
    await set('theme', 'dark');
    const surface = page.locator('dapberry-chart .panel').first();
    await expect
      .poll(() => surface.evaluate(panel => getComputedStyle(panel).backgroundColor), PATIENT)
      .toBe('rgb(22, 27, 34)');
    // A stretch of the past comes from uPlot, which is in the same file.
    await set('from', new Date(Date.now() - 200_000).toISOString());
    await set('to', new Date(Date.now() - 100_000).toISOString());
    await source.append([[Date.now() / 1000, 21, 0, 5]]);
    await expect.poll(() => page.locator('dapberry-chart .uplot canvas').count(), PATIENT).toBe(1);
    await expect.poll(() => ink(page), PATIENT).toBeGreaterThan(100);
    // Narrow: the legend stands above the chart.
    await page.evaluate(() =>
      document.querySelector<HTMLElement>('dapberry-chart')!.style.setProperty('width', '360px'),
    );
    await expect
      .poll(
        () => surface.evaluate(panel => getComputedStyle(panel).gridTemplateColumns.split(' ').length),
        PATIENT,
      )
      .toBe(1);
    await set('columns', 'nothing');
    await expect
      .poll(() => page.locator('dapberry-chart .fault').textContent(), PATIENT)
      .toContain('Expected columns to be some of a, b, c, found "nothing"');
    await set('columns', '');
    await expect.poll(() => columnsIn(page), PATIENT).toEqual(['a', 'b', 'c']);
    expect(await page.locator('dapberry-chart .fault').isHidden()).toBe(true);
    await set('src', `${server.url}/nothing`);
    await expect
      .poll(() => page.locator('dapberry-chart .fault').textContent(), PATIENT)
      .toContain('The server has no such data');
    expect(problems.filter(problem => !/404/.test(problem))).toEqual([]);
    expect(requests.filter(url => url.endsWith('.js'))).toEqual([`${server.url}/dapberry-chart.js`]);
  });

  it('take over limits that the server has anew, while their stream goes on', async () => {
    const { page, problems } = await open(
      `<script type="module" src="${server.url}/dapberry-chart.js"></script><dapberry-chart src="${server.url}/scripted"></dapberry-chart>`,
      policy(),
    );
    await source.append([[Date.now() / 1000, 38, 0, 5]]);
    await expect.poll(() => columnsIn(page), PATIENT).toEqual(['a', 'b', 'c']);
    const mark = () => page.locator('dapberry-chart .legend [data-column="a"] .limit-mark').allTextContents();
    expect((await mark()).join('')).toBe('');
    dataset.describe({ ...SCRIPTED, limits: new Map([['a', { alarm: { above: 35 } }]]) });
    // As when somebody comes back to the page; else it asks each minute.
    await lookAgain(page);
    await expect
      .poll(async () => {
        await source.append([[Date.now() / 1000, 38, 0, 5]]);
        return mark();
      }, PATIENT)
      .toEqual(['alarm: above 35']);
    dataset.describe(SCRIPTED);
    expect(problems).toEqual([]);
  });

  it('ask for few rows of a long window, though their server was away when the page was opened', async () => {
    const html = `<script type="module" src="${server.url}/dapberry-chart.js"></script><dapberry-chart src="${server.url}/scripted" window="7d"></dapberry-chart>`;
    const host = await hostPage(html, policy());
    const { page, requests } = await openPage(web.browser, 'about:blank');
    closing.push(
      () => page.context().close(),
      () => host.close(),
    );
    await page.route(/scripted\.(?:ver|dds|das)/, route => route.abort());
    await page.goto(host.url);
    const strip = page.locator('dapberry-chart .strip');
    await expect.poll(() => strip.textContent(), PATIENT).toMatch(/^Connecting again/);
    await page.unroute(/scripted\.(?:ver|dds|das)/);
    await source.append([[Date.now() / 1000, 21, 0, 5]]);
    await expect.poll(() => columnsIn(page), PATIENT).toEqual(['a', 'b', 'c']);
    await expect.poll(() => requests.some(url => url.includes('.dods')), PATIENT).toBe(true);
    await expect.poll(() => requests.some(url => url.includes('bucket(')), PATIENT).toBe(true);
  });

  it('close their streams when they leave the page, of which each has its own', async () => {
    const chart = `<dapberry-chart src="${server.url}/scripted"></dapberry-chart>`;
    const { page, problems } = await open(
      `<script type="module" src="${server.url}/dapberry-chart.js"></script>${chart}${chart}`,
      policy(),
    );
    await expect.poll(() => server.app.streams.size, PATIENT).toBe(2);
    await page.evaluate(() => {
      for (const each of document.querySelectorAll('dapberry-chart')) each.remove();
    });
    await expect.poll(() => server.app.streams.size, PATIENT).toBe(0);
    expect(problems).toEqual([]);
  });

  it('are shown in a frame where the configuration names its origin, and refused by default', async () => {
    const frame = `<iframe src="${server.url}/embed.html?d=scripted&cols=a&window=5min&theme=dark" title="Roof" width="800" height="400"></iframe>`;
    const refused = await open(frame, `frame-src ${server.url}`);
    await expect
      .poll(() => refused.problems.some(problem => /frame-ancestors/.test(problem)), PATIENT)
      .toBe(true);
    expect(await refused.page.frameLocator('iframe').locator('dapberry-chart').count()).toBe(0);

    frameOrigins.push('http://127.0.0.1:*');
    await refused.page.reload();
    const inside = refused.page.frameLocator('iframe');
    await source.append([[Date.now() / 1000, 21, 0, 5]]);
    await expect
      .poll(
        () => inside.locator('.legend li').evaluateAll(items => items.map(item => item.dataset['column'])),
        PATIENT,
      )
      .toEqual(['a']);
    await expect.poll(() => inside.locator('#title').textContent(), PATIENT).toBe('Rows from a script');
    expect(await inside.locator('#open').getAttribute('href')).toBe(
      `${server.url}/?d=scripted&cols=a&window=5min&theme=dark`,
    );
    expect(await inside.locator('.embedded').getAttribute('data-theme')).toBe('dark');
    // By itself the page says what its address does not mean, and breaks no rule of axe.
    await refused.page.goto(`${server.url}/embed.html?d=scripted&theme=pink`);
    await refused.page.locator('.legend li').first().waitFor();
    await refused.page.getByText('says theme=pink: expected dark or light.').waitFor();
    expect(await violationsOn(refused.page)).toEqual([]);
    // The full page stays out of frames of other origins.
    const full = await fetch(`${server.url}/`);
    expect(full.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(full.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
    expect(full.headers.get('content-security-policy')).not.toContain('127.0.0.1');
  });

  it('the module of the element may be loaded by any page', async () => {
    const answer = await fetch(`${server.url}/dapberry-chart.js`, {
      headers: { Origin: 'http://a.example' },
    });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-cache',
      'content-type': expect.stringMatching(/^(text|application)\/javascript/),
    });
    expect(readFileSync(join(web.folder, 'dapberry-chart.js'), 'utf8')).not.toMatch(
      /\bfrom\s*["']\.|import\(["'.]/,
    );
  });
});
