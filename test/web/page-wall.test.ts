import { afterAll, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { type AilingServer, ailingServer } from './ailing-server.ts';
import { lookAgain, numbersShown, openPage, setVisibility, withPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { PATIENT, PHONE } from './row-pages.ts';

describeWith('chromium', 'the wall', () => {
  const web = pageTools();
  let server: AilingServer;

  beforeAll(async () => {
    server = await ailingServer(web.folder);
  });
  afterAll(async () => {
    await server?.close();
  });

  it('shows all datasets from one request, failures first, and leads to their charts', async () => {
    await withPage(web.browser, `${server.url}/`, async ({ page, requests }) => {
      const card = (name: string) => page.locator(`.card[data-dataset="${name}"]`);
      const tile = (column: string) => card('station').locator(`.tile[data-tile="${column}"]`);
      await expect.poll(() => tile('air_temperature').getAttribute('data-state'), PATIENT).toBe('ok');
      expect(requests.filter(url => /latest|\.d[da]s|\.dods|health/.test(url))).toEqual([
        expect.stringMatching(/latest\.json\?spark=60&zone=/),
      ]);
      expect(await tile('air_temperature').locator('.tile-value').textContent()).toMatch(/^(19|2\d)\.\d/);
      expect(await tile('air_humidity').locator('.unit').textContent()).toBe('%');
      await expect
        .poll(() => tile('air_temperature').locator('.tile-least').textContent(), PATIENT)
        .toMatch(/^\d/);
      expect(await tile('air_temperature').locator('path').getAttribute('d')).toMatch(/^M/);

      // The other columns fold away; one that fails is in sight, and first.
      const visible = () => card('station').locator('.tile:visible').count();
      expect(await visible()).toBe(6);
      expect(await card('station').locator('.tile-more').textContent()).toBe('and 3 more');
      await server.fail({ probe5: 'no answer on the bus' });
      await lookAgain(page);
      await expect
        .poll(() => card('station').locator('.tile').first().textContent(), PATIENT)
        .toMatch(/Probe5.*–.*fails since \d\d:\d\d: no answer on the bus/);
      await expect
        .poll(() => page.locator('.wall-status').textContent(), PATIENT)
        .toContain('1 sensor fails');

      // A reload of the configuration shows without a reload of the page.
      await server.configure(
        'datasets: { new: { title: Brand new, interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n',
      );
      await lookAgain(page);
      await expect.poll(() => card('new').locator('.tile').count(), PATIENT).toBeGreaterThan(0);
      expect(await card('other').count()).toBe(0);

      const link = page.getByRole('link', { name: 'Brand new' });
      await link.focus();
      await page.keyboard.press('Enter');
      await page.waitForURL('**/?d=new');
      await numbersShown(page);
    });
  });

  it('keeps the last values dimmed while the server is away, comes back by itself, and rests when hidden', async () => {
    const { page, requests } = await openPage(web.browser, `${server.url}/`, PHONE);
    const status = page.locator('.wall-status');
    await expect.poll(() => status.textContent(), PATIENT).toMatch(/^\d datasets/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.route('**/latest.json*', route => route.abort());
    await lookAgain(page);
    await expect
      .poll(() => status.textContent(), PATIENT)
      .toMatch(
        /^The server does not answer \(no answer\): these values are those of \d\d:\d\d:\d\d\. Next attempt in/,
      );
    expect(await page.locator('.tile:not([data-state="failing"])').first().getAttribute('data-state')).toBe(
      'stale',
    );
    await page.unroute('**/latest.json*');
    await setVisibility(page, 'hidden');
    const asked = requests.length;
    await setVisibility(page, 'visible');
    await expect.poll(() => status.textContent(), PATIENT).toMatch(/^\d datasets/);
    expect(requests.length).toBeGreaterThan(asked);
    await page.context().close();
  });

  it('names the day of its values if the server has not answered since then', async () => {
    const { page } = await openPage(web.browser, `${server.url}/`);
    const status = page.locator('.wall-status');
    await expect.poll(() => status.textContent(), PATIENT).toMatch(/^\d datasets/);
    await page.route('**/latest.json*', route => route.abort());
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 86_400_000;
    });
    await lookAgain(page);
    await expect
      .poll(() => status.textContent(), PATIENT)
      .toMatch(/: these values are those of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\. Next attempt in/);
    await page.context().close();
  });

  it('shows a dataset that is new while a reader is in another one', async () => {
    const { page } = await openPage(web.browser, `${server.url}/`);
    const card = (name: string) => page.locator(`.card[data-dataset="${name}"]`);
    const link = card('station').getByRole('link');
    await link.focus();
    await server.configure(
      'datasets: { newer: { title: Newer, interval: 0.1, sensors: [{ kind: tmp36-simulated }] } }\n',
    );
    await lookAgain(page);
    await expect.poll(() => card('newer').locator('.tile').count(), PATIENT).toBeGreaterThan(0);
    expect(await link.evaluate(focused => focused === document.activeElement)).toBe(true);
    await page.context().close();
  });

  it('keeps the field that finds some of many datasets while it hides others', async () => {
    const stations = Array.from({ length: 13 }, (_, index) =>
      inMemory({ ...SCRIPTED, name: `station${index}`, title: `Station ${index}` }, new ScriptedSource()),
    );
    const many = await serving({ datasets: stations, webRoot: web.folder });
    const { page } = await openPage(web.browser, `${many.url}/`);
    const cards = page.locator('.card:visible');
    const field = page.getByRole('searchbox', { name: 'Find a dataset or column' });
    await expect.poll(() => cards.count(), PATIENT).toBe(13);
    await field.fill('station 12');
    expect(await cards.count()).toBe(1);
    many.change({ datasets: stations.slice(1) });
    await lookAgain(page);
    await expect.poll(() => page.locator('.wall-status').textContent(), PATIENT).toMatch(/^12 datasets/);
    await field.fill('');
    expect(await cards.count()).toBe(12);
    await page.context().close();
    await many.close();
  });

  it('does not take a browser with a wrong clock for rows that are late', async () => {
    const { page } = await openPage(web.browser, 'about:blank');
    await page.clock.setSystemTime(Date.now() + 3 * 86_400_000);
    await page.goto(`${server.url}/`);
    const state = () => page.locator('.tile[data-tile="soil_temperature"]').getAttribute('data-state');
    await expect.poll(state, PATIENT).toBe('ok');
    await page.context().close();
  });
});
