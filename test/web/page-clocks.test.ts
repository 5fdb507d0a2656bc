import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT } from './row-pages.ts';

describeWith('chromium', 'the page on a machine whose clock is wrong', () => {
  const web = pageTools();
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ interval: 0.1, webRoot: web.folder });
  });
  afterAll(async () => {
    await server?.close();
  });

  it.each([
    ['behind', -600, 'ahead of'],
    ['ahead', 600, 'behind'],
  ])('says so, dims nothing, and means the server’s now: ten minutes %s', async (_, seconds, side) => {
    const page = await web.browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(wrong => {
      const RightDate = Date;
      class WrongDate extends RightDate {
        constructor(...given: []) {
          super(...((given.length === 0 ? [RightDate.now() + 1000 * wrong] : given) as []));
        }
        static override now(): number {
          return RightDate.now() + 1000 * wrong;
        }
      }
      globalThis.Date = WrongDate as DateConstructor;
    }, seconds);
    await page.goto(`${server.url}/#from=now-60s&to=now-5s`);
    await numbersShown(page);
    await stateIs(page, 'Live');
    const text = () => page.locator('body').innerText();
    await expect.poll(text, PATIENT).toContain(`server clock 10 min ${side} this browser’s`);
    /** The end of the stretch that is shown, as the page writes it, in milliseconds since 1970. */
    const to = async () => {
      const [, day, end] =
        /^(\S+) .* – (?:\S+ )?(\S+)$/.exec((await page.locator('#past-text').textContent()) ?? '') ?? [];
      return new Date(`${day}T${end}`).getTime();
    };
    await expect.poll(async () => Math.abs((await to()) - Date.now()), PATIENT).toBeLessThan(60_000);
    expect(await page.locator('[data-stale]').count()).toBe(0);
    // A time that is past for the server is no future.
    await page.getByRole('button', { name: 'From – to' }).click();
    const field = (ago: number) => {
      const at = Date.now() - 1000 * ago;
      return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    };
    await page.getByLabel('From', { exact: true }).fill(field(40));
    await page.getByLabel('to', { exact: true }).fill(field(20));
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect.poll(async () => Math.abs((await to()) - Date.now() + 20_000), PATIENT).toBeLessThan(15_000);
    expect(await page.locator('#stretch-error').textContent()).toBe('');
    await page.close();
  });
});
