import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, picturesMove, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';

describeWith('chromium', 'the page of fast rows', () => {
  const web = pageTools();

  describe.each([0.001, 0])('of a dataset with an interval of %d s', interval => {
    let fast: Serving;

    beforeAll(async () => {
      fast = await serving({ interval, webRoot: web.folder });
    });
    afterAll(() => fast.close());

    it('stays responsive and keeps real time', async () => {
      await withPage(web.browser, `${fast.url}/#window=30`, async ({ page }) => {
        await numbersShown(page);
        await picturesMove(page);
        const took = await page.evaluate(async () => {
          const begin = performance.now();
          for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
          return performance.now() - begin;
        });
        expect(took).toBeLessThan(4000);
        await picturesMove(page);
        const text = (await page.locator('#newest').textContent()) ?? '';
        const [hours = 0, minutes = 0, seconds = 0] = (/(\d\d):(\d\d):(\d\d)/.exec(text) ?? [])
          .slice(1)
          .map(Number);
        const now = new Date();
        const [h, m, s] = [now.getHours(), now.getMinutes(), now.getSeconds()];
        const late = (h - hours) * 3600 + (m - minutes) * 60 + s - seconds;
        expect(Math.abs(late)).toBeLessThan(5);
      });
    });
  });
});
