import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { picturesMove } from './open-page.ts';
import { now, PATIENT, PHONE, placeOf, RowPages, textOf, UNITS, valuesOf } from './row-pages.ts';
import type { RowServer } from './row-server.ts';

describeWith('chromium', 'reading a moment on the page', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  describe('where rows are missing', () => {
    const DAY = 86_400;
    // Rows of ten seconds, and an outage of 50 minutes; b alone has no value for half an hour.
    const send = (to: RowServer) => {
      const end = now();
      const outage = [end - 40_000, end - 37_000] as const;
      const silence = [end - 20_000, end - 18_200] as const;
      const times = Array.from({ length: 8000 }, (_, index) => end - 79_990 + 10 * index);
      to.send(
        ...times
          .filter(time => time < outage[0] || time > outage[1])
          .map(time => [time, 34, time > silence[0] && time < silence[1] ? Number.NaN : 7]),
      );
      return { outage, silence };
    };

    it.each([
      ['a laptop', {}],
      ['a phone', PHONE],
    ])('is no value on %s, though a row is 24 minutes away', async (_, context) => {
      const { rows, page } = await pages.openRows('Float64 a; Float64 b;', `Attributes { s { ${UNITS} } }`, {
        ...context,
        hash: `#window=${DAY}`,
      });
      const { outage, silence } = send(rows);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '7.0']);
      const point = async (seconds: number) => {
        const { x, y } = await placeOf(page, seconds, DAY);
        if ('hasTouch' in context) await page.touchscreen.tap(x, y);
        else await page.mouse.move(x, y);
      };
      for (const minutes of [8, 24, 25, 42]) {
        await point(outage[0] + 60 * minutes);
        await expect.poll(() => valuesOf(page), PATIENT).toEqual(['–', '–']);
        expect(await textOf(page, '.legend .note')).toBe('no value');
      }
      await point((silence[0] + silence[1]) / 2);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '–']);
      await point(outage[0] - 6000);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '7.0']);
      const time = page.locator('.legend time').first();
      expect(await time.isVisible()).toBe(true);
      expect(await time.textContent()).toMatch(/\d\d:\d\d:\d\d\.\d{3}$/);
      // The time of a row, not of a pixel.
      const read = Date.parse((await time.getAttribute('datetime')) ?? '') / 1000;
      expect(Math.abs(read - (outage[0] - 6000))).toBeLessThan(400);
    });
  });

  it('names the day of a moment before today in the chart, too', async () => {
    const DAY = 86_400;
    const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
      hash: '#window=3d',
    });
    rows.send(...Array.from({ length: 433 }, (_, index) => [now() - 600 * (432 - index), index]));
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['432.0']);
    const { x, y } = await placeOf(page, now() - 2 * DAY, 3 * DAY);
    await page.mouse.move(x, y);
    await expect
      .poll(() => textOf(page, '.cursor span'), PATIENT)
      .toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  describe('at a moment', () => {
    it('stays that of the moment, which moves with the data, until it is let go', async () => {
      const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=30',
      });
      const begin = now() - 20;
      rows.send(...Array.from({ length: 20 }, (_, index) => [begin + index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['19.5']);
      const { x, y } = await placeOf(page, begin + 15, 30);
      await page.mouse.move(x, y);
      await expect.poll(() => textOf(page, '.legend time'), PATIENT).toMatch(/\.\d{3}$/);
      const [value] = await valuesOf(page);
      const time = await textOf(page, '.legend time');
      expect(await textOf(page, '.cursor span')).toBe(time);
      const left = () =>
        page
          .locator('.cursor')
          .first()
          .evaluate(cursor => cursor.getBoundingClientRect().left);
      const before = await left();
      rows.send([now(), 99.5]);
      await expect.poll(left, PATIENT).toBeLessThan(before - 20);
      expect(await valuesOf(page)).toEqual([value]);
      expect(await textOf(page, '.legend time')).toBe(time);
      await page.mouse.move(5, 5);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['99.5']);
    });

    it('is told with its time after a tap, and a tap elsewhere leads back to now', async () => {
      const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        ...PHONE,
        hash: '#window=600',
      });
      const begin = now() - 400;
      rows.send(...Array.from({ length: 40 }, (_, index) => [begin + 10 * index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['39.5']);
      await expect.poll(() => textOf(page, '#newest'), PATIENT).toMatch(/every 10 s$/);
      const chart = page.locator('.plot').first();
      const before = await chart.boundingBox();
      const { x, y } = await placeOf(page, begin + 200, 600);
      await page.touchscreen.tap(x, y);
      await expect.poll(() => valuesOf(page), PATIENT).not.toEqual(['39.5']);
      const time = page.locator('.legend time').first();
      expect(await time.isVisible()).toBe(true);
      expect(await time.textContent()).toMatch(/\d\d:\d\d:\d\d\.\d{3}$/);
      // Nothing has moved under the finger.
      expect(await chart.boundingBox()).toEqual(before);
      const { top } = await page.locator('.masthead').evaluate(head => head.getBoundingClientRect());
      await page.touchscreen.tap(300, top + 20);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['39.5']);
    });

    it('is that of the row before or after it by the arrow keys', async () => {
      const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=600',
      });
      const begin = now() - 360;
      rows.send(...Array.from({ length: 10 }, (_, index) => [begin + 40 * index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['9.5']);
      const { x, y } = await placeOf(page, begin + 200, 600);
      await page.mouse.click(x, y);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['5.5']);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['4.5']);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['6.5']);
    });

    it('stays in sight where the Home key goes to', async () => {
      const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=600',
      });
      rows.send(...Array.from({ length: 701 }, (_, index) => [now() - 700 + index, index]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['700.0']);
      await page.locator('.plot').first().focus();
      await page.keyboard.press('Home');
      await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBeLessThan(200);
      const [read] = await valuesOf(page);
      rows.send([now(), 701]);
      await picturesMove(page);
      expect(await valuesOf(page)).toEqual([read]);
    });
  });
});
