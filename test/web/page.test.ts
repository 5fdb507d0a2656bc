import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Batch, read } from '../../dap/index.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { drawnColumns, numbersShown, pictures, picturesMove, stateIs, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';

/** How long a condition may take to come true. */
const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page of a running server', () => {
  const web = pageTools();
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ interval: 0.1, webRoot: web.folder });
  });
  afterAll(async () => {
    await server?.close();
  });

  it('opens on a dataset and draws it live', async () => {
    await withPage(web.browser, `${server.url}/?url=roberrypi`, async ({ page, requests }) => {
      await stateIs(page, 'Live');
      await numbersShown(page);
      expect(await page.title()).toMatch(/^Thermometer .* – dapberry$/);
      expect(await page.locator('nav a[aria-current]').textContent()).toBe('roberrypi');
      expect(
        await page.locator('.panel').evaluateAll(all => all.map(panel => panel.getAttribute('data-unit'))),
      ).toEqual(['mV', '°C']);
      await picturesMove(page);
      await picturesMove(page);
      await expect
        .poll(async () => (await drawnColumns(page)).filter(Boolean).length, PATIENT)
        .toBeGreaterThan(0);
      expect(requests.filter(url => url.includes('.dods'))).toHaveLength(1);
    });
  });

  it('shows the numbers that the server sends', async () => {
    await withPage(web.browser, `${server.url}/?url=roberrypi`, async ({ page }) => {
      await numbersShown(page);
      const shown = await page
        .locator('.legend li')
        .evaluateAll(all =>
          all.map(item => [item.getAttribute('data-column'), item.querySelector('data')!.value] as const),
        );
      const { dataset, values } = await read(`${server.url}/roberrypi`, {
        constraint: 'sensor&time>now-30s&time<now',
      });
      const [sequence] = dataset.variables;
      if (sequence?.type !== 'Sequence') throw new Error('expected a Sequence');
      const { columns } = values[0] as Batch;
      expect(shown).toHaveLength(2);
      for (const [column, value] of shown) {
        const place = sequence.fields.findIndex(({ name }) => name === column);
        expect(columns[place]).toContain(Number(value));
      }
    });
  });

  it('leads to the other datasets, and keeps the window that was chosen', async () => {
    await withPage(web.browser, `${server.url}/#window=600`, async ({ page, requests }) => {
      await numbersShown(page);
      await page.getByRole('link', { name: 'host', exact: true }).click();
      await page.waitForURL('**/?d=host&window=600');
      await numbersShown(page);
      expect(await page.locator('.panel').count()).toBe(5);
      expect(await page.getByLabel('Window').inputValue()).toBe('600');
      await page.getByLabel('Window').selectOption('30 s');
      expect(new URL(page.url()).search).toBe('?d=host&window=30s');
      await page.reload();
      await numbersShown(page);
      expect(await page.getByLabel('Window').inputValue()).toBe('30');
      expect(requests.filter(url => url.includes('.dods'))).toHaveLength(4);
    });
  });

  it('begins with the past that the server has, as far as the window shows it', async () => {
    await withPage(web.browser, `${server.url}/#window=30`, async ({ page, requests }) => {
      await numbersShown(page);
      await page.getByLabel('Window').selectOption('10 min');
      await expect.poll(() => requests.filter(url => url.includes('.dods')).length, PATIENT).toBe(2);
      const asked = requests
        .filter(url => url.includes('.dods'))
        .map(url => Number(/time>=([\d.]+)$/.exec(url)?.[1]));
      for (const [index, window] of [30, 600].entries()) {
        const since = Date.now() / 1000 - asked[index]!;
        expect(since).toBeGreaterThan(window);
        expect(since).toBeLessThan(window + 30);
      }
    });
  });

  it('stands still when it is paused, and has caught up when it goes on', async () => {
    await withPage(web.browser, `${server.url}/#window=30`, async ({ page }) => {
      await numbersShown(page);
      await picturesMove(page);
      await page.getByRole('button', { name: 'Pause' }).click();
      await stateIs(page, 'Paused');
      // The frame that was under way may still be drawn.
      await page.evaluate(
        () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      const still = await pictures(page);
      const newest = page.locator('#newest');
      const before = await newest.textContent();
      await expect.poll(() => newest.textContent(), PATIENT).not.toBe(before);
      expect(await pictures(page)).toEqual(still);
      await page.getByRole('button', { name: 'Go on' }).click();
      await picturesMove(page);
    });
  });

  it('reads values at any time, by pointer and by keyboard', async () => {
    await withPage(web.browser, `${server.url}/?url=host#window=30`, async ({ page }) => {
      await numbersShown(page);
      const time = page.locator('.legend time').first();
      const plot = page.getByRole('slider').first();
      await plot.hover({ position: { x: 300, y: 50 } });
      await expect.poll(() => time.textContent(), PATIENT).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
      await page.mouse.move(5, 5);
      await expect.poll(() => time.textContent(), PATIENT).toMatch(/^\d\d:\d\d:\d\d$/);
      await plot.focus();
      await page.keyboard.press('ArrowLeft');
      await expect
        .poll(() => plot.getAttribute('aria-valuetext'), PATIENT)
        .toMatch(/^\d\d:\d\d:\d\d\.\d{3}: Load average over 1 min /);
      // The row moves on to the left, by a hundredth in 0.3 s.
      expect(Number(await plot.getAttribute('aria-valuenow'))).toBeGreaterThan(90);
      await page.keyboard.press('Escape');
      await expect.poll(() => plot.getAttribute('aria-valuetext'), PATIENT).toMatch(/^Latest: /);
    });
  });

  it('hides a line and shows it again', async () => {
    await withPage(web.browser, `${server.url}/?url=host#window=30`, async ({ page }) => {
      await numbersShown(page);
      const line = page.locator('.legend').getByRole('button', { name: 'Load average over 5 min' });
      const letter = page.locator('.edge .tag', { hasText: 'B' }).first();
      await expect.poll(() => letter.isVisible(), PATIENT).toBe(true);
      await line.click();
      await expect.poll(() => letter.isVisible(), PATIENT).toBe(false);
      expect(await line.getAttribute('aria-pressed')).toBe('false');
      await line.click();
      await expect.poll(() => letter.isVisible(), PATIENT).toBe(true);
    });
  });

  it('gives addresses of the data that work', async () => {
    await withPage(web.browser, `${server.url}/?url=roberrypi`, async ({ page }) => {
      await numbersShown(page);
      const links = await page
        .locator('#links a')
        .evaluateAll(all => all.map(link => (link as HTMLAnchorElement).href));
      const answers = await Promise.all(links.map(link => fetch(link).then(({ status }) => status)));
      expect(answers).toEqual(links.map(() => 200));
      expect(await page.locator('#command').textContent()).toBe(`curl -N ${server.url}/roberrypi.asc`);
    });
  });

  it('says in a browser without scripts where the data are', async () => {
    await withPage(
      web.browser,
      `${server.url}/`,
      async ({ page }) => {
        const links = page.locator('noscript a');
        expect(await links.count()).toBe(2);
        for (const href of await links.evaluateAll(all => all.map(a => a.getAttribute('href')!))) {
          expect((await fetch(new URL(href, `${server.url}/`))).status).toBe(200);
        }
        expect(await page.locator('#bar').isVisible()).toBe(false);
      },
      { javaScriptEnabled: false },
    );
  });

  it.each([
    { width: 360, height: 640 },
    { width: 1920, height: 1080 },
  ])('fits a screen of $width pixels, as sharp as it can be', async viewport => {
    await withPage(
      web.browser,
      `${server.url}/?url=host`,
      async ({ page }) => {
        await numbersShown(page);
        const {
          page: all,
          screen,
          canvas,
        } = await page.evaluate(() => {
          const first = document.querySelector('canvas')!;
          return {
            page: document.documentElement.scrollWidth,
            screen: innerWidth,
            canvas: first.width / first.clientWidth,
          };
        });
        expect(all).toBeLessThanOrEqual(screen);
        expect(canvas).toBeCloseTo(2, 1);
      },
      { viewport, deviceScaleFactor: 2 },
    );
  });

  it('draws in the colours of the theme', async () => {
    await withPage(web.browser, `${server.url}/?url=roberrypi`, async ({ page }) => {
      await numbersShown(page);
      const colour = () => page.locator('.legend li').first().getAttribute('style');
      expect(await colour()).toContain('#0060a8');
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(colour, PATIENT).toContain('#56b4e9');
      // The theme that the reader chose counts for more than that of the system.
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(await ground()).toBe('rgb(13, 17, 23)');
      await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'light'));
      await expect.poll(colour, PATIENT).toContain('#0060a8');
      expect(await ground()).toBe('rgb(243, 245, 248)');
      await page.emulateMedia({ colorScheme: 'light' });
      await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'dark'));
      await expect.poll(colour, PATIENT).toContain('#56b4e9');
      expect(await ground()).toBe('rgb(13, 17, 23)');
    });
  });

  it('does not move anything but the data where people want no motion', async () => {
    await withPage(
      web.browser,
      `${server.url}/?url=roberrypi`,
      async ({ page }) => {
        await numbersShown(page);
        await picturesMove(page);
        const moving = await page.evaluate(() => document.getAnimations().length);
        expect(moving).toBe(0);
      },
      { reducedMotion: 'reduce' },
    );
  });

  it('says so where there is no such dataset', async () => {
    await withPage(
      web.browser,
      `${server.url}/?url=nothing`,
      async ({ page }) => {
        await stateIs(page, 'Not available');
        expect(await page.locator('#message').textContent()).toMatch(/expected a dataset .*found "nothing"/);
        expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(true);
      },
      { expected: /404/ },
    );
  });
});
