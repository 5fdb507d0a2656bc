import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, type OpenPage, openPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT, PHONE, valuesOf } from './row-pages.ts';

const HOUR = 3600;

describeWith('chromium', 'the page without a mouse', () => {
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
    const end = Math.floor(Date.now() / 1000);
    // Row number n, counted back from the last one, has the values n, n and 5.
    const rows = Array.from({ length: 300 }, (_, index) => {
      const number = 299 - index;
      return [end - 60 * number, number, number, 5];
    });
    await source.append(rows);
    // As with sensors, the clock tells the server that the past is complete.
    source.earliest = end + 60;
  });
  afterEach(async () => {
    await opened?.page.context().close();
    await server.close();
  });

  const addressOf = (page: Page) => page.evaluate(() => location.search + location.hash);
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { id, className } = document.activeElement as HTMLElement;
      return id || className;
    });

  /** Presses Tab, or Shift and Tab, until the element has the focus. */
  async function tabTo(page: Page, selector: string, key = 'Tab'): Promise<void> {
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press(key);
      if (await page.evaluate(wanted => document.activeElement?.matches(wanted) === true, selector)) return;
    }
    throw new Error(`expected Tab to lead to ${selector}, but it does not`);
  }

  it('chooses a time, looks back, zooms, reads moments row by row, hides a line and returns', async () => {
    opened = await openPage(web.browser, `${server.url}/#window=${HOUR}`);
    const { page, problems } = opened;
    await numbersShown(page);

    await tabTo(page, '#window');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => addressOf(page), PATIENT).toBe('?window=6h');
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => addressOf(page), PATIENT).toBe('?window=1h');

    await tabTo(page, '#choose');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('from');
    await page.keyboard.press('Escape');
    expect(await page.locator('#stretch').isHidden()).toBe(true);
    expect(await focused(page)).toBe('choose');

    // The rows of the moments that are read, one after another, while the charts are live.
    await tabTo(page, '.plot');
    await page.keyboard.press(' ');
    await expect.poll(() => page.locator('#state').textContent(), PATIENT).toBe('Paused');
    const isRead = () => page.locator('.legend.past').first().isVisible();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(isRead, PATIENT).toBe(true);
    const first = Number((await valuesOf(page))[1]);
    for (const [key, further] of [
      ['ArrowLeft', 1],
      ['ArrowLeft', 2],
      ['ArrowRight', 1],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(async () => (await valuesOf(page))[1], PATIENT).toBe(String(first + further));
    }
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('let-go');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(false);
    expect(await focused(page)).toBe('plot');

    await page.keyboard.press('+');
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => page.locator('#past').isVisible(), PATIENT).toBe(true);
    await expect.poll(() => page.locator('.uplot canvas').first().isVisible(), PATIENT).toBe(true);
    await expect.poll(() => page.locator('#past-status').textContent(), PATIENT).toBe('');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(isRead, PATIENT).toBe(true);
    const read = Number((await valuesOf(page))[1]);
    expect(read).toBeGreaterThan(1);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => Number((await valuesOf(page))[1]), PATIENT).toBe(read + 1);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.cursor').first().isVisible(), PATIENT).toBe(false);

    await tabTo(page, '#live', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => addressOf(page), PATIENT).toMatch(/[?&]window=/);
    expect(await focused(page)).toBe('pause');

    const line = page.locator('.legend').getByRole('button', { name: 'whole' });
    await tabTo(page, '.legend button');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await line.getAttribute('aria-pressed')).toBe('false');
    expect(problems).toEqual([]);
  });

  it('moves in steps where people want no motion', async () => {
    opened = await openPage(web.browser, `${server.url}/#window=30`, { reducedMotion: 'reduce' });
    const { page } = opened;
    await source.append([[Date.now() / 1000, 1, 1, 5]]);
    await numbersShown(page);
    const { frames, pictures, seconds } = await page.evaluate(async () => {
      const axis = document.querySelector('.time-axis')!;
      const begin = performance.now();
      const seen = [axis.innerHTML];
      let count = 0;
      while (performance.now() < begin + 2000 || count < 20) {
        await new Promise(requestAnimationFrame);
        count++;
        if (axis.innerHTML !== seen.at(-1)) seen.push(axis.innerHTML);
      }
      return { frames: count, pictures: seen.length, seconds: (performance.now() - begin) / 1000 };
    });
    expect(frames).toBeGreaterThan(2 * seconds);
    // One a second, and one that had begun.
    expect(pictures).toBeLessThanOrEqual(seconds + 2);
  });

  it('scrolls by a finger that moves up and down over a chart', async () => {
    opened = await openPage(web.browser, `${server.url}/#window=${HOUR}`, PHONE);
    const { page, problems } = opened;
    await numbersShown(page);
    const { x, y, width } = (await page.locator('.plot').first().boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...heights: number[]) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: heights.map(height => ({ x: x + width / 2, y: height, id: 0 })),
      });
    const from = y + 80;
    await touch('touchStart', from);
    for (const up of [10, 30, 60, 100, 140]) await touch('touchMove', from - up);
    await touch('touchEnd');
    await expect.poll(() => page.evaluate(() => scrollY), PATIENT).toBeGreaterThan(30);
    expect(await addressOf(page)).toBe(`#window=${HOUR}`);
    expect(await page.locator('#past').isHidden()).toBe(true);
    expect(problems).toEqual([]);
  });

  it('zooms by a pinch on the touch pad of a Mac', async () => {
    opened = await openPage(web.browser, `${server.url}/#window=${HOUR}`);
    const { page, problems } = opened;
    await numbersShown(page);
    // Safari alone has these events: their scale counts from the beginning of the gesture.
    await page.evaluate(() => {
      const plot = document.querySelector('.plot')!;
      const { left, width: wide } = plot.getBoundingClientRect();
      for (const [name, scale] of [
        ['gesturestart', 1],
        ['gesturechange', 1.5],
        ['gesturechange', 2],
        ['gestureend', 2],
      ] as const) {
        const event = new Event(name, { bubbles: true, cancelable: true });
        plot.dispatchEvent(Object.assign(event, { scale, clientX: left + wide / 2 }));
        if (!event.defaultPrevented) throw new Error(`expected no zoom of the page by ${name}`);
      }
    });
    const length = async () => {
      const values = new URLSearchParams(await page.evaluate(() => location.search));
      const [begin, end] = ['from', 'to'].map(name => Date.parse(values.get(name) ?? '') / 1000);
      return end! - begin!;
    };
    await expect.poll(length, PATIENT).toBeCloseTo(HOUR / 2, -1);
    expect(problems).toEqual([]);
  });
});
