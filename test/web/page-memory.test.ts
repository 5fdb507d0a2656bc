import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, openPage, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';

/** Growth that is no leak: caches of the web.browser, and rows that have come meanwhile. */
const MOST_KILOBYTES = 1500;
const MOST_NODES = 25;
const MOST_LISTENERS = 4;

describeWith('chromium', 'the memory of the page', () => {
  const web = pageTools();
  let server: Serving;
  let page: Page;
  let session: CDPSession;

  beforeAll(async () => {
    server = await serving({ interval: 0.1, webRoot: web.folder });
    ({ page } = await openPage(web.browser, `${server.url}/#window=30`));
    await numbersShown(page);
    session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
  });
  afterAll(async () => {
    await server?.close();
  });

  async function holdings() {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string) => metrics.find(metric => metric.name === name)!.value;
    return {
      kilobytes: of('JSHeapUsedSize') / 1000,
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
    };
  }

  const show = (hash: string) =>
    page.evaluate(it => {
      location.hash = it;
    }, hash);

  /** Each is done a few times before the memory is measured, so that what the page loads once is there. */
  it.each([
    [
      'other windows',
      15,
      async () => {
        for (const window of [60, 30]) {
          await show(`window=${window}`);
          await stateIs(page, 'Live');
        }
      },
    ],
    [
      'looks back',
      15,
      async () => {
        const [from, to] = [20, 5].map(ago => new Date(Date.now() - 1000 * ago).toISOString());
        await show(`from=${from}&to=${to}`);
        await page.locator('.plot .uplot canvas').first().waitFor();
        await show('window=30');
        await page.locator('.plot .uplot canvas').first().waitFor({ state: 'hidden' });
      },
    ],
    [
      'reconnects',
      15,
      async () => {
        await page.evaluate(() => dispatchEvent(new Event('pagehide')));
        await page.evaluate(() => dispatchEvent(new Event('pageshow')));
        await stateIs(page, 'Live');
      },
    ],
  ])('does not grow with %s', async (_what, times, act) => {
    for (let time = 0; time < 3; time++) await act();
    const before = await holdings();
    for (let time = 0; time < times; time++) await act();
    const grown = async () => {
      const after = await holdings();
      return {
        kilobytes: after.kilobytes - before.kilobytes > MOST_KILOBYTES,
        nodes: after.nodes - before.nodes > MOST_NODES,
        listeners: after.listeners - before.listeners > MOST_LISTENERS,
      };
    };
    await expect.poll(grown, PATIENT).toEqual({ kilobytes: false, nodes: false, listeners: false });
  });
});
