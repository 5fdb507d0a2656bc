import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, type OpenPage, openPage, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { now, PATIENT, RowPages, textOf, UNITS, valuesOf } from './row-pages.ts';

const HOUR = 3600;

describeWith('chromium', 'the page of rows that come seldom and irregularly', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;
  let opened: OpenPage;

  beforeEach(async () => {
    source = new ScriptedSource();
    server = await serving({
      datasets: [inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 1e6 } })],
      webRoot: web.folder,
    });
  });
  afterEach(async () => {
    await opened.page.context().close();
    await server.close();
  });

  /** The time that the charts show, as it is written on paper. */
  async function captionOf(page: Page): Promise<string | null> {
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    return page.locator('.paper-caption').textContent();
  }

  it('shows the window that its address names, once it is known how seldom they come', async () => {
    const end = now();
    await source.append(
      Array.from({ length: 8 * 60 }, (_, index) => [end - 8 * HOUR + 60 * index, 20, index, 5]),
    );
    opened = await openPage(web.browser, `${server.url}/?window=6h`);
    const { page } = opened;
    await source.append([[now(), 20, 0, 5]]);
    await numbersShown(page);
    await stateIs(page, 'Live');
    await expect.poll(() => page.locator('#newest').textContent(), PATIENT).toContain('one every 60 s');
    await expect.poll(() => captionOf(page), PATIENT).toMatch(/^6 h: /);
    expect(opened.problems).toEqual([]);
  });

  it('asks for the rows of a longer window though the short one had none', async () => {
    await source.append([[now() - HOUR / 2, 47, 0, 5]]);
    opened = await openPage(web.browser, 'about:blank');
    const { page, requests } = opened;
    await page.clock.install();
    await page.goto(`${server.url}/?window=2m`);
    await stateIs(page, 'Waiting for a row');
    const asked = () => requests.filter(url => url.includes('.dods'));
    // The page gives the past up, and waits for the next row.
    await expect
      .poll(async () => {
        await page.clock.fastForward(16_000);
        return asked().at(-1);
      }, PATIENT)
      .toMatch(/\.dods$/);
    await page.getByLabel('Window').selectOption('1 h');
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['47.0', '0', '5.0']);
    expect(opened.problems).toEqual([]);
  });
});

describeWith('chromium', 'the page of a dataset that states its interval', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  describe('of ten minutes', () => {
    it('is not late a minute after its first row', async () => {
      const { rows, page } = await pages.openRows(
        'Float64 a;',
        `Attributes { NC_GLOBAL { String time_coverage_resolution "PT600S"; } s { ${UNITS} } }`,
      );
      rows.send([now(), 1.5]);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['1.5']);
      // A minute passes, by both clocks of the browser.
      await page.evaluate(async () => {
        const [clock, passed] = [Date.now.bind(Date), performance.now.bind(performance)];
        Date.now = () => clock() + 60_000;
        performance.now = () => passed() + 60_000;
        for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
      });
      expect(await textOf(page, '#newest')).toMatch(/^newest row /);
      expect(await page.locator('#charts').getAttribute('data-stale')).toBeNull();
    });
  });
});
