import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, setVisibility, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';
import { type RowServer, rowServer } from './row-server.ts';

describeWith('chromium', 'the address of the page', () => {
  const web = pageTools();
  let server: Serving;
  let other: Serving;
  let rows: RowServer;

  beforeAll(async () => {
    server = await serving({ interval: 0.5, webRoot: web.folder });
    other = await serving({ interval: 0.5, seed: 2 });
    rows = await rowServer('Dataset { Sequence { Float64 time; Float64 a; } s; } d;');
  });
  afterAll(async () => {
    await Promise.all([server?.close(), other?.close(), rows?.close()]);
  });

  const addressOf = (page: Page) => page.evaluate(() => decodeURIComponent(location.search + location.hash));
  const problemsOn = (page: Page) => page.locator('#view-problem span').allTextContents();
  const shownColumns = (page: Page) =>
    page
      .locator('.panel:visible .legend li:has([aria-pressed="true"])')
      .evaluateAll(all => all.map(item => item.getAttribute('data-column')));

  it('shows several datasets, also of another server, with one set of controls; one that is missing disturbs none', async () => {
    const query = `?d=roberrypi&d=nothing&d=${other.url}/host&window=30s`;
    await withPage(
      web.browser,
      `${server.url}/${query}`,
      async ({ page }) => {
        const sections = page.locator('.dataset');
        const states = () =>
          sections.evaluateAll(all => all.map(each => each.querySelector('.status strong')?.textContent));
        await expect.poll(states, PATIENT).toEqual(['Live', 'Not available', 'Live']);
        expect(await sections.nth(1).locator('.message').textContent()).toMatch(/found "nothing"/);
        // Screen readers are told which of the datasets it is.
        const said = (index: number) => sections.nth(index).locator('[role=status]').first().textContent();
        expect(await said(0)).toMatch(/^Thermometer.*: Live$/);
        expect(await said(1)).toBe('nothing: Not available');
        await expect
          .poll(() => sections.nth(2).locator('.legend data').first().textContent(), PATIENT)
          .toMatch(/\d/);
        expect(await sections.nth(2).locator('.links a').first().getAttribute('href')).toContain(other.url);
        expect(await page.locator('h1').textContent()).toContain('Thermometer');
        expect(await page.locator('nav a[aria-current]').allTextContents()).toEqual(['roberrypi']);

        // One moment for all charts.
        const plot = sections.nth(2).locator('.plot').first();
        await plot.click({ position: { x: 200, y: 40 } });
        await sections.first().scrollIntoViewIfNeeded();
        await expect.poll(() => sections.first().locator('.cursor').first().isVisible(), PATIENT).toBe(true);
        await expect.poll(() => addressOf(page), PATIENT).toContain('&at=');
        await page.getByRole('button', { name: 'Let go of this moment' }).first().click();
        await expect.poll(() => addressOf(page), PATIENT).toBe(query);

        await page.getByRole('button', { name: 'Pause' }).click();
        await expect.poll(states, PATIENT).toEqual(['Paused', 'Not available', 'Paused']);
        await page.getByRole('button', { name: 'Go on' }).click();

        // A step is an entry of the history.
        await page.getByLabel('Window').selectOption('10 min');
        expect(await addressOf(page)).toBe(query.replace('30s', '10m'));
        await page.goBack();
        expect(await page.getByLabel('Window').inputValue()).toBe('30');
        expect(await addressOf(page)).toBe(query);
      },
      { expected: /404/ },
    );
  });

  it('names the columns that are shown: after a click, a reload, Back, and in a link that was sent', async () => {
    await withPage(web.browser, `${server.url}/?d=host&window=30s`, async ({ page }) => {
      await numbersShown(page);
      const all = (await shownColumns(page)) as string[];
      expect(all.length).toBeGreaterThan(3);
      const [first = '', ...others] = all;
      await page.locator(`.legend li[data-column="${first}"] button`).click();
      expect(await shownColumns(page)).toEqual(others);
      expect(await addressOf(page)).toBe(`?d=host&window=30s&cols=${others.join()}`);
      await page.reload();
      await numbersShown(page);
      expect(await shownColumns(page)).toEqual(others);
      await page.goBack();
      await expect.poll(() => shownColumns(page), PATIENT).toEqual(all);
      await page.goForward();
      await expect.poll(() => shownColumns(page), PATIENT).toEqual(others);
      await page.locator('.hidden-columns button').first().click();
      expect(await shownColumns(page)).toEqual(all);
      expect(await addressOf(page)).toBe('?d=host&window=30s');
    });
  });

  it('is told where it is not understood, and applied where it is', async () => {
    const query = '?cols=temperatur,voltage&theme=blue&form=now-1h&window=30s&at=2020-01-01&kiosk';
    await withPage(web.browser, `${server.url}/${query}`, async ({ page }) => {
      await numbersShown(page);
      await expect.poll(async () => (await problemsOn(page)).length, PATIENT).toBe(4);
      const problems = (await problemsOn(page)).join('\n');
      expect(problems).toContain('cols=temperatur: no column has this name. Did you mean temperature?');
      expect(problems).toContain('theme=blue: expected dark or light.');
      expect(problems).toContain('form: no parameter has this name. Did you mean from?');
      expect(problems).toContain('at=2020-01-01T00:00:00Z: expected a moment from ');
      expect(await shownColumns(page)).toEqual(['voltage']);
      expect(await page.getByLabel('Window').inputValue()).toBe('30');
      expect(await addressOf(page)).toBe(query);
      // What the reader changes is understood.
      await page.locator('.hidden-columns button').first().click();
      expect((await problemsOn(page)).join('\n')).not.toContain('cols=');
      expect(await addressOf(page)).toContain('kiosk');
    });
  });

  it('keeps a pinned moment, colours, and times in the hash behind url=', async () => {
    // The time of a row: where the server has none yet, there is nothing to point at.
    const newest = await (await fetch(`${server.url}/roberrypi/latest.json`)).json();
    const at = new Date(Date.parse(newest.time)).toISOString();
    await withPage(
      web.browser,
      `${server.url}/?theme=dark&url=roberrypi#at=${at}&window=60`,
      async ({ page }) => {
        await numbersShown(page);
        await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(true);
        expect(await problemsOn(page)).toEqual([]);
        const theme = () => page.evaluate(() => document.documentElement.getAttribute('data-theme'));
        expect(await theme()).toBe('dark');
        await page.getByLabel('Window').selectOption('2 min');
        expect(await addressOf(page)).toBe(`?theme=dark&url=roberrypi#at=${at}&window=2m`);

        // The menu works by keys, and the choice replaces that of the address.
        const more = page.getByRole('button', { name: 'More' });
        await more.focus();
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Escape');
        expect(await more.evaluate(button => button === document.activeElement)).toBe(true);
        expect(await page.getByRole('menu').isVisible()).toBe(false);
        await more.click();
        expect(await page.getByRole('menuitemradio', { name: 'Dark' }).getAttribute('aria-checked')).toBe(
          'true',
        );
        await page.getByRole('menuitemradio', { name: 'Light' }).click();
        expect(await theme()).toBe('light');
        expect(await addressOf(page)).not.toContain('theme=');
        await page.reload();
        await expect.poll(theme, PATIENT).toBe('light');
      },
    );
  });

  it('is shared as a link of the view: fixed where it stands, live where it moves', async () => {
    await withPage(
      web.browser,
      `${server.url}/?window=2m`,
      async ({ page }) => {
        await numbersShown(page);
        const share = page.getByRole('button', { name: 'Share' });
        const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
        await share.click();
        await expect.poll(() => page.locator('#share').textContent(), PATIENT).toBe('Copied');
        expect(await clipboard()).toBe(`${server.url}/?d=roberrypi&window=2m`);
        await page.getByRole('button', { name: 'Pause' }).click();
        // The box is open, and its link is that of the view now.
        await page.locator('#share-copy').click();
        await expect
          .poll(clipboard, PATIENT)
          .toMatch(/\/\?d=roberrypi&from=\d{4}-\d\d-\d\dT[\d:.]+Z&to=\d{4}-\d\d-\d\dT[\d:.]+Z$/);
        // Without a clipboard the link stands selected in a field.
        await page.evaluate(() => {
          Object.defineProperty(navigator, 'clipboard', { value: undefined });
          document.execCommand = () => false;
        });
        await page.locator('#share-copy').click();
        const field = page.getByLabel('Link of this view');
        const selected = () =>
          field.evaluate(
            (input: HTMLInputElement) => (input.selectionEnd ?? 0) - (input.selectionStart ?? 0),
          );
        expect(await selected()).toBe((await field.inputValue()).length);
        await page.keyboard.press('Escape');
        expect(await field.isVisible()).toBe(false);
      },
      { permissions: ['clipboard-read', 'clipboard-write'] },
    );
  });

  it('keeps what its hash says when a reader skips to the charts', async () => {
    await withPage(web.browser, `${server.url}/#d=host&window=30s`, async ({ page }) => {
      await numbersShown(page);
      await page.locator('#skip').focus();
      await page.keyboard.press('Enter');
      await expect.poll(() => page.evaluate(() => document.activeElement?.id), PATIENT).toBe('charts');
      expect(await addressOf(page)).toBe('#d=host&window=30s');
      expect(await page.locator('[aria-current="page"]').textContent()).toBe('host');
    });
  });

  it('shows other datasets when its hash names them, on the wall too', async () => {
    await withPage(web.browser, `${server.url}/#d=roberrypi`, async ({ page }) => {
      const title = () => page.locator('#title').textContent();
      await numbersShown(page);
      expect(await title()).toContain('Thermometer');
      // What a reader does who writes into the address bar.
      const write = (hash: string) =>
        page.evaluate(it => {
          location.hash = it;
        }, hash);
      await write('d=host');
      await expect.poll(title, PATIENT).not.toContain('Thermometer');
      await numbersShown(page);
      await page.goBack();
      await expect.poll(title, PATIENT).toContain('Thermometer');
      await page.goto(server.url);
      await page.locator('.card').first().waitFor();
      await write('window=300');
      await expect.poll(title, PATIENT).toContain('Thermometer');
      expect(await page.getByLabel('Window').inputValue()).toBe('300');
    });
  });

  it('stays, and the view with it, when the server adds a column', async () => {
    await withPage(
      web.browser,
      `${server.url}/?d=${rows.url}&d=roberrypi`,
      async ({ page }) => {
        await expect.poll(() => rows.streams, PATIENT).toBe(1);
        rows.send([Date.now() / 1000, 1]);
        await expect.poll(() => page.locator('.legend li[data-column="a"]').count(), PATIENT).toBe(1);
        await page.getByRole('button', { name: 'Earlier' }).click();
        await expect.poll(() => addressOf(page), PATIENT).toContain('&from=');
        const before = await addressOf(page);
        rows.become('Dataset { Sequence { Float64 time; Float64 a; Float64 b; } s; } d;');
        await expect
          .poll(async () => {
            rows.send([Date.now() / 1000, 2, 3]);
            return page.locator('.legend li[data-column="b"]').count();
          }, PATIENT)
          .toBe(1);
        expect(await page.locator('#past').isVisible()).toBe(true);
        expect(await addressOf(page)).toBe(before);
      },
      { expected: /ERR_|Failed to load/ },
    );
  });

  it('shows the columns that are there when a hidden page comes back, though one has gone meanwhile', async () => {
    rows.become('Dataset { Sequence { Float64 time; Float64 a; Float64 b; } s; } d;');
    await withPage(
      web.browser,
      'about:blank',
      async ({ page }) => {
        await page.clock.install();
        await page.goto(`${server.url}/?d=${rows.url}&window=30s`);
        await expect.poll(() => rows.streams, PATIENT).toBe(1);
        rows.send([Date.now() / 1000, 1, 2]);
        await numbersShown(page);
        await setVisibility(page, 'hidden');
        await page.clock.fastForward(11_000);
        await expect.poll(() => rows.streams, PATIENT).toBe(0);
        rows.become('Dataset { Sequence { Float64 time; Float64 b; } s; } d;');
        // The rows of the page are older than its window.
        await page.clock.fastForward(60_000);
        await setVisibility(page, 'visible');
        await expect
          .poll(async () => {
            rows.send([Date.now() / 1000 + 60, 3]);
            return page
              .locator('.legend li')
              .evaluateAll(all => all.map(item => item.getAttribute('data-column')));
          }, PATIENT)
          .toEqual(['b']);
      },
      { expected: /ERR_|Failed to load/ },
    );
  });
});
