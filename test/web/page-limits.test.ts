import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { violationsOn } from './axe.ts';
import { numbersShown, type OpenPage, openPage, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PHONE } from './row-pages.ts';

const LIMITS = new Map([
  ['a', { warn: { above: 30 }, alarm: { below: 2, above: 35 } }],
  ['b', { alarm: { above: 1000 } }],
]);

const PATIENCE = { timeout: 20_000 };

describeWith('chromium', 'limits on the page', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;
  let dataset: ReturnType<typeof inMemory>;
  let opened: OpenPage;
  let feeding: ReturnType<typeof setInterval>;
  /** The value of `a` in the rows to come. */
  let air: number;

  beforeEach(async () => {
    source = new ScriptedSource({ delivery: { kind: 'scheduled', interval: 0.2 } });
    dataset = inMemory({ ...SCRIPTED, limits: LIMITS }, source);
    server = await serving({ datasets: [dataset], webRoot: web.folder });
    air = 28;
    feeding = setInterval(() => {
      const now = Date.now() / 1000;
      void source.append([[now, air + Math.sin(now), 28, 28]]);
    }, 200);
  });
  afterEach(async () => {
    clearInterval(feeding);
    await opened?.page.context().close();
    await server.close();
  });

  async function open(query = ''): Promise<Page> {
    opened = await openPage(web.browser, `${server.url}/${query}`);
    await stateIs(opened.page, 'Live');
    await numbersShown(opened.page);
    return opened.page;
  }

  const icon = (page: Page) => page.locator('link[rel="icon"]').getAttribute('href');
  const mark = (page: Page, column: string) =>
    page.locator(`.legend [data-column="${column}"] .limit-mark`).textContent();
  /** The words of the lines in sight, and the value at which each stands by the labels of the axis. */
  const lines = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.limit:not([hidden])')].map(line => {
        const labels = [...line.closest('.chart')!.querySelectorAll<HTMLElement>('.value-axis span')];
        const places = labels.map(label => ({
          at: (label.getBoundingClientRect().top + label.getBoundingClientRect().bottom) / 2,
          value: Number(label.textContent!.replace('−', '-')),
        }));
        const [first, last] = [places[0]!, places.at(-1)!];
        const y =
          line.getBoundingClientRect().top + Number.parseFloat(getComputedStyle(line).borderTopWidth) / 2;
        const value = first.value + ((y - first.at) / (last.at - first.at)) * (last.value - first.value);
        return { text: line.textContent, value, style: getComputedStyle(line).borderTopStyle };
      }),
    );

  it('are lines in the charts, words in the legend, the title and the icon, and end with the values', async () => {
    const page = await open();
    const title = await page.title();
    expect(title).not.toContain('⚠');
    expect(await icon(page)).toBe('./favicon.svg');

    // Within reach of the values, which are around 28: the warning, and not the alarm far away.
    air = 29.5;
    await expect
      .poll(() => lines(page), PATIENCE)
      .toEqual([
        {
          text: expect.stringMatching(/^! (?:A )?warning above 30$/),
          value: expect.closeTo(30, 0),
          style: 'dashed',
        },
      ]);
    air = 31.5;
    await expect
      .poll(() => page.title(), PATIENCE)
      .toMatch(/^! may be missing 3\d\.\d+ – Rows from a script/);
    expect(await icon(page)).toBe('./favicon-warn.svg');

    air = 38;
    await expect.poll(() => page.title(), PATIENCE).toMatch(/^⚠ may be missing 3\d\.\d+ – /);
    expect(await icon(page)).toBe('./favicon-alarm.svg');
    expect(await mark(page, 'a')).toBe('alarm: above 35');
    expect(await mark(page, 'b')).toBe('');
    expect(await page.locator('#limit-news').textContent()).toMatch(
      /^may be missing 3\d\S*: alarm: above 35\.$/,
    );
    expect((await lines(page)).map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^⚠ (?:A )?alarm above 35$/),
    );
    const href = await page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="icon"]')!.href);
    expect((await fetch(href)).headers.get('content-type')).toMatch(/^image\/svg\+xml/);

    // Looking back, they stand in the charts too.
    const [from, to] = [Date.now() - 60_000, Date.now()].map(time => new Date(time).toISOString());
    await page.goto(`${page.url().split('#')[0]}#from=${from}&to=${to}`);
    await page.reload();
    await expect
      .poll(async () => (await lines(page)).map(({ text }) => text), PATIENCE)
      .toContainEqual(expect.stringMatching(/^⚠ (?:A )?alarm above 35$/));
    expect(await page.locator('.plot .uplot').count()).toBeGreaterThan(0);

    air = 20;
    await expect.poll(() => page.title(), PATIENCE).toBe(title);
    expect(await icon(page)).toBe('./favicon.svg');
    expect(opened.problems).toEqual([]);
  });

  it('follow the configuration of the server, while the page is open and its stream goes on', async () => {
    air = 38;
    const page = await open();
    await expect.poll(() => page.title(), PATIENCE).toMatch(/^⚠/);
    const asked = opened.requests.filter(url => url.includes('/health')).length;
    await expect
      .poll(() => opened.requests.filter(url => url.includes('/health')).length, PATIENCE)
      .toBeGreaterThan(asked);
    const limits = new Map([['a', { warn: { above: 50 }, alarm: { above: 60 } }]]);
    dataset.describe({ ...SCRIPTED, title: 'Warmer rows', limits });
    await expect.poll(() => page.title(), { timeout: 60_000 }).toMatch(/^Warmer rows/);
    expect(await mark(page, 'a')).toBe('');
    await numbersShown(page);
    // Only this is described anew: the page does not ask again and again.
    const described = opened.requests.filter(url => url.includes('.das')).length;
    dataset.describe({ ...SCRIPTED, title: 'Warmer rows', limits: LIMITS });
    await expect.poll(() => mark(page, 'a'), { timeout: 60_000 }).toBe('alarm: above 35');
    expect(opened.requests.filter(url => url.includes('.das')).length).toBe(described + 1);
    expect(opened.problems).toEqual([]);
  });

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' as const }],
    ['phone', PHONE],
  ])('break no rule of axe, nor do the menus beside them: %s', async (_, options) => {
    air = 38;
    opened = await openPage(web.browser, `${server.url}/?warn=b:..27.5&alarm=c`, options);
    const { page } = opened;
    await expect.poll(() => page.title(), PATIENCE).toMatch(/^⚠/);
    await page.locator('#limit-problem').waitFor();
    expect(await violationsOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Share' }).click();
    await expect.poll(() => page.locator('#take-list code').count(), PATIENCE).toBeGreaterThan(1);
    expect(['Share', ...(await violationsOn(page))]).toEqual(['Share']);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More', exact: true }).click();
    expect(['More', ...(await violationsOn(page))]).toEqual(['More']);
  });

  it('come from the address, which is told what it says wrong, and beep by choice', async () => {
    const page = await open('?warn=a:..27.5&alarm=frige:2..8,c');
    await expect.poll(() => page.title(), PATIENCE).toMatch(/^! may be missing/);
    expect(await page.locator('#limit-problem').textContent()).toBe(
      'The address of this page says alarm=c: expected a column and its bounds, such as air:2..30, air:..35 or air:2... The address of this page says alarm=frige:2..8: no column is called frige.',
    );
    const sound = page.locator('#sound');
    expect(await sound.textContent()).toBe('Sound');
    await sound.click();
    await expect.poll(() => sound.textContent()).toBe('Sound is on');
    await sound.click();
    await expect.poll(() => sound.textContent()).toBe('Sound');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  it('mark the tiles of the wall, with words', async () => {
    await server.close();
    air = 38;
    const other = inMemory({ ...SCRIPTED, name: 'other' }, new ScriptedSource());
    // The first server has closed its source.
    source = new ScriptedSource({ delivery: { kind: 'scheduled', interval: 0.2 } });
    const limited = inMemory({ ...SCRIPTED, limits: LIMITS }, source);
    server = await serving({ datasets: [other, limited], webRoot: web.folder });
    opened = await openPage(web.browser, `${server.url}/`);
    const { page } = opened;
    const tile = page.locator('[data-dataset="scripted"] .tile[data-tile="a"]');
    await expect.poll(() => tile.getAttribute('data-state'), PATIENCE).toBe('alarm');
    expect(await tile.locator('.tile-note').textContent()).toBe('alarm: above 35');
    expect(await page.locator('.wall-status').textContent()).toContain('1 alarm');
    await expect.poll(() => page.title(), PATIENCE).toMatch(/^⚠ may be missing 3.* – dapberry$/);
    expect(await icon(page)).toBe('./favicon-alarm.svg');
    expect(await page.locator('.wall-head button').textContent()).toBe('Sound');
    expect(opened.problems).toEqual([]);
  });
});
