import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, type OpenPage, openPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';
import { rowServer } from './row-server.ts';

const HOUR = 3600;

/** Passes requests on to `target`, as a server of another make that has no CSV. */
async function otherServer(target: string): Promise<{ url: string; close(): void }> {
  const server = createServer((asked, response) => {
    const path = new URL(asked.url ?? '/', target).pathname;
    response.setHeader('Access-Control-Allow-Origin', '*');
    if (path.endsWith('.ver')) return response.end('Core version: dap/2.0\nServer version: pydap/3.4\n');
    if (!/\.(dds|das|dods)$/.test(path)) return response.writeHead(404).end();
    const passed = request(`${target}${asked.url}`, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    response.on('close', () => passed.destroy());
    passed.on('error', () => response.destroy());
    return passed.end();
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describeWith('chromium', 'taking the view from the page', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;
  let opened: OpenPage;
  /** Seconds of the last row before the page was opened. */
  let end: number;

  beforeAll(async () => {
    source = new ScriptedSource();
    server = await serving({
      datasets: [inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 1e6 } })],
      webRoot: web.folder,
    });
    end = Math.floor(Date.now() / 1000);
    await source.append(
      Array.from({ length: 6 * 60 }, (_, i) => [end - 6 * HOUR + 60 * i, 20 + Math.sin(i / 20), i % 30, 5]),
    );
  });
  afterEach(() => opened?.page.context().close());
  afterAll(async () => {
    await server?.close();
  });

  async function open(query: string, options = {}): Promise<Page> {
    opened = await openPage(web.browser, `${server.url}/${query}`, options);
    await source.append([[Date.now() / 1000, 20, 0, 5]]);
    await numbersShown(opened.page);
    await opened.page.getByRole('button', { name: 'Share' }).click();
    await expect.poll(() => opened.page.locator('#take-list code').count(), PATIENT).toBeGreaterThan(1);
    return opened.page;
  }

  async function download(page: Page, name: RegExp, role: 'link' | 'button'): Promise<Download> {
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('#take-list').getByRole(role, { name }).click(),
    ]);
    return file;
  }

  const textOf = async (file: Download) => readFileSync(await file.path(), 'utf8');

  /** The size of a picture, its first pixel, and the pixels of coloured lines and of text by the tenth of the height they stand in. */
  async function readPicture(page: Page, file: Download) {
    const bytes = readFileSync(await file.path()).toString('base64');
    return page.evaluate(async base64 => {
      const data = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([data], { type: 'image/png' }));
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const pixels = context.getImageData(0, 0, width, height).data;
      const ground = [...pixels.subarray(0, 3)];
      const lines = Array.from({ length: 10 }, () => 0);
      const texts = Array.from({ length: 10 }, () => 0);
      for (let at = 0; at < pixels.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = pixels.subarray(at, at + 3);
        const tenth = Math.floor((10 * Math.floor(at / 4 / width)) / height);
        if (Math.max(red, green, blue) - Math.min(red, green, blue) > 90) lines[tenth]! += 1;
        else if (Math.abs(red - ground[0]!) > 100) texts[tenth]! += 1;
      }
      return { width, height, ground, lines, texts };
    }, bytes);
  }

  it('gives the rows of exactly the time and the columns that are shown, as the server has them', async () => {
    const [from, to] = [end - 4 * HOUR, end - 3 * HOUR];
    const at = (time: number) => new Date(time * 1000).toISOString();
    const page = await open(`#from=${at(from)}&to=${at(to)}`);
    const file = await download(page, /^CSV$/, 'link');
    const stamp = (time: number) => at(time).slice(0, 19).replaceAll(/[-:]/g, '');
    expect(file.suggestedFilename()).toBe(`scripted_${stamp(from)}Z_${stamp(to)}Z.csv`);
    const lines = (await textOf(file)).trim().split('\n');
    expect(lines[0]).toBe('time,a,b,c');
    expect(lines).toHaveLength(1 + 60);
    expect(lines[1]).toMatch(new RegExp(`^${at(from).slice(0, 19)}Z,`));
    expect(await textOf(file)).toBe(
      await (await fetch(`${server.url}/scripted.csv?&sensor.time>=${from}&sensor.time<${to}`)).text(),
    );

    await page.locator('.legend button', { hasText: 'whole' }).first().click();
    const fewer = (await textOf(await download(page, /^CSV$/, 'link'))).trim().split('\n');
    expect(fewer[0]).toBe('time,a,c');
    expect(fewer).toHaveLength(1 + 60);

    // The picture of the past: its colours, its sharpness, its lines in the middle and its texts above and below.
    const picture = await readPicture(page, await download(page, /^PNG/, 'button'));
    const charts = (await page.locator('#charts').boundingBox())!;
    expect(picture.width).toBe(Math.round(charts.width) + 32);
    expect(picture.ground).toEqual([243, 245, 248]);
    expect(picture.texts[0]).toBeGreaterThan(200);
    expect(picture.texts[9]).toBeGreaterThan(200);
    expect(picture.lines.slice(2, 8).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
    expect(opened.problems).toEqual([]);
  });

  it('ends with now while the charts move, without another row, on a dark screen with two pixels for one', async () => {
    const dark = { colorScheme: 'dark', deviceScaleFactor: 2 };
    const page = await open(`#window=${4 * HOUR}`, dark);
    const rows = (await textOf(await download(page, /^CSV$/, 'link'))).trim().split('\n').slice(1);
    expect(rows.length).toBeGreaterThanOrEqual(4 * 60 - 3);
    const newest = Date.parse(rows.at(-1)!.split(',')[0]!) / 1000;
    expect(newest).toBeGreaterThan(end - 120);
    const picture = await readPicture(page, await download(page, /^PNG/, 'button'));
    const charts = (await page.locator('#charts').boundingBox())!;
    expect(picture.width).toBe(2 * (Math.round(charts.width) + 32));
    expect(picture.ground).toEqual([13, 17, 23]);
    expect(picture.lines.slice(2, 8).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000);
    const lines = await page.locator('#take-list code').allTextContents();
    expect(lines[0]).toContain(`<dapberry-chart src="${server.url}/scripted" window="${4 * HOUR}"`);
    expect(lines[1]).toContain(`<iframe src="${server.url}/embed.html?d=scripted&amp;window=${4 * HOUR}"`);
    expect(opened.problems).toEqual([]);
  });

  it('leaves out a hidden column of text, as any other', async () => {
    const rows = await rowServer('Dataset { Sequence { Float64 time; Float64 a; String t; } s; } d;');
    opened = await openPage(web.browser, `${server.url}/?url=${rows.url}#cols=a`);
    const { page } = opened;
    await expect.poll(() => rows.streams, PATIENT).toBe(1);
    rows.send([Date.now() / 1000, 1.5, 'calm']);
    await numbersShown(page);
    await page.getByRole('button', { name: 'Share' }).click();
    await expect
      .poll(() => page.locator('#take-list code').allTextContents(), PATIENT)
      .toContainEqual(expect.stringMatching(/^curl .*rows\.asc\?s\.time,s\.a&/));
    await rows.close();
  });

  it('makes CSV of a server that has none from its rows', async () => {
    const other = await otherServer(server.url);
    try {
      const at = (time: number) => new Date(time * 1000).toISOString();
      const hash = `#from=${at(end - 2 * HOUR)}&to=${at(end - HOUR)}`;
      const page = await open(`?url=${other.url}/scripted${hash}`);
      const text = await textOf(await download(page, /^CSV$/, 'button'));
      const lines = text.trim().split('\n');
      expect(lines[0]).toBe('time,a,b,c');
      expect(lines).toHaveLength(1 + 60);
      expect(lines[1]!.split(',')[0]).toBe(at(end - 2 * HOUR).replace('.000Z', 'Z'));
      expect(await page.locator('#take-list code').allTextContents()).toContainEqual(
        expect.stringMatching(/^curl -o scripted_\w+\.txt .*scripted\.asc/),
      );
    } finally {
      other.close();
    }
  });
});
