import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith, type ToolName } from '../tools.ts';
import { launchFirefox } from './browsers/firefox.ts';
import type { RemoteBrowser } from './browsers/remote-browser.ts';
import { launchWebKit } from './browsers/webkit.ts';
import { buildPage, serveFiles } from './open-page.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const PATIENT = { timeout: 60_000 };

const BROWSERS: readonly (readonly [string, readonly ToolName[], () => Promise<RemoteBrowser>])[] = [
  ['Firefox', ['firefox'], launchFirefox],
  ['WebKit', ['webkit', 'xvfb'], launchWebKit],
];

/** Two days of rows up to `end`, so frequent that a day of them is drawn thinned out, and not as the stream. */
function pastRows(end: number): number[][] {
  const count = (2 * DAY) / 20;
  return Array.from({ length: count }, (_, index) => {
    const hours = (index - count) / 180;
    return [end + hours * HOUR, 20 + hours, Math.round(hours), 5];
  });
}

/** The number of a legend. */
const firstNumber = () => document.querySelector<HTMLDataElement>('.legend data')?.value;
/** What the address says of the view. */
const query = () => location.search + location.hash;
const isShown = (selector: string) => document.querySelector(selector)?.checkVisibility() === true;

/** The share of the columns of pixels of the first chart in sight in which a line stands. */
const inkAcross = () => {
  const shown = [...document.querySelectorAll('canvas')].find(canvas => canvas.checkVisibility());
  if (shown === undefined || shown.width === 0) return 0;
  const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
  Object.assign(copy.canvas, { width: shown.width, height: shown.height });
  copy.drawImage(shown, 0, 0);
  const { data } = copy.getImageData(0, 0, shown.width, shown.height);
  const columns = new Set<number>();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]! > 128 && Math.abs(data[at]! - data[at + 2]!) > 60) columns.add((at / 4) % shown.width);
  }
  return columns.size / shown.width;
};

for (const [name, needed, launchBrowser] of BROWSERS) {
  describeWith(needed, `the page in ${name}`, () => {
    let web: Awaited<ReturnType<typeof buildPage>>;
    let browser: RemoteBrowser;
    let server: Serving;

    beforeAll(async () => {
      [browser, web] = await Promise.all([launchBrowser(), buildPage()]);
    });
    afterEach(async () => {
      await browser?.open('about:blank');
      await server?.close();
    });
    afterAll(async () => {
      await browser?.close();
      await web?.remove();
    });

    const streams = async (): Promise<number> =>
      ((await (await fetch(`${server.url}/health`)).json()) as { streams: number }).streams;

    async function picturesMove(): Promise<void> {
      const picture = () => document.querySelector('canvas')?.toDataURL() ?? '';
      const before = await browser.evaluate(picture);
      await expect.poll(() => browser.evaluate(picture), PATIENT).not.toBe(before);
    }

    it('draws rows as they come, lets go of them while it is hidden, and outlives a restart', async () => {
      server = await serving({ interval: 0.1, webRoot: web.folder });
      await browser.open(`${server.url}/#window=30`);
      await browser.textIs('#state', 'Live');
      await browser.until(/\d/, firstNumber);
      await picturesMove();
      await expect.poll(() => browser.evaluate(inkAcross), PATIENT).toBeGreaterThan(0.01);
      expect(await streams()).toBe(1);

      const show = await browser.hide();
      await expect.poll(streams, PATIENT).toBe(0);
      await show();
      await expect.poll(streams, PATIENT).toBe(1);
      await picturesMove();

      const { port } = server;
      await server.close();
      await browser.textIs('#state', 'Reconnecting');
      server = await serving({ interval: 0.1, webRoot: web.folder, port });
      await browser.evaluate(() => document.getElementById('again')?.click());
      await browser.textIs('#state', 'Live');
      await picturesMove();
    });

    it('draws a dataset of another server', async () => {
      server = await serving({ interval: 0.1 });
      const site = await serveFiles(web.folder, '/');
      try {
        await browser.open(`${site.url}/?url=${server.url}/roberrypi`);
        await browser.textIs('#state', 'Live');
        await browser.until(/\d/, firstNumber);
        await picturesMove();
      } finally {
        await site.close();
      }
    });

    it('takes a bounded number of rows that are made as fast as they are read', async () => {
      server = await serving({ interval: 0, webRoot: web.folder });
      await browser.open(`${server.url}/#window=30`);
      await browser.until(/\d/, firstNumber);
      // No request is open that the browser could go on reading from.
      await expect.poll(streams, PATIENT).toBe(0);
      const [dataset] = server.datasets;
      const made = dataset!.status().rows;
      const newest = await browser.evaluate(() => document.getElementById('newest')?.textContent);
      await picturesMove();
      await expect
        .poll(() => browser.evaluate(() => document.getElementById('newest')?.textContent), PATIENT)
        .not.toBe(newest);
      expect(dataset!.status().rows).toBe(made);
    });

    describe('of two days of rows', () => {
      it('shows a row that comes, reads moments, looks back and returns', async () => {
        const source = new ScriptedSource();
        server = await serving({
          datasets: [inMemory(SCRIPTED, source, { bounds: { rows: 10_000, bytes: 1e7, age: 3 * DAY } })],
          webRoot: web.folder,
        });
        const end = Math.floor(Date.now() / 1000);
        await source.append(pastRows(end));
        await browser.open(`${server.url}/#window=${HOUR}`);
        await expect.poll(streams, PATIENT).toBe(1);
        await source.append([[Date.now() / 1000, 77, 0, 5]]);
        // As with sensors, the clock tells the server that the past is complete.
        source.earliest = Date.now() / 1000 + 1;
        await browser.until('77', firstNumber);
        await expect.poll(() => browser.evaluate(inkAcross), PATIENT).toBeGreaterThan(0.8);

        await browser.hover('.plot', 0.5);
        await browser.textIs('.legend time', /\d\d:\d\d:\d\d\.\d{3}$/);
        expect(Number(await browser.evaluate(firstNumber))).toBeCloseTo(19.5, 0);

        await browser.drag('.plot', 0.2, 0.7);
        await browser.until(true, isShown, '#past');
        await browser.until(/^\?from=.*&to=/, query);
        await expect.poll(() => browser.evaluate(inkAcross), PATIENT).toBeGreaterThan(0.8);
        await browser.click('#live');
        await browser.until('?window=1h', query);
        await browser.until(false, isShown, '#past');

        await browser.evaluate(() => {
          const choice = document.querySelector<HTMLSelectElement>('#window')!;
          choice.value = '86400';
          choice.dispatchEvent(new Event('change', { bubbles: true }));
        });
        await browser.until('?window=1d', query);
        await browser.until(true, isShown, '.uplot canvas');
        await expect.poll(() => browser.evaluate(inkAcross), PATIENT).toBeGreaterThan(0.8);

        await browser.click('#choose');
        await browser.evaluate(() => {
          const field = (id: string) => document.querySelector<HTMLInputElement>(`#${id}`)!;
          [field('from').value, field('to').value] = ['2026-01-02T03:04:05', '2026-01-02T04:04:05'];
        });
        await browser.click('#stretch button');
        await browser.until(/^\?from=2026-01-0/, query);
        await browser.textIs('.empty', 'no values in this time window');
      });
    });
  });
}
