import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { inkOf, stateIs } from './open-page.ts';
import { now, PATIENT, PHONE, RowPages, textOf, UNITS } from './row-pages.ts';

describeWith('chromium', 'the lines on the page', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  describe('of few rows', () => {
    const DAS = `Attributes {
      NC_GLOBAL { String time_coverage_resolution "PT60S"; }
      s { ${UNITS} zero { String units "m"; } other { String units "degC"; } }
    }`;

    it('is drawn from the first on, whole, also at 0', async () => {
      const { rows, page } = await pages.openRows('Float64 zero; Float64 other;', DAS);
      rows.send([now(), 0, 21.5]);
      for (const canvas of [0, 1]) {
        await expect.poll(async () => (await inkOf(page, canvas)).pixels, PATIENT).toBeGreaterThanOrEqual(9);
      }
      rows.send([now(), 0, 21.5]);
      await expect.poll(async () => (await inkOf(page, 0)).pixels, PATIENT).toBeGreaterThanOrEqual(9);
      const { top, bottom, left, right } = await inkOf(page, 0);
      expect([bottom - top + 1, right - left + 1]).toEqual([4, expect.toSatisfy(wide => wide >= 3)]);
    });

    it('that stay at 0 is a line as thick as any', async () => {
      const { rows, page } = await pages.openRows('Float64 zero; Float64 other;', DAS, {
        hash: '#window=30',
      });
      const end = now();
      rows.send(...Array.from({ length: 25 }, (_, index) => [end - 25 + index, 0, 21.5]));
      const thickness = async (canvas: number) => {
        const { top, bottom } = await inkOf(page, canvas);
        return bottom - top + 1;
      };
      await expect.poll(() => thickness(0), PATIENT).toBe(2);
      expect(await thickness(1)).toBe(2);
    });
  });

  it('fits a phone, whatever anything is called', async () => {
    const long = 'Averyveryverylongunbrokenname'.repeat(8);
    const { rows, page } = await pages.openRows(
      `Float64 ${long}; Float64 b; String t;`,
      `Attributes {
        NC_GLOBAL { String title "${long}"; String institution "${long}"; }
        s { ${UNITS} b { String units "${long}"; String sensor_name "${long}"; } t { String long_name "${long}"; } }
      }`,
      { ...PHONE, query: `?time,${long},b,t&b>-${'1'.repeat(300)}` },
    );
    rows.send([now(), 1.5e300, -123_456_789.123, long]);
    await expect.poll(() => textOf(page, '.texts dd'), PATIENT).toBe(long);
    // The tiles, too, have the value and its unit.
    await expect.poll(() => textOf(page, '.tile-value'), PATIENT).toMatch(/^1/);
    const widths = () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]);
    expect(await widths()).toEqual([360, expect.toSatisfy(width => width <= 360), 360]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await rows.close();
    await stateIs(page, 'Reconnecting');
    expect((await widths())[0]).toBe(360);
  });

  describe('on paper', () => {
    /** How far each label of the first value axis is from where its value is in the chart, in CSS pixels. */
    const misplaced = (open: Page) =>
      open.evaluate(() => {
        const plot = document.querySelector('.plot')!.getBoundingClientRect();
        const labels = [...document.querySelectorAll('.panel:first-child .value-axis span')].map(label => {
          const { top, height } = label.getBoundingClientRect();
          return { value: Number(label.textContent!.replace('−', '-')), at: top + height / 2 - plot.top };
        });
        const values = labels.map(({ value }) => value);
        const [least, greatest] = [Math.min(...values), Math.max(...values)];
        return Math.max(
          ...labels.map(({ value, at }) =>
            Math.abs(at - ((greatest - value) / (greatest - least)) * plot.height),
          ),
        );
      });

    it('has every label beside its value and every chart drawn, in the colours of paper', async () => {
      const units = ['degC', 'm', 'V', 'A', 'W', 'Pa'];
      const columns = units.map((_, index) => `c${index}`);
      const { rows, page } = await pages.openRows(
        columns.map(column => `Float64 ${column};`).join(' '),
        `Attributes { s { ${UNITS} ${columns.map((column, index) => `${column} { String units "${units[index]}"; }`).join(' ')} } }`,
        { hash: '#window=30', colorScheme: 'dark', viewport: { width: 1000, height: 700 } },
      );
      const end = now();
      rows.send(
        ...Array.from({ length: 25 }, (_, index) => [
          end - 25 + index,
          ...columns.map(() => -40 + 22 * Math.sin(index / 4)),
        ]),
      );
      await stateIs(page, 'Live');
      await expect.poll(async () => (await inkOf(page, 0)).pixels, PATIENT).toBeGreaterThan(200);
      // Far below the fold, where nothing is drawn for the screen.
      expect((await inkOf(page, 5)).pixels).toBe(0);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      for (const canvas of columns.keys()) expect((await inkOf(page, canvas)).pixels).toBeGreaterThan(200);
      await page.emulateMedia({ media: 'print' });
      expect(await misplaced(page)).toBeLessThan(1);
      for (const canvas of columns.keys()) expect((await inkOf(page, canvas)).pixels).toBeGreaterThan(200);
      const colour = await page.locator('.legend li').first().getAttribute('style');
      expect(colour).toContain('#0060a8');
      expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 36, 48)');
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.length).toBeGreaterThan(10_000);
      await page.emulateMedia({ media: 'screen' });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      await expect.poll(() => misplaced(page), PATIENT).toBeLessThan(1);
      // Without the event, too.
      const caption = page.locator('.paper-caption');
      await caption.evaluate(shown => shown.replaceChildren());
      await page.emulateMedia({ media: 'print' });
      await expect.poll(() => caption.textContent(), PATIENT).toMatch(/^30 s: \d{4}-\d\d-\d\d /);
    });
  });
});
