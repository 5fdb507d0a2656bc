// Opens the built page in a browser, notes its problems, and reads its charts.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { CHROMIUM_ARGS } from '../chromium.ts';
import { tools } from '../tools.ts';
import { builtPage } from './built-page.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Milliseconds that a condition may take to come true on a machine that is busy with other tests. */
const LONGEST_WAIT = 60_000;

/** Builds the page as `npm run build` does, into a folder of its own. */
export async function buildPage(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'dapberry-page-'));
  await cp(await builtPage(), folder, { recursive: true });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: tools.chromium!, args: CHROMIUM_ARGS });
}

/** A page, and the problems of its console, its scripts and its requests. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: readonly string[];
  /** The addresses of all requests, in their order. */
  readonly requests: readonly string[];
}

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  page.setDefaultTimeout(LONGEST_WAIT);
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  page.on('pageerror', error => problems.push(`script: ${error.message}`));
  page.on('request', asked => requests.push(decodeURIComponent(asked.url())));
  page.on('requestfailed', failed => {
    const reason = failed.failure()?.errorText ?? '';
    // The page closes streams itself, which is no failure.
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${failed.url()} ${reason}`);
  });
  await page.goto(url);
  return { page, problems, requests };
}

/** Opens the page, has `attempt` try it, and checks that nothing but `expected` problems came up. */
export async function withPage(
  browser: Browser,
  url: string,
  attempt: (opened: OpenPage) => Promise<void>,
  { expected = /^$/, ...options }: { expected?: RegExp } & BrowserContextOptions = {},
): Promise<void> {
  const opened = await openPage(browser, url, options);
  try {
    await attempt(opened);
    expect(opened.problems.filter(problem => !expected.test(problem))).toEqual([]);
  } finally {
    await opened.page.context().close();
  }
}

/** Waits until the page says that it is in this state, such as `Live`. */
export async function stateIs(page: Page, state: string): Promise<void> {
  await page.waitForFunction(wanted => document.getElementById('state')?.textContent === wanted, state);
}

/** Waits until every legend has a number. */
export async function numbersShown(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const values = [...document.querySelectorAll<HTMLDataElement>('.legend data')];
    return values.length > 0 && values.every(({ value }) => value !== '' && value !== 'NaN');
  });
}

/** The picture of each canvas. */
export function pictures(page: Page): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()));
}

/** Waits until every canvas in sight has changed; others are not drawn. */
export async function picturesMove(page: Page): Promise<void> {
  const before = await pictures(page);
  expect(before).not.toEqual([]);
  await page.waitForFunction(
    old =>
      [...document.querySelectorAll('canvas')].every(
        (canvas, i) => canvas.getBoundingClientRect().top >= innerHeight || canvas.toDataURL() !== old[i],
      ),
    before,
  );
}

/**
 * For each column of pixels of the first canvas, from left to right, whether a line is there: anything but the grey of the
 * grid.
 */
export function drawnColumns(page: Page): Promise<boolean[]> {
  return page.evaluate(() => {
    const shown = document.querySelector('canvas')!;
    const { width, height } = shown;
    // Read from a copy: a browser complains where the same canvas is drawn and read in turn.
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(shown, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    return Array.from({ length: width }, (_, x) => {
      for (let y = 0; y < height; y++) {
        const at = 4 * (y * width + x);
        const [red = 0, , blue = 0, alpha = 0] = data.subarray(at, at + 4);
        if (alpha > 128 && Math.abs(red - blue) > 60) return true;
      }
      return false;
    });
  });
}

/** The box around the lines of canvas number `index`, in its pixels, and the number of their pixels. */
export function inkOf(
  page: Page,
  index: number,
): Promise<{
  left: number;
  right: number;
  top: number;
  bottom: number;
  pixels: number;
  width: number;
  height: number;
}> {
  return page.evaluate(number => {
    const shown = document.querySelectorAll('canvas')[number]!;
    const { width, height } = shown;
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(shown, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const ink = { left: width, right: -1, top: height, bottom: -1, pixels: 0, width, height };
    for (let at = 0; at < width * height; at++) {
      const [red = 0, , blue = 0, alpha = 0] = data.subarray(4 * at, 4 * at + 4);
      if (alpha <= 128 || Math.abs(red - blue) <= 60) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      ink.left = Math.min(ink.left, x);
      ink.right = Math.max(ink.right, x);
      ink.top = Math.min(ink.top, y);
      ink.bottom = Math.max(ink.bottom, y);
      ink.pixels++;
    }
    return ink;
  }, index);
}

/** Hides the page or shows it again, as a browser would report it. */
export async function setVisibility(page: Page, visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(state => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, visibility);
}

/** Has the page ask for the health now, as it does when somebody looks again. */
export async function lookAgain(page: Page): Promise<void> {
  await setVisibility(page, 'hidden');
  await setVisibility(page, 'visible');
}

/** The texts of the notices in sight. */
export function noticesOn(page: Page): Promise<string[]> {
  return page.locator('.notice:visible').allTextContents();
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder of files, at `prefix`, and nothing else. */
export function serveFiles(folder: string, prefix: string): Promise<Site> {
  return listen(async (asked, response) => {
    const path = new URL(asked.url ?? '/', 'http://localhost').pathname;
    const name = path === prefix ? 'index.html' : path.slice(prefix.length);
    try {
      if (!path.startsWith(prefix)) throw new Error('elsewhere');
      const file = await readFile(join(folder, name));
      response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream').end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
}

/** Passes requests below `prefix` on to `target`, as a reverse proxy does. */
export function proxy(target: string, prefix: string): Promise<Site> {
  return listen((asked, response) => {
    if (asked.url?.startsWith(prefix) !== true) return response.writeHead(404).end();
    const passed = request(
      `${target}/${asked.url.slice(prefix.length)}`,
      { method: asked.method, headers: asked.headers },
      answer => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    response.on('close', () => passed.destroy());
    passed.on('error', () => response.destroy());
    return passed.end();
  });
}

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<Site> {
  const server: Server = createServer(handler);
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
