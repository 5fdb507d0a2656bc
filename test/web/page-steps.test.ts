import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, type OpenPage, openPage, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { now, PATIENT } from './row-pages.ts';

const HOUR = 3600;

describeWith('chromium', 'steps along the time axis', () => {
  const web = pageTools();
  let server: Serving;
  let opened: OpenPage;
  let end: number;

  beforeEach(async () => {
    const source = new ScriptedSource();
    server = await serving({
      datasets: [inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 1e6 } })],
      webRoot: web.folder,
    });
    end = now();
    await source.append(
      Array.from({ length: 121 }, (_, index) => [end - 2 * HOUR + 60 * index, 20, index, 5]),
    );
  });
  afterEach(async () => {
    await opened.page.context().close();
    await server.close();
  });

  const endNamed = (page: Page) =>
    page.evaluate(() => Date.parse(new URLSearchParams(location.search).get('to') ?? '') / 1000);

  it.each([
    ['a button', (page: Page) => page.getByRole('button', { name: 'Earlier' }).click()],
    ['a key', (page: Page) => page.keyboard.press('Shift+ArrowLeft')],
  ])('by %s begin at the time at which charts were paused', async (_, step) => {
    opened = await openPage(web.browser, 'about:blank');
    const { page } = opened;
    await page.clock.install();
    await page.goto(`${server.url}/?window=1h`);
    await numbersShown(page);
    await page.locator('.plot').first().focus();
    await page.getByRole('button', { name: 'Pause' }).click();
    await stateIs(page, 'Paused');
    await page.locator('.plot').first().focus();
    await page.clock.fastForward(600_000);
    await step(page);
    await expect.poll(() => endNamed(page), PATIENT).toBeLessThan(end - HOUR / 4 + 60);
    expect(await endNamed(page)).toBeGreaterThan(end - HOUR / 4 - 60);
    expect(await page.locator('#past').isVisible()).toBe(true);
  });

  it('are none of a mouse whose button was let go of beside the charts', async () => {
    opened = await openPage(web.browser, `${server.url}/?window=1h`);
    const { page, problems } = opened;
    await numbersShown(page);
    const { x, y, width } = (await page.locator('.plot').first().boundingBox())!;
    await page.mouse.move(x + width / 2, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, 5, { steps: 3 });
    await page.mouse.up();
    await page.mouse.move(x + width / 2, y + 40);
    await page.mouse.move(x + width * 0.9, y + 40, { steps: 8 });
    // The mouse points at a moment.
    await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(true);
    expect(await page.locator('#past').isVisible()).toBe(false);
    expect(problems).toEqual([]);
  });
});
