// Starts Chromium for a bench, serves the pages of bare libraries to it, and measures a page: frames, long tasks, heap, CPU time.

import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { ROOT, sleep } from '../processes.mjs';

const FOLDERS = {
  dap: 'dist/dap',
  page: 'test/bench/page',
  smoothie: 'node_modules/smoothie',
  uplot: 'node_modules/uplot/dist',
};

const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
};

export const VIEWPORT = { width: 1440, height: 900 };

/** Serves the folders of the peers; `close` ends it. */
export async function servePeers() {
  const server = createServer(async (request, response) => {
    const [, name = '', ...path] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    try {
      const file = await readFile(join(ROOT, FOLDERS[name] ?? '', ...path));
      response.setHeader('Content-Type', TYPES[extname(path.at(-1))] ?? 'text/plain').end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** Chromium without a graphics card: `DAPBERRY_CHROMIUM`, or that in the path. */
export async function launchBrowser() {
  const found = spawnSync('sh', ['-c', 'command -v chromium || command -v chromium-browser'], {
    encoding: 'utf8',
  });
  const executablePath = process.env.DAPBERRY_CHROMIUM || found.stdout.split('\n')[0];
  if (executablePath === '') throw new Error('expected Chromium, found none: Debian package chromium');
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
  return chromium.launch({ executablePath, args });
}

/** Opens an address in a page of its own, has `use` use it, and closes it. */
export async function withPage(browser, url, use) {
  const page = await browser.newPage({ viewport: VIEWPORT });
  try {
    await page.addInitScript(watch);
    await page.goto(url, { waitUntil: 'commit' });
    return await use(page);
  } finally {
    await page.context().close();
  }
}

/** Runs in the page before its own scripts: notes long tasks, and when both ends of every canvas in sight have ink. */
function watch() {
  globalThis.longTasks = [];
  new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) globalThis.longTasks.push([startTime, duration]);
  }).observe({ type: 'longtask' });
  const EDGE = 0.06;
  const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const hasInk = (canvas, from) => {
    const width = Math.ceil(canvas.width * EDGE);
    Object.assign(copy.canvas, { width, height: canvas.height });
    copy.drawImage(canvas, -Math.floor(from * canvas.width), 0);
    const { data } = copy.getImageData(0, 0, width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 128 && Math.abs(data[at] - data[at + 2]) > 60) return true;
    }
    return false;
  };
  const look = () => {
    const all = [...document.querySelectorAll('.plot canvas')].filter(
      canvas => canvas.checkVisibility() && canvas.getBoundingClientRect().top < innerHeight,
    );
    const isDrawn = all.length > 0 && all.every(each => hasInk(each, 0) && hasInk(each, 1 - 2 * EDGE));
    if (isDrawn) globalThis.drawnAt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Milliseconds from the navigation until all charts in sight are drawn from their beginning to their end. */
export async function drawn(page) {
  await page.waitForFunction(() => globalThis.drawnAt !== undefined, undefined, { timeout: 30_000 });
  return page.evaluate(() => globalThis.drawnAt);
}

/**
 * Measures a page for `seconds`: milliseconds between frames and of long tasks, the CPU time of all processes of the browser in cores
 * and in milliseconds a frame, and the bytes of the heap.
 */
export async function measureFrames(browser, page, seconds) {
  const [root, session] = [await browser.newBrowserCDPSession(), await page.context().newCDPSession(page)];
  const processorTime = async () => {
    const { processInfo } = await root.send('SystemInfo.getProcessInfo');
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  // Compiled code and a settled heap: what a page does that is open for long.
  await sleep(1);
  const [before, begun] = [await processorTime(), performance.now()];
  const { frames, long } = await page.evaluate(
    duration =>
      new Promise(done => {
        const [begin, frames] = [performance.now(), []];
        let last;
        const frame = () => {
          const now = performance.now();
          if (last !== undefined) frames.push(now - last);
          last = now;
          if (now - begin < duration) requestAnimationFrame(frame);
          // Long tasks are reported after they have ended.
          else
            setTimeout(() => done({ frames, long: globalThis.longTasks.filter(([at]) => at >= begin) }), 100);
        };
        requestAnimationFrame(frame);
      }),
    1000 * seconds,
  );
  const processor = (await processorTime()) - before;
  const elapsed = performance.now() - begun;
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await root.detach();
  frames.sort((a, b) => a - b);
  const at = share => frames[Math.min(frames.length - 1, Math.floor(share * frames.length))];
  return {
    p50: at(0.5),
    p99: at(0.99),
    longTasks: long.length,
    longest: Math.max(0, ...long.map(([, duration]) => duration)),
    cores: (1000 * processor) / elapsed,
    cost: (1000 * processor) / frames.length,
    heap: usedSize,
  };
}
