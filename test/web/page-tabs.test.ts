import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { thisHost } from '../../device/index.ts';
import { loadConfig } from '../../server/config/load.ts';
import { problemLine } from '../../server/config/text/problem.ts';
import { openDatasets } from '../opened-datasets.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, picturesMove, setVisibility, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';

const NAMES = ['north', 'east', 'south', 'west', 'cellar', 'attic', 'garden'];

/** Browsers open six connections to a server, two of which stay free. */
const MOST_OPEN = 4;

describeWith('chromium', 'seven windows of one server', () => {
  const web = pageTools();
  let server: Serving;
  let context: BrowserContext;

  beforeEach(async () => {
    const sources = NAMES.map(name => ({
      name: `${name}.yaml`,
      dataset: name,
      content: 'interval: 0.5\nsensors: [{ kind: waveform, noise: 0.5 }]\n',
    }));
    const loaded = loadConfig(sources, { overrides: { simulate: true, seed: 1 } });
    if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
    server = await serving({
      datasets: await openDatasets(loaded.config.datasets, thisHost(1), true),
      webRoot: web.folder,
    });
    context = await web.browser.newContext({ viewport: { width: 640, height: 480 } });
  });
  afterEach(async () => {
    await context?.close();
    await server.close();
  });

  const openStreams = async () =>
    ((await (await fetch(`${server.url}/health`)).json()) as { streams: number }).streams;

  /** The time of the newest row, as the page writes it. */
  const newestOn = (page: Page) => page.locator('#newest').textContent();

  async function open(name: string): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${server.url}/?url=${name}#window=30`);
    return page;
  }

  async function isLive(page: Page): Promise<void> {
    await stateIs(page, 'Live');
    await numbersShown(page);
    const before = await newestOn(page);
    await expect.poll(() => newestOn(page), PATIENT).not.toBe(before);
  }

  it('are all live, answer beside their rows, and take over the places of those that go', async () => {
    const pages: Page[] = [];
    for (const name of NAMES) pages.push(await open(name));
    expect(await pages[0]!.evaluate(() => document.visibilityState)).toBe('visible');
    await Promise.all(pages.map(isLive));
    await Promise.all(pages.map(picturesMove));
    await expect.poll(openStreams, PATIENT).toBe(MOST_OPEN);
    // Every window has a connection left to look back and to ask for the health.
    for (const page of pages) {
      const answered = page.evaluate(async () => (await fetch('health')).status);
      expect(await answered).toBe(200);
    }
    const last = pages.at(-1)!;
    await last.evaluate(() => {
      const [from, to] = [10, 2].map(ago => new Date(Date.now() - ago * 1000).toISOString());
      location.hash = `from=${from}&to=${to}`;
    });
    await expect.poll(() => last.locator('#charts .uplot canvas').count(), PATIENT).toBe(1);
    await last.getByRole('button', { name: 'Back to live' }).click();
    // One window goes in order, one is hidden, and one crashes: others take their places, and no more than these.
    await pages[0]!.close();
    await setVisibility(pages[1]!, 'hidden');
    const crashing = await context.newCDPSession(pages[2]!);
    const crashed = pages[2]!.waitForEvent('crash');
    void crashing.send('Page.crash').catch(() => {});
    await crashed;
    await expect.poll(openStreams, PATIENT).toBe(MOST_OPEN);
    await Promise.all(pages.slice(3).map(isLive));
    await setVisibility(pages[1]!, 'visible');
    await Promise.all([...pages.slice(3), pages[1]!].map(isLive));
    await expect.poll(openStreams, PATIENT).toBe(MOST_OPEN);
    await last.reload();
    await isLive(last);
    // Eight pages start.
  }, 60_000);
});
