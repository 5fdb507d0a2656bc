import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, openPage, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';

describeWith('chromium', 'the page as a kiosk', () => {
  const web = pageTools();
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ webRoot: web.folder });
  });
  afterAll(async () => {
    await server?.close();
  });

  it('fills the screen with the charts of a dataset, without controls', async () => {
    await withPage(web.browser, `${server.url}/?kiosk&url=roberrypi`, async ({ page }) => {
      await numbersShown(page);
      for (const control of ['.controls', 'footer', 'nav'])
        expect(await page.locator(control).isVisible()).toBe(false);
      const { bottom, height } = await page.evaluate(() => {
        const panels = [...document.querySelectorAll('.panel')];
        return {
          bottom: Math.max(...panels.map(each => each.getBoundingClientRect().bottom)),
          height: innerHeight,
        };
      });
      expect(bottom).toBeLessThanOrEqual(height);
      expect(bottom).toBeGreaterThan(0.9 * height);
    });
  });

  it('says that a value is not understood, and shows the wall', async () => {
    await withPage(web.browser, `${server.url}/?kiosk=abc`, async ({ page }) => {
      expect(await page.locator('.kiosk-problem').textContent()).toContain(
        'says kiosk=abc: expected kiosk alone',
      );
      await expect.poll(() => page.locator('.card').count(), PATIENT).toBe(2);
    });
  });

  it('shows the datasets in turn, with one frame of each at a time', async () => {
    await withPage(
      web.browser,
      `${server.url}/?kiosk=5`,
      async ({ page }) => {
        const shown = () => page.frameLocator('iframe.shown').locator('#title').textContent();
        await expect.poll(() => page.locator('iframe.shown').count(), PATIENT).toBe(1);
        await expect.poll(shown, PATIENT).toContain('Thermometer');
        await expect.poll(shown, PATIENT).not.toContain('Thermometer');
        await expect.poll(shown, PATIENT).toContain('Thermometer');
        expect(await page.locator('iframe').count()).toBeLessThanOrEqual(2);
      },
      // A frame that is over lets go of what it was asking for.
      { expected: /ERR_ABORTED/ },
    );
  });

  it('shows its first dataset though that does not come at once, however long each is to be shown', async () => {
    const { page } = await openPage(web.browser, 'about:blank');
    let asked = 0;
    await page.route(/[?&]d=/, route => {
      asked += 1;
      return asked === 1 ? route.abort() : route.continue();
    });
    await page.goto(`${server.url}/?kiosk=3600`);
    await expect.poll(() => page.locator('iframe.shown').count(), PATIENT).toBe(1);
    const value = page.frameLocator('iframe.shown').locator('.legend data').first();
    await expect.poll(() => value.textContent(), PATIENT).toMatch(/\d/);
    await page.context().close();
  });

  it('loads a dataset anew that could not be shown in its turn', async () => {
    const { page, requests } = await openPage(web.browser, 'about:blank');
    await page.clock.install();
    await page.goto(`${server.url}/?kiosk=3600&d=nothing`);
    const asked = () => requests.filter(url => url.includes('nothing.dds')).length;
    await page.frameLocator('iframe').getByText('The server has no such data').waitFor();
    const before = asked();
    await page.clock.fastForward(61_000);
    await expect.poll(asked, PATIENT).toBeGreaterThan(before);
    await page.context().close();
  });

  it('loads itself anew after an upgrade of the server, and not while the server is away', async () => {
    const { page } = await openPage(web.browser, 'about:blank');
    await page.clock.install();
    await page.goto(`${server.url}/?kiosk&url=roberrypi`);
    await numbersShown(page);
    let loads = 0;
    page.on('load', () => {
      loads += 1;
    });
    await page.route('**/catalog.json', route => route.abort());
    const asked = page.waitForRequest('**/catalog.json');
    await page.clock.fastForward(61_000);
    await asked;
    await page.unroute('**/catalog.json');
    expect(loads).toBe(0);
    const catalog = (await (await fetch(`${server.url}/catalog.json`)).json()) as object;
    await page.route('**/catalog.json', route =>
      route.fulfill({ json: { ...catalog, server: 'dapberry/99.0.0' } }),
    );
    await page.clock.fastForward(61_000);
    await expect.poll(() => loads, PATIENT).toBe(1);
    await page.context().close();
  });
});
