import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT, valuesOf } from './row-pages.ts';

const HOUR = 3600;

describeWith('chromium', 'parts of the page that come later', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;

  beforeAll(async () => {
    source = new ScriptedSource();
    server = await serving({
      datasets: [
        inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 48 * HOUR } }),
        ...Array.from({ length: 7 }, (_, index) =>
          inMemory({ ...SCRIPTED, name: `other${index}` }, new ScriptedSource()),
        ),
      ],
      webRoot: web.folder,
    });
    const end = Math.floor(Date.now() / 1000);
    await source.append(Array.from({ length: 600 }, (_, row) => [end - 60 * (600 - row), 20, 0, 5]));
  });
  afterAll(async () => {
    await server?.close();
  });

  /** A page whose files that match `missing` do not come, as from a server that was upgraded, until `come` is called. */
  async function open(
    missing: RegExp,
    query = '?window=1h',
  ): Promise<{ page: Page; come: () => Promise<void> }> {
    const page = await web.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.route(missing, route => route.fulfill({ status: 404, body: 'not found' }));
    await page.goto(`${server.url}/${query}`);
    if (query === '') return { page, come: () => page.unroute(missing) };
    await source.append([[Date.now() / 1000, 20, 0, 5]]);
    await numbersShown(page);
    return { page, come: () => page.unroute(missing) };
  }

  it('are said to be missing, do not stop the live charts, and are loaded once they are there', async () => {
    const { page, come } = await open(/past-tools|server-health|stored-strip|links-/);
    await page.locator('.plot').first().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    const status = page.locator('#past-status');
    await expect
      .poll(() => status.textContent(), PATIENT)
      .toMatch(/A part of this page cannot be loaded now/);
    await source.append([[Date.now() / 1000, 78, 0, 5]]);
    await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBe(78);
    await come();
    await expect.poll(() => page.locator('.uplot canvas').count(), PATIENT).toBeGreaterThan(0);
    await expect.poll(() => status.textContent(), PATIENT).toBe('');
    await expect.poll(() => page.locator('#data').isVisible(), PATIENT).toBe(true);
    await page.context().close();
  });

  it('come later too if they are tiles, limits or the field that finds datasets', async () => {
    const missing = /column-tiles|page-signs|dataset-limits|dataset-picker/;
    const failed: string[] = [];
    const { page, come } = await open(missing, '?window=1h&alarm=a:..50');
    page.on('pageerror', error => failed.push(error.message));
    await source.append([[Date.now() / 1000, 78, 0, 5]]);
    await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBe(78);
    expect(await page.locator('.tile').count()).toBe(0);
    await come();
    await expect.poll(() => page.locator('.tile').count(), PATIENT).toBe(3);
    await expect.poll(() => page.title(), PATIENT).toMatch(/^⚠ may be missing/);
    await expect.poll(() => page.locator('#datasets input').count(), PATIENT).toBe(1);
    expect(failed).toEqual([]);
    await page.context().close();
  });

  it('are said to be missing if the page is one of all datasets, which it shows once they are there', async () => {
    const { page, come } = await open(/wall-page/, '');
    const message = page.locator('#message-text');
    await expect
      .poll(() => message.textContent(), PATIENT)
      .toMatch(/A part of this page cannot be loaded now/);
    await come();
    await expect.poll(() => page.locator('.card').count(), PATIENT).toBe(8);
    expect(await message.isVisible()).toBe(false);
    await page.context().close();
  });

  it('take over the clicks that came before them', async () => {
    const { page, come } = await open(/view-parts/);
    await page.getByRole('button', { name: 'More' }).click();
    await expect
      .poll(() => page.locator('#view-problem').textContent(), PATIENT)
      .toMatch(/A part of this page cannot be loaded now/);
    expect(await page.locator('#more-list').isHidden()).toBe(true);
    await come();
    await expect.poll(() => page.locator('#more-list').isVisible(), PATIENT).toBe(true);
    expect(await page.locator('#view-problem').isHidden()).toBe(true);
    await page.context().close();
  });
});
