import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { type AilingServer, ailingServer, RIGHT } from './ailing-server.ts';
import { violationsOn } from './axe.ts';
import {
  lookAgain,
  noticesOn,
  numbersShown,
  openPage,
  proxy,
  type Site,
  serveFiles,
  setVisibility,
  stateIs,
} from './open-page.ts';
import { pageTools } from './page-tools.ts';

/** How long a condition may take to come true: the page asks every ten seconds. */
const PATIENT = { timeout: 60_000 };

/** Several changes that the page sees at its next question. */
const LONG = 90_000;

describeWith('chromium', 'the page and how its server is doing', () => {
  const web = pageTools();
  let server: AilingServer;

  beforeEach(async () => {
    server = await ailingServer(web.folder);
  });
  afterEach(() => server.close());

  const marked = (page: Page) =>
    page
      .locator('.legend li', { has: page.locator('.mark:visible') })
      .evaluateAll(all => all.map(item => item.getAttribute('data-column')));
  const asked = (requests: readonly string[]) => requests.filter(url => url.endsWith('/health')).length;

  it('says nothing while all is well', async () => {
    const { page, problems, requests } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    await expect.poll(() => asked(requests), PATIENT).toBeGreaterThan(0);
    expect(await page.locator('#notices').isVisible()).toBe(false);
    expect(await marked(page)).toEqual([]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it(
    'tells of a sensor that fails, marks its columns, and forgets it when it comes back, by itself',
    async () => {
      const { page, problems } = await openPage(web.browser, `${server.url}/?url=station`, {
        timezoneId: 'Asia/Kathmandu',
      });
      await numbersShown(page);
      await server.fail({ air: 'i2c-1:0x76: expected an answer, found <b>none</b>' });
      await expect
        .poll(() => noticesOn(page), PATIENT)
        .toEqual([
          expect.stringMatching(
            /^Sensor air fails since [\d:]{8}\. No values for Air temperature, Air humidity\.i2c-1:0x76: expected an answer, found <b>none<\/b>$/,
          ),
        ]);
      const since = (await page.locator('.notice time').getAttribute('datetime'))!;
      expect(Math.abs(Date.now() - Date.parse(since))).toBeLessThan(60_000);
      const there = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Kathmandu' });
      expect(await page.locator('.notice time').textContent()).toBe(there.format(new Date(since)));
      expect(await marked(page)).toEqual(['air_temperature', 'air_humidity']);
      expect(await page.locator('#news').textContent()).toBe('Sensor air fails.');
      const button = page.getByRole('button', { name: 'Air temperature sensor fails' });
      expect(await button.count()).toBe(1);
      expect(await violationsOn(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violationsOn(page)).toEqual([]);

      await server.fail({});
      await expect.poll(() => noticesOn(page), PATIENT).toEqual([]);
      expect(await page.locator('#notices').isVisible()).toBe(false);
      expect(await marked(page)).toEqual([]);
      expect(await page.locator('#news').textContent()).toBe('Sensor air fails no more.');
      await numbersShown(page);
      expect(problems).toEqual([]);
      await page.context().close();
    },
    LONG,
  );

  it('tells what is wrong with the configuration until it is mended, on the page of each dataset', async () => {
    const { page, problems } = await openPage(web.browser, `${server.url}/?url=other`);
    await numbersShown(page);
    await server.configure('datasets: { other: { a: 1, b: 2, c: 3, d: 4, interval: x } }\n');
    await lookAgain(page);
    await expect
      .poll(() => noticesOn(page), PATIENT)
      .toEqual([
        expect.stringMatching(
          /^The configuration is wrong since [\d:]+\. The server goes on with the one before\.(\S*config\.yaml:1:\d+: .*){3}and \d+ more$/,
        ),
      ]);
    await server.configure(RIGHT);
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toEqual([]);
    expect(await page.locator('#news').textContent()).toBe('The configuration is right again.');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('tells only of the dataset that is shown', async () => {
    await server.fail({ soil: 'gone' });
    const { page } = await openPage(web.browser, `${server.url}/?url=other`);
    const other = await openPage(web.browser, `${server.url}/?url=station`);
    await expect.poll(() => noticesOn(other.page), PATIENT).toHaveLength(1);
    await stateIs(page, 'Live');
    expect(await noticesOn(page)).toEqual([]);
    await page.context().close();
    await other.page.context().close();
  });

  it('tells that row times are ahead of a clock that was set back', async () => {
    const { page } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    await server.stepClock(-3600);
    await lookAgain(page);
    await expect
      .poll(() => noticesOn(page), PATIENT)
      .toEqual([
        expect.stringMatching(/^The server’s clock was set back\. Row times are 60 min ahead of it/),
      ]);
    await page.context().close();
  });

  it('tells that the clock is not synchronised until it is, and by how much it was set forward', async () => {
    server.synchronize('no');
    const { page, problems } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    await expect
      .poll(() => noticesOn(page), PATIENT)
      .toEqual(['The server’s clock is not synchronised. The times of its rows may be wrong.']);
    // One after the other: the page may look between two changes, and the later news replace the earlier.
    server.synchronize('yes');
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toEqual([]);
    expect(await page.locator('#news').textContent()).toBe('The server’s clock is synchronised.');
    await server.stepClock(7200);
    await lookAgain(page);
    await expect
      .poll(() => noticesOn(page), PATIENT)
      .toEqual([
        'The server’s clock was set forward. Earlier rows have the times of the clock as it was, 2 h behind.',
      ]);
    expect(await page.locator('#news').textContent()).toBe('The server’s clock was set forward.');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  it('leaves room for the charts where many sensors fail, and what is unfolded and selected as it is', async () => {
    const { page } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    const all = ['air', 'soil', 'probe0', 'probe1', 'probe2', 'probe3', 'probe4', 'probe5'];
    await server.fail(Object.fromEntries(all.map(name => [name, `${name} is gone`])));
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(4);
    await page.getByText('4 more', { exact: true }).click();
    expect(await noticesOn(page)).toHaveLength(8);
    await page.locator('.notice').getByText('soil is gone').selectText();
    await server.fail({ soil: 'soil is gone', air: 'air is gone' });
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(2);
    expect(await page.evaluate(() => String(getSelection()))).toBe('soil is gone');
    await page.context().close();
  });

  it('moves no chart while a finger is on it', async () => {
    const { page, requests } = await openPage(web.browser, `${server.url}/?url=station`, {
      viewport: { width: 360, height: 740 },
    });
    await numbersShown(page);
    await expect.poll(() => asked(requests), PATIENT).toBeGreaterThan(0);
    const plot = page.locator('.plot').first();
    await plot.scrollIntoViewIfNeeded();
    await plot.hover();
    await page.mouse.down();
    await server.fail({ soil: 'gone' });
    const answered = page.waitForResponse('**/health');
    await lookAgain(page);
    await (await answered).finished();
    // Two frames: whatever the answer changes is seen by then.
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await noticesOn(page)).toEqual([]);
    expect(await marked(page)).toEqual([]);
    const before = asked(requests);
    await page.mouse.up();
    await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(1);
    expect(await marked(page)).toEqual(['soil_temperature']);
    expect(asked(requests)).toBe(before);
    await page.context().close();
  });

  it('asks nobody while it is hidden', async () => {
    const { page, requests } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    await expect.poll(() => asked(requests), PATIENT).toBeGreaterThan(0);
    await setVisibility(page, 'hidden');
    const before = asked(requests);
    // The page lets go of its stream after ten seconds, which is when it would have asked again.
    await expect
      .poll(
        async () => ((await (await fetch(`${server.url}/health`)).json()) as { streams: number }).streams,
        PATIENT,
      )
      .toBe(0);
    expect(asked(requests)).toBe(before);
    await setVisibility(page, 'visible');
    await expect.poll(() => asked(requests), PATIENT).toBeGreaterThan(before);
    await page.context().close();
  });

  it('keeps what it was told while the server does not answer, and says so', async () => {
    const { page } = await openPage(web.browser, `${server.url}/?url=station`);
    await numbersShown(page);
    await server.fail({ soil: 'gone' });
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(1);
    await page.route('**/health', route => route.fulfill({ status: 502, body: 'no' }));
    await lookAgain(page);
    await expect
      .poll(() => page.locator('.stale').textContent(), PATIENT)
      .toMatch(/^The server does not answer; it said so at [\d:]{8}\.$/);
    expect(await noticesOn(page)).toHaveLength(1);
    await page.unroute('**/health');
    await lookAgain(page);
    await expect.poll(() => page.locator('.stale').textContent(), PATIENT).toBe('');
    await page.context().close();
  });

  describe('that is not beside it', () => {
    let site: Site | undefined;

    afterEach(async () => {
      await site?.close();
      site = undefined;
    });

    it('asks no other server', async () => {
      await server.fail({ soil: 'gone' });
      site = await serveFiles(web.folder, '/');
      const { page, requests } = await openPage(web.browser, `${site.url}/?url=${server.url}/station`);
      await stateIs(page, 'Live');
      await lookAgain(page);
      await stateIs(page, 'Live');
      expect(asked(requests)).toBe(0);
      expect(await noticesOn(page)).toEqual([]);
      await page.context().close();
    });

    it('asks within the prefix of a reverse proxy', async () => {
      await server.fail({ soil: 'gone' });
      site = await proxy(server.url, '/station/');
      const { page, requests } = await openPage(web.browser, `${site.url}/station/?url=station`);
      await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(1);
      expect(requests.filter(url => url.endsWith('/health'))[0]).toBe(`${site.url}/station/health`);
      await page.context().close();
    });

    it.each([
      ['says that there is none', { status: 404, body: 'Not found' }],
      ['has something else there', { status: 200, contentType: 'application/json', body: '{"status":"UP"}' }],
      ['asks for a password', { status: 200, contentType: 'text/html', body: '<h1>Who are you?</h1>' }],
    ])('goes on in peace where the server %s', async (_what, answer) => {
      const { page, problems, requests } = await openPage(web.browser, 'about:blank');
      await page.route('**/health', route => route.fulfill(answer));
      await page.goto(`${server.url}/?url=station`);
      await numbersShown(page);
      await stateIs(page, 'Live');
      await expect.poll(() => asked(requests), PATIENT).toBeGreaterThan(0);
      expect(await page.locator('#notices').isVisible()).toBe(false);
      expect(problems.filter(problem => !/404.*health/.test(problem))).toEqual([]);
      await page.context().close();
    });
  });
});
