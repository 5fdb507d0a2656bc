import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, type OpenPage, openPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT, PHONE, valuesOf } from './row-pages.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Two days of rows a minute, without the rows of two hours. */
function pastRows(end: number): number[][] {
  const rows: number[][] = [];
  for (let time = end - 2 * DAY; time <= end; time += 60) {
    if (time > end - 30 * HOUR && time < end - 28 * HOUR) continue;
    const hours = (time - end) / HOUR;
    rows.push([time, 20 + hours, Math.round(hours), 5]);
  }
  return rows;
}

describeWith('chromium', 'looking back on the page', () => {
  const web = pageTools();
  let server: Serving;
  let source: ScriptedSource;
  let opened: OpenPage;
  let end: number;

  beforeEach(async () => {
    source = new ScriptedSource();
    server = await serving({
      datasets: [inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 3 * DAY } })],
      webRoot: web.folder,
    });
    end = Math.floor(Date.now() / 1000);
    await source.append(pastRows(end));
  });
  afterEach(async () => {
    await opened?.page.context().close();
    await server.close();
  });

  async function open(hash = '', options = {}): Promise<Page> {
    opened = await openPage(web.browser, `${server.url}/${hash}`, options);
    // Rows a minute are rare: the next one tells the page the server's time.
    await source.append([[Date.now() / 1000, 20, 0, 5]]);
    await numbersShown(opened.page);
    return opened.page;
  }

  /** The share of the columns of pixels of the first chart of the past in which a line stands. */
  const linesAcross = (page: Page) =>
    page.evaluate(() => {
      const shown = document.querySelector<HTMLCanvasElement>('.uplot canvas');
      if (shown === null) return 0;
      const copy = new OffscreenCanvas(shown.width, shown.height).getContext('2d', {
        willReadFrequently: true,
      })!;
      copy.drawImage(shown, 0, 0);
      const { data } = copy.getImageData(0, 0, shown.width, shown.height);
      const columns = new Set<number>();
      for (let at = 0; at < data.length; at += 4) {
        const [red = 0, , blue = 0, alpha = 0] = data.subarray(at, at + 4);
        if (alpha > 128 && Math.abs(red - blue) > 60) columns.add((at / 4) % shown.width);
      }
      return columns.size / shown.width;
    });

  const queryOf = (page: Page) => page.evaluate(() => location.search + location.hash);
  const named = async (page: Page) => {
    const values = new URLSearchParams(await queryOf(page));
    return ['from', 'to'].map(name => Date.parse(values.get(name) ?? '') / 1000) as [number, number];
  };
  // Charts are put together anew when the ranges of their columns turn out to differ.
  const boxOf = async (page: Page) => {
    const box = () => page.locator('.plot').first().boundingBox();
    await expect.poll(box, PATIENT).not.toBeNull();
    return (await box())!;
  };

  async function drag(page: Page, from: number, to: number): Promise<void> {
    const { x, y, width } = await boxOf(page);
    await page.mouse.move(x + from * width, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + to * width, y + 40, { steps: 5 });
    await page.mouse.up();
  }

  it('is a drag into the past, while rows go on to come, and one button leads back', async () => {
    const page = await open(`#window=${HOUR}`);
    expect(await page.locator('#past').isHidden()).toBe(true);
    await drag(page, 0.2, 0.7);
    await expect.poll(() => page.locator('#past').isVisible(), PATIENT).toBe(true);
    await expect.poll(() => queryOf(page), PATIENT).toMatch(/^\?from=.*&to=/);
    await expect
      .poll(async () => Math.abs(end - HOUR / 2 - (await named(page))[1]), PATIENT)
      .toBeLessThan(120);
    const [from, to] = await named(page);
    expect(to - from).toBeCloseTo(HOUR, -1);
    await page.mouse.move(5, 5);
    await source.append([[Date.now() / 1000, 77, 0, 5]]);
    await expect.poll(() => page.locator('#past-rows').textContent(), PATIENT).toBe('1 new row');
    // The numbers beside the chart are those of now.
    await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBe(77);
    await page.getByRole('button', { name: 'Back to live' }).click();
    await expect.poll(() => queryOf(page), PATIENT).toBe('?window=1h');
    expect(await page.locator('#past').isHidden()).toBe(true);
    expect(opened.problems).toEqual([]);
  });

  it('asks for an interval a pixel or two, draws them, and reads a gap as no value', async () => {
    const at = (hours: number) => new Date((end - hours * HOUR) * 1000).toISOString();
    const page = await open(`#from=${at(40)}&to=${at(20)}`);
    await expect.poll(() => opened.requests.some(url => url.includes('bucket(')), PATIENT).toBe(true);
    await expect.poll(() => linesAcross(page), PATIENT).toBeGreaterThan(0.8);
    // With the values the charts have their places.
    const { x, y, width } = await boxOf(page);
    const asked = () =>
      opened.requests.map(url =>
        Number(/bucket\("time\/(\d+)"\)/.exec(url)?.[1] ?? Number.POSITIVE_INFINITY),
      );
    // The strip below the charts asks for longer intervals of all that there is.
    const seconds = Math.min(...asked());
    // The widest chart has at most one a pixel.
    expect((20 * HOUR) / seconds).toBeLessThanOrEqual(1280);
    expect((20 * HOUR) / seconds).toBeGreaterThanOrEqual(width / 3);
    await page.mouse.move(x + width / 4, y + 40);
    // 35 hours before the end: 20 - 35.
    await expect
      .poll(async () => Math.abs(Number((await valuesOf(page))[0]?.replace('−', '-')) + 15), PATIENT)
      .toBeLessThan(0.1);
    // 29 hours before the end there are no rows.
    await page.mouse.move(x + (width * 11) / 20, y + 40);
    await expect.poll(async () => (await valuesOf(page))[0], PATIENT).toBe('–');
    expect(await page.locator('.legend .note').first().textContent()).toBe('no value');
    // The values are the hours: 20 less those before the end.
    const extremes = page.locator('.legend .extremes').first();
    await expect
      .poll(() => extremes.textContent(), PATIENT)
      .toMatch(/^least −(20|19\.9)\S* at (\S+ )?\d\d:\d\dgreatest −?0\S* at (\S+ )?\d\d:\d\d$/);
    // Another window stays around the same time.
    await page.getByLabel('Window').selectOption('1 h');
    await expect.poll(() => named(page), PATIENT).toEqual([end - 30.5 * HOUR, end - 29.5 * HOUR]);
    expect(opened.problems).toEqual([]);
  });

  it('zooms by Ctrl and the wheel around the pointer, and by Shift and a drag; a double click goes back', async () => {
    const page = await open(`#window=${6 * HOUR}`);
    const { x, y, width } = await boxOf(page);
    await page.mouse.move(x + width / 2, y + 40);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -330);
    await page.keyboard.up('Control');
    await expect.poll(() => queryOf(page), PATIENT).toMatch(/^\?from=/);
    const [from, to] = await named(page);
    expect(to - from).toBeLessThan(4 * HOUR);
    expect(Math.abs((from + to) / 2 - (end - 3 * HOUR))).toBeLessThan(300);
    await page.keyboard.down('Shift');
    await drag(page, 0.25, 0.5);
    await page.keyboard.up('Shift');
    await expect
      .poll(async () => (await named(page))[1] - (await named(page))[0], PATIENT)
      .toBeLessThan(HOUR);
    const [begin] = await named(page);
    expect(Math.abs(begin - (from + (to - from) / 4))).toBeLessThan(200);
    await page.mouse.dblclick(x + width / 2, y + 60);
    await expect.poll(() => named(page), PATIENT).toEqual([from, to]);
    await page.mouse.wheel(0, 120);
    expect(await named(page)).toEqual([from, to]);
    expect(opened.problems).toEqual([]);
  });

  it('takes a beginning and an end, says what is wrong with them, and is the same behind its address', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'From – to' }).click();
    const field = (time: number) => {
      const date = new Date(time * 1000 - new Date(time * 1000).getTimezoneOffset() * 60_000);
      return date.toISOString().slice(0, 19);
    };
    await page.getByLabel('From', { exact: true }).fill(field(end - 10 * HOUR));
    await page.getByLabel('to', { exact: true }).fill(field(end - 20 * HOUR));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    expect(await page.locator('#stretch-error').textContent()).toBe(
      'Expected a beginning that is earlier than the end',
    );
    await page.getByLabel('to', { exact: true }).fill(field(end - 9 * HOUR));
    await page.getByLabel('From', { exact: true }).fill('1990-01-01T00:00:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    expect(await page.locator('#stretch-error').textContent()).toBe('Expected at most 20 years');
    await page.getByLabel('From', { exact: true }).fill(field(end - 10 * HOUR));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(() => named(page), PATIENT).toEqual([end - 10 * HOUR, end - 9 * HOUR]);
    await page.reload();
    await source.append([[Date.now() / 1000, 20, 0, 5]]);
    await expect.poll(() => page.locator('#past').isVisible(), PATIENT).toBe(true);
    expect(await named(page)).toEqual([end - 10 * HOUR, end - 9 * HOUR]);
    const { x, y, width } = await boxOf(page);
    await page.mouse.move(x + width / 2, y + 40);
    await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBeCloseTo(20 - 9.5, 0);
  });

  it('draws a stretch of the past though no row has come for a day', async () => {
    const silent = new ScriptedSource();
    const elsewhere = await serving({
      datasets: [inMemory(SCRIPTED, silent, { bounds: { rows: 10_000, bytes: 1e7, age: 3 * DAY } })],
      webRoot: web.folder,
    });
    await silent.append(pastRows(end).filter(([time = 0]) => time < end - DAY));
    const at = (hours: number) => new Date((end - hours * HOUR) * 1000).toISOString();
    opened = await openPage(web.browser, `${elsewhere.url}/#from=${at(40)}&to=${at(31)}`);
    await expect.poll(() => linesAcross(opened.page), PATIENT).toBeGreaterThan(0.8);
    expect(opened.problems).toEqual([]);
    await opened.page.context().close();
    // A window that moves, too: the day without rows is its second half.
    opened = await openPage(web.browser, `${elsewhere.url}/?window=2d`);
    await expect.poll(() => linesAcross(opened.page), PATIENT).toBeGreaterThan(0.3);
    expect(opened.problems).toEqual([]);
    await opened.page.context().close();
    await elsewhere.close();
  });

  it('says what its address asks for and it does not understand', async () => {
    const page = await open('#from=yesterday&to=now');
    expect(await page.locator('#view-problem').textContent()).toMatch(
      /^The address of this page says from=yesterday: expected a time such as/,
    );
    expect(await queryOf(page)).toBe('#from=yesterday&to=now');
  });

  it('moves, zooms, pauses and returns by keys', async () => {
    const page = await open(`#window=${HOUR}`);
    await page.locator('.plot').first().focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => queryOf(page), PATIENT).toMatch(/^\?from=/);
    const [from, to] = await named(page);
    await page.keyboard.press('-');
    await expect
      .poll(async () => (await named(page))[1] - (await named(page))[0], PATIENT)
      .toBeCloseTo(2 * (to - from), -1);
    await page.keyboard.press('l');
    await expect.poll(() => queryOf(page), PATIENT).toBe('?window=2h');
  });

  it('leads to any time by the strip of all that the server has, with its gaps', async () => {
    const page = await open(`#window=${HOUR}`);
    const strip = page.locator('#overview-strip');
    expect(await page.locator('#overview-ends').textContent()).toMatch(
      /^All rows in the server’s memory, since /,
    );
    const { x, y, width } = (await strip.boundingBox())!;
    await page.mouse.click(x + width / 4, y + 10);
    await expect.poll(() => queryOf(page), PATIENT).toMatch(/^\?from=/);
    const [from, to] = await named(page);
    expect(Math.abs((from + to) / 2 - (end - 1.5 * DAY))).toBeLessThan(600);
    // Its line comes with the first look back.
    await expect.poll(() => page.locator('.overview-plot canvas').count(), PATIENT).toBe(1);
    await strip.press('ArrowRight');
    await expect.poll(async () => (await named(page))[0], PATIENT).toBeCloseTo(from + HOUR / 2, -1);
    expect(opened.problems).toEqual([]);
  });

  describe('on a phone', () => {
    it('follows a finger that drags and two that pinch, and a tap reads a moment until its cross', async () => {
      const page = await open(`#window=${HOUR}`, PHONE);
      const { x, y, width } = await boxOf(page);
      const session = await page.context().newCDPSession(page);
      const touch = (type: string, ...places: number[]) =>
        session.send('Input.dispatchTouchEvent', {
          type: type as 'touchStart',
          touchPoints: places.map((place, id) => ({ x: x + place * width, y: y + 50, id })),
        });
      await touch('touchStart', 0.2);
      for (const place of [0.3, 0.4, 0.5, 0.7]) await touch('touchMove', place);
      await touch('touchEnd');
      await expect.poll(() => queryOf(page), PATIENT).toMatch(/^\?from=/);
      await expect
        .poll(async () => Math.abs(end - HOUR / 2 - (await named(page))[1]), PATIENT)
        .toBeLessThan(200);
      const [from, to] = await named(page);
      await touch('touchStart', 0.4, 0.6);
      for (const spread of [0.15, 0.2, 0.3, 0.4]) await touch('touchMove', 0.5 - spread, 0.5 + spread);
      await touch('touchEnd');
      await expect
        .poll(async () => (await named(page))[1] - (await named(page))[0], PATIENT)
        .toBeLessThan((to - from) / 2);
      await page.touchscreen.tap(x + width / 2, y + 50);
      await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(true);
      await page.getByRole('button', { name: 'Let go of this moment' }).first().click();
      await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(false);
      expect(opened.problems).toEqual([]);
    });
  });
});
