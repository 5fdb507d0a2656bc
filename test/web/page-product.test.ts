import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { violationsOn } from './axe.ts';
import { buildPage, launch, numbersShown, openPage, proxy, type Site } from './open-page.ts';
import { PATIENT, PHONE } from './row-pages.ts';

const MANY = 85;

function manyDatasets() {
  return Array.from({ length: MANY }, (_, index) =>
    inMemory(
      { ...SCRIPTED, name: `station${index}`, title: index === 41 ? 'Greenhouse north' : `Station ${index}` },
      new ScriptedSource(),
    ),
  );
}

describeWith('chromium', 'one product', () => {
  let browser: Browser;
  let web: Awaited<ReturnType<typeof buildPage>>;
  let server: Serving;
  let many: Serving;
  let site: Site;
  let page: Page | undefined;

  beforeAll(async () => {
    [browser, web] = await Promise.all([launch(), buildPage()]);
    [server, many] = await Promise.all([
      serving({ interval: 0.2, webRoot: web.folder }),
      serving({ datasets: manyDatasets(), webRoot: web.folder }),
    ]);
    site = await proxy(server.url, '/sensors/');
  });
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await Promise.all([browser?.close(), site?.close(), server?.close(), many?.close(), web?.remove()]);
  });

  describe('the pages of the server', () => {
    const PAGES = [
      'roberrypi.html',
      'roberrypi.html?time,speed',
      'roberrypi.info',
      'roberrypi.help',
      'catalog.html',
      'roberypi.html',
      'docs/',
      'docs/gpio.html',
    ];

    it.each(['light', 'dark'] as const)(
      'break no rule of axe, %s',
      { timeout: 60_000 },
      async colorScheme => {
        const opened = await openPage(browser, `${server.url}/docs/`, { colorScheme });
        page = opened.page;
        for (const path of PAGES) {
          await page.goto(`${server.url}/${path}`);
          expect([path, ...(await violationsOn(page))]).toEqual([path]);
        }
      },
    );

    it('lead to each other behind a prefix, without JavaScript, in the theme of the system', async () => {
      const opened = await openPage(browser, `${site.url}/sensors/a/nothing.html`, {
        javaScriptEnabled: false,
        ...PHONE,
      });
      page = opened.page;
      for (const name of ['All datasets', 'Data form', 'About', 'Formats', 'Docs', 'installing'] as const) {
        await page.getByRole('link', { name, exact: false }).first().click();
        const { pathname } = new URL(page.url());
        expect(pathname).toMatch(/^\/sensors\/\w/);
        expect(await page.locator('h1').count()).toBe(1);
        if (name !== 'installing') continue;
        expect(pathname).toBe('/sensors/docs/install.html');
      }
      expect(opened.problems.filter(problem => !/404/.test(problem))).toEqual([]);
    });

    it('have the theme that the reader chose on the live page', async () => {
      const opened = await openPage(browser, `${server.url}/docs/`, { colorScheme: 'light' });
      page = opened.page;
      const ground = () => opened.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await ground();
      await page.evaluate(() => localStorage.setItem('theme', 'dark'));
      await page.reload();
      expect(await ground()).not.toBe(light);
      await page.goto(`${server.url}/roberrypi.info`);
      expect(await ground()).not.toBe(light);
      expect(opened.problems).toEqual([]);
    });
  });

  describe('a server without a sensor', () => {
    it('says so once, with what to do next, and breaks no rule of axe', async () => {
      const opened = await openPage(browser, `${server.url}/?url=roberrypi`);
      page = opened.page;
      await numbersShown(page);
      const panel = page.locator('#first-run');
      await panel.waitFor();
      expect(await panel.textContent()).toContain('“roberrypi” and “host” are simulated');
      // The server of this test runs from its sources.
      const commands = () => panel.locator('code').allTextContents();
      expect(await commands()).toEqual([
        'npx dapberry list',
        'npx dapberry setup --output dapberry.yaml',
        'npm start -- --config dapberry.yaml',
      ]);
      for (const link of await panel.locator('a').all()) {
        const address = new URL((await link.getAttribute('href')) ?? '', page.url());
        expect((await fetch(address)).status).toBe(200);
      }
      expect(await violationsOn(page)).toEqual([]);
      await panel.getByRole('button').click();
      await page.reload();
      await numbersShown(page);
      expect(await panel.count()).toBe(0);
      await page.goto(server.url);
      await page.locator('.tile').first().waitFor();
      expect(await violationsOn(page)).toEqual([]);
      expect(opened.problems).toEqual([]);
    });
  });

  it('names the commands of an installed service', async () => {
    const opened = await openPage(browser, `${server.url}/docs/`);
    page = opened.page;
    await page.route('**/catalog.json', async route => {
      const catalog = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...catalog, installation: 'release' } });
    });
    await page.goto(`${server.url}/?url=roberrypi`);
    const commands = page.locator('#first-run code');
    await commands.first().waitFor();
    expect(await commands.allTextContents()).toEqual(['dapberry list', 'sudo dapberry setup']);
  });

  describe('a server whose sensors nobody has named', () => {
    const LINES = 'datasets:\n  station:\n    sensors:\n      - kind: thermal\n';

    it('leads to lines to paste, and breaks no rule of axe', async () => {
      server.change({ builtin: { lines: LINES, known: [] } });
      const opened = await openPage(browser, `${server.url}/?url=roberrypi`);
      page = opened.page;
      await numbersShown(page);
      const panel = page.locator('#first-run');
      await panel.waitFor();
      expect(await panel.textContent()).toContain('Next: name your sensors');
      expect(await panel.textContent()).not.toContain('simulated');
      await panel.getByText('Lines to paste').click();
      const lines = panel.locator('pre');
      await expect.poll(() => lines.textContent(), PATIENT).toContain(LINES);
      expect(await violationsOn(page)).toEqual([]);
      await panel.getByRole('button', { name: 'Do not show this again' }).click();
      // The wall, which is the first sight of a server with several datasets, has the panel too.
      await page.evaluate(() => localStorage.clear());
      await page.goto(server.url);
      await panel.waitFor();
      server.change({ builtin: undefined });
      expect(opened.problems).toEqual([]);
    });
  });

  describe('the live page', () => {
    it.each([
      ['light', ['live', 'pinned', 'paused', 'form', 'past', 'error'], {}],
      ['dark', ['live', 'past', 'error'], { colorScheme: 'dark' as const }],
      ['phone', ['live', 'pinned'], PHONE],
    ])('breaks no rule of axe: %s, %j', { timeout: 60_000 }, async (_, states, options) => {
      const opened = await openPage(browser, `${server.url}/?url=roberrypi#window=60`, options);
      page = opened.page;
      const check = async (state: string) => {
        if (states.includes(state)) expect([state, ...(await violationsOn(opened.page))]).toEqual([state]);
      };
      await numbersShown(page);
      await check('live');
      const plot = page.locator('.plot').first();
      await plot.focus();
      await page.keyboard.press('ArrowLeft');
      await check('pinned');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Pause' }).click();
      await check('paused');
      await page.getByRole('button', { name: 'From – to' }).click();
      await check('form');
      await page.getByRole('button', { name: 'Earlier' }).click();
      await page.locator('.uplot').first().waitFor();
      await check('past');
      await page.goto(`${server.url}/?url=nothing`);
      await page.locator('#message').waitFor();
      await check('error');
    });
  });

  describe('many datasets', () => {
    it('are found by a part of the name, the title or a column, by keys alone', async () => {
      const opened = await openPage(browser, `${many.url}/?url=station3#window=300`);
      page = opened.page;
      const field = page.getByRole('combobox', { name: `Find one of ${MANY} datasets` });
      await field.focus();
      await page.keyboard.press('ArrowDown');
      expect(await page.locator('.picker-list [role=option]').count()).toBe(MANY);
      const active = () =>
        page!.evaluate(() => {
          const id = document.activeElement?.getAttribute('aria-activedescendant');
          return document.getElementById(id ?? '')?.textContent;
        });
      expect(await active()).toBe('Station 3station3');
      await field.pressSequentially('station 7');
      expect(await page.locator('.picker-list [role=option]').count()).toBe(17);
      expect(await active()).toBe('Station 7station7');
      await page.keyboard.press('ArrowUp');
      expect(await active()).toBe('Station 79station79');
      expect(await violationsOn(page)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await field.getAttribute('aria-expanded')).toBe('false');
      await page.keyboard.press('Escape');
      expect(await field.inputValue()).toBe('');
      await field.pressSequentially('qqq');
      expect(await page.locator('.picker-none').textContent()).toBe(
        'No dataset has “qqq” in its name, title or columns.',
      );
      await field.fill('green');
      await page.keyboard.press('Enter');
      await page.waitForURL(/station41/);
      expect(page.url()).toMatch(/window=300/);
      expect(opened.problems).toEqual([]);
    });

    it('are listed with the reason while they wait, and are found', async () => {
      const info = { ...SCRIPTED, name: 'attic', title: 'Under the roof' };
      const reason = 'no server answers at http://attic.local:8080';
      const wait = { info, reason, since: Date.now() / 1000, retryAfter: 5, relayPath: [], isFirst: false };
      many.change({ waiting: [wait] });
      const opened = await openPage(browser, `${many.url}/?url=station3`);
      page = opened.page;
      const field = page.getByRole('combobox', { name: `Find one of ${MANY + 1} datasets` });
      await field.fill('attic');
      const option = page.locator('.picker-list [role=option]');
      expect(await option.textContent()).toBe(`Under the roofatticwaits: ${reason}`);
      expect(await violationsOn(page)).toEqual([]);
      await field.press('Enter');
      await page.waitForURL(/attic/);
      await expect.poll(() => opened.page.locator('body').textContent()).toContain('cannot be read yet');
      many.change({ waiting: [] });
    });

    it('beside one that waits are listed, where they are few', async () => {
      const info = { ...SCRIPTED, name: 'attic', title: 'Under the roof' };
      const wait = { info, reason: 'no answer', since: 0, retryAfter: 5, relayPath: [], isFirst: false };
      server.change({ waiting: [wait] });
      const opened = await openPage(browser, `${server.url}/?url=roberrypi`);
      page = opened.page;
      const link = page.locator('#datasets a.is-waiting');
      await expect.poll(() => link.textContent(), PATIENT).toBe('attic (waits)');
      expect(await link.getAttribute('title')).toBe('attic cannot be read yet: no answer');
      server.change({ waiting: [] });
    });

    it('are within reach of a thumb', async () => {
      const opened = await openPage(browser, `${many.url}/?url=station3`, PHONE);
      page = opened.page;
      await page.locator('.picker-field').tap();
      const list = page.locator('.picker-list:visible');
      const { x, y, width, height } = (await list.boundingBox())!;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(PHONE.viewport.width);
      expect(y + height).toBeLessThanOrEqual(PHONE.viewport.height);
      const box = (await page.locator('.picker-list [role=option]').first().boundingBox())!;
      expect(box.height).toBeGreaterThanOrEqual(40);
      await page.locator('.picker-list [role=option]').nth(80).tap();
      await page.waitForURL(/station80/, PATIENT);
      await page.locator('.picker-field').tap();
      await page.locator('h1').tap();
      expect(await page.locator('.picker-list:visible').count()).toBe(0);
    });
  });
});
