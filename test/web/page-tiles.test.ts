import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { type AilingServer, ailingServer } from './ailing-server.ts';
import { lookAgain, numbersShown, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT, PHONE } from './row-pages.ts';

describeWith('chromium', 'the tiles above the charts', () => {
  const web = pageTools();
  let server: AilingServer;

  beforeAll(async () => {
    server = await ailingServer(web.folder);
  });
  afterAll(async () => {
    await server?.close();
  });

  it('show each column as its legend does, with today, and hide and show lines together with it', async () => {
    await withPage(web.browser, `${server.url}/?url=station`, async ({ page }) => {
      await numbersShown(page);
      const tile = (column: string) => page.locator(`.tile[data-tile="${column}"]`);
      const button = (column: string) => tile(column).getByRole('button');
      await expect.poll(() => page.locator('.tile:visible').count(), PATIENT).toBe(9);
      await expect.poll(() => tile('probe0').locator('.tile-least').textContent(), PATIENT).toMatch(/^\d/);
      expect(await tile('probe0').locator('path').getAttribute('d')).toMatch(/^M/);
      expect(await tile('probe0').locator('.unit').textContent()).toBe('°C');

      const legend = page.locator('.legend li[data-column="probe0"] button');
      await button('probe0').click();
      await expect.poll(() => legend.getAttribute('aria-pressed'), PATIENT).toBe('false');
      expect(await button('probe0').getAttribute('aria-pressed')).toBe('false');
      await page.reload();
      await expect.poll(() => button('probe0').getAttribute('aria-pressed'), PATIENT).toBe('false');
      await legend.click();
      await expect.poll(() => button('probe0').getAttribute('aria-pressed'), PATIENT).toBe('true');

      // A column that is alone in its chart takes the chart with it.
      const chart = page.locator('.panel', { has: page.locator('[data-column="air_humidity"]') });
      await button('air_humidity').click();
      await expect.poll(() => chart.isVisible(), PATIENT).toBe(false);
      await button('air_humidity').click();
      await expect.poll(() => chart.isVisible(), PATIENT).toBe(true);
    });
  });

  it('show the extremes of today alone, though the charts were paused the day before', async () => {
    await withPage(web.browser, `${server.url}/?url=station`, async ({ page }) => {
      await numbersShown(page);
      const tile = page.locator('.tile[data-tile="probe0"]');
      await expect.poll(() => tile.locator('.tile-least').textContent(), PATIENT).toMatch(/^\d/);
      await page.getByRole('button', { name: 'Pause' }).click();
      // The next day begins, of which the server has other values.
      const dayStart = Date.now() / 1000;
      await page.route('**/latest.json*', async route => {
        const answer = (await (await route.fetch()).json()) as {
          values: object;
          recent: { columns: object };
        };
        const values = { ...answer.values, probe0: 1.5 };
        const columns = { ...answer.recent.columns, probe0: { least: 1, greatest: 2 } };
        const recent = { ...answer.recent, dayStart, since: dayStart, columns };
        await route.fulfill({ json: { ...answer, values, recent } });
      });
      await lookAgain(page);
      await expect.poll(() => tile.locator('.tile-least').textContent(), PATIENT).toMatch(/^1(\.0+)?$/);
      expect(await tile.locator('.tile-greatest').textContent()).toMatch(/^2(\.0+)?$/);
    });
  });

  it('are rows on a phone, fold away, and keep a failing one in sight and first', async () => {
    await server.fail({ probe5: 'no answer on the bus' });
    await withPage(
      web.browser,
      `${server.url}/?url=station`,
      async ({ page }) => {
        await expect.poll(() => page.locator('.tile:visible').count(), PATIENT).toBe(5);
        await lookAgain(page);
        await expect
          .poll(() => page.locator('.tile').first().textContent(), PATIENT)
          .toMatch(/Probe5.*fails since \d\d:\d\d: no answer on the bus/);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
        const more = page.getByRole('button', { name: 'Show all 9' });
        await more.click();
        expect(await page.locator('.tile:visible').count()).toBe(9);
        await page.getByRole('button', { name: 'Show fewer' }).click();
        expect(await page.locator('.tile:visible').count()).toBe(5);
        // Another one comes into sight though a reader is in the tiles, which keep their places.
        const failing = page.locator('.tile[data-tile="probe4"]');
        expect(await failing.isVisible()).toBe(false);
        await page.locator('.tile[data-tile="probe5"] button').focus();
        await server.fail({ probe4: 'no answer on the bus' });
        await lookAgain(page);
        await expect.poll(() => failing.isVisible(), PATIENT).toBe(true);
        expect(await page.locator('.tile').first().getAttribute('data-tile')).toBe('probe5');
      },
      PHONE,
    );
  });
});
