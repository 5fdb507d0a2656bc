// Opens a live page in Chromium and measures what it holds, for soaks.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];

/** The path of the browser: `DAPBERRY_CHROMIUM`, or `chromium` in the path; undefined without one. */
export function findChromium() {
  const names = ['chromium', 'chromium-browser'];
  const paths = process.env.PATH.split(delimiter).flatMap(path => names.map(name => join(path, name)));
  return process.env.DAPBERRY_CHROMIUM ?? paths.find(path => existsSync(path));
}

export class OpenPage {
  #browser;
  #session;
  #page;
  /** Errors of the page's scripts. */
  problems = [];

  /** Resolves when the page at this address shows live rows. */
  static async at(url) {
    const open = new OpenPage();
    open.#browser = await chromium.launch({ executablePath: findChromium(), args: ARGS });
    open.#page = await open.#browser.newPage({ viewport: { width: 1280, height: 800 } });
    open.#page.on('pageerror', error => open.problems.push(error.message));
    await open.#page.goto(url);
    await open.isLive();
    open.#session = await open.#page.context().newCDPSession(open.#page);
    await open.#session.send('Performance.enable');
    return open;
  }

  /** Resolves when the page says that it is live. */
  async isLive() {
    await this.#page.waitForFunction(() => document.getElementById('state')?.textContent === 'Live', null, {
      timeout: 60_000,
    });
  }

  /** Kilobytes of the heap after a collection, nodes and listeners, and seconds of work in all. */
  async measure() {
    await this.#session.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#session.send('Performance.getMetrics');
    const of = name => metrics.find(metric => metric.name === name).value;
    return {
      heap: of('JSHeapUsedSize') / 1000,
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
      work: of('TaskDuration'),
    };
  }

  close() {
    return this.#browser.close();
  }
}
