import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import {
  numbersShown,
  openPage,
  picturesMove,
  proxy,
  type Site,
  serveFiles,
  setVisibility,
  stateIs,
} from './open-page.ts';
import { pageTools } from './page-tools.ts';

/** What a browser writes to its console while a server is away. */
const AWAY = /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;

/** Those of the addresses that ask for rows. */
const forRows = (requests: readonly string[]) => requests.filter(url => url.includes('.dods'));

/** How long a condition may take to come true. */
const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page and its connection', () => {
  const web = pageTools();
  let server: Serving;

  beforeEach(async () => {
    server = await serving({ interval: 0.1, webRoot: web.folder });
  });
  afterEach(() => server.close());

  async function openStreams(): Promise<number> {
    const health = (await (await fetch(`${server.url}/health`)).json()) as { streams: number };
    return health.streams;
  }

  describe('when the server is stopped and started again', () => {
    it('says so, counts down, and goes on by itself', async () => {
      const { page, problems, requests } = await openPage(web.browser, `${server.url}/#window=30`);
      await numbersShown(page);
      await stateIs(page, 'Live');
      const { port } = server;
      await server.close();
      await stateIs(page, 'Reconnecting');
      await expect
        .poll(() => page.locator('#detail').textContent(), PATIENT)
        .toMatch(/^(in \d+ s|now): no answer/);
      expect(await page.locator('#announcement').textContent()).toMatch(/^Reconnecting: /);
      await expect
        .poll(() => page.locator('#newest').textContent(), PATIENT)
        .toMatch(/^no row for \d+(\.\d)? s; newest at /);
      server = await serving({ interval: 0.1, webRoot: web.folder, port });
      const again = page.getByRole('button', { name: 'Try now' });
      // The page may be quicker.
      await again.click({ timeout: 1000 }).catch(() => {});
      await stateIs(page, 'Live');
      await picturesMove(page);
      expect(forRows(requests)).toContainEqual(expect.stringMatching(/\?&sensor\.time>=\d+/));
      expect(problems.filter(problem => !AWAY.test(problem))).toEqual([]);
      await page.context().close();
    });

    it('comes up as soon as the server does, if it was opened before', async () => {
      const site = await serveFiles(web.folder, '/');
      const { port } = server;
      await server.close();
      const { page, problems } = await openPage(web.browser, `${site.url}/?url=${server.url}/host`);
      await stateIs(page, 'Reconnecting');
      expect(await page.locator('#message').textContent()).toMatch(/No answer yet[\s\S]*no answer/);
      server = await serving({ interval: 0.1, webRoot: web.folder, port });
      await stateIs(page, 'Live');
      await numbersShown(page);
      expect(await page.locator('#message').isVisible()).toBe(false);
      expect(problems.filter(problem => !AWAY.test(problem))).toEqual([]);
      await page.context().close();
      await site.close();
    });
  });

  it('waits for the list of datasets of a server that does not answer yet', async () => {
    const { page } = await openPage(web.browser, 'about:blank');
    // As a browser does that starts with the pages of its last session.
    await page.route('**/catalog.json', route => route.abort());
    await page.goto(server.url);
    await expect.poll(() => page.locator('#message').textContent(), PATIENT).toMatch(/No answer yet/);
    await page.unroute('**/catalog.json');
    await expect.poll(() => page.locator('.card').count(), PATIENT).toBe(2);
    expect(await page.locator('#message').isVisible()).toBe(false);
    await page.context().close();
  });

  describe('when it is hidden', () => {
    it('lets go of its stream, and takes up after the last row when it is seen again', async () => {
      const { page, problems, requests } = await openPage(web.browser, `${server.url}/?url=roberrypi`);
      await numbersShown(page);
      expect(await openStreams()).toBe(1);
      await setVisibility(page, 'hidden');
      await expect.poll(openStreams, PATIENT).toBe(0);
      const asked = forRows(requests).length;
      await setVisibility(page, 'visible');
      await expect.poll(openStreams, PATIENT).toBe(1);
      expect(forRows(requests).slice(asked)).toEqual([
        expect.stringMatching(/roberrypi\.dods\?&sensor\.time>=\d+/),
      ]);
      await stateIs(page, 'Live');
      await picturesMove(page);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    it('keeps its stream if that is only for a moment', async () => {
      const { page, requests } = await openPage(web.browser, `${server.url}/?url=roberrypi`);
      await numbersShown(page);
      const asked = forRows(requests).length;
      await setVisibility(page, 'hidden');
      await setVisibility(page, 'visible');
      await picturesMove(page);
      expect(forRows(requests)).toHaveLength(asked);
      await page.context().close();
    });
  });

  describe('when it comes from elsewhere', () => {
    let site: Site;

    afterEach(() => site.close());

    it('plots a server of another origin', async () => {
      site = await serveFiles(web.folder, '/any/folder/');
      const { page, problems } = await openPage(
        web.browser,
        `${site.url}/any/folder/?url=${server.url}/host`,
      );
      await stateIs(page, 'Live');
      await numbersShown(page);
      await picturesMove(page);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    it('asks for an address where there is no list of datasets beside it', async () => {
      site = await serveFiles(web.folder, '/');
      const { page, problems } = await openPage(web.browser, `${site.url}/`);
      await page.getByRole('heading', { name: 'Which dataset?' }).waitFor();
      const field = page.getByLabel('Plot another dataset');
      await field.fill('ftp://nowhere');
      await field.press('Enter');
      await expect
        .poll(() => page.getByRole('alert').textContent(), PATIENT)
        .toMatch(/http:\/\/ or https:\/\//);
      await field.fill(`${server.url.slice('http://'.length)}/roberrypi.dods`);
      await page.getByRole('button', { name: 'Plot' }).click();
      await stateIs(page, 'Live');
      await numbersShown(page);
      expect(problems.filter(problem => !/404.*catalog\.json/.test(problem))).toEqual([]);
      await page.context().close();
    });

    it('works behind a prefix of a reverse proxy', async () => {
      site = await proxy(server.url, '/station/');
      const { page, problems, requests } = await openPage(web.browser, `${site.url}/station/`);
      await page.locator('[data-dataset="host"] a').click();
      await page.waitForURL('**/station/?d=host*');
      await numbersShown(page);
      expect(requests.filter(url => !url.startsWith(`${site.url}/station/`))).toEqual([]);
      expect(problems).toEqual([]);
      await page.context().close();
    });
  });
});
