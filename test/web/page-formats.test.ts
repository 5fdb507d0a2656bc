import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAP2_FORMATS } from '../../dap/index.ts';
import { ROW_FORMATS } from '../../server/formats/list.ts';
import { DOCUMENTS } from '../../server/http/responses/documents.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { TOY } from '../toy-format.ts';
import { buildPage, launch, numbersShown, openPage } from './open-page.ts';

const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page of a server with a format of its own', () => {
  let built: { folder: string; remove(): Promise<void> };
  let browser: Browser;
  let server: Serving;
  let plain: Serving;

  beforeAll(async () => {
    [built, browser, plain] = await Promise.all([buildPage(), launch(), serving()]);
    server = await serving({ webRoot: built.folder, rowFormats: [...ROW_FORMATS, TOY] });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.close(), plain?.close(), built?.remove()]);
  });

  /** The links that the page shows at the query, by their texts. */
  async function linksAt(query: string): Promise<Map<string, string>> {
    const { page, problems } = await openPage(browser, `${server.url}/${query}`);
    await numbersShown(page);
    const links = await page
      .locator('#links a')
      .evaluateAll(all =>
        all.map(link => [link.textContent ?? '', (link as HTMLAnchorElement).href] as const),
      );
    expect(problems).toEqual([]);
    await page.close();
    return new Map(links);
  }

  it('links to every format of the server', async () => {
    const links = await linksAt('?url=host');
    expect([...links.keys()]).toEqual([
      ...[...ROW_FORMATS, TOY].map(({ label }) => `10 rows as ${label}`),
      ...DOCUMENTS.map(({ label }) => label),
    ]);
    for (const [text, href] of links) {
      const answer = await fetch(href);
      expect([text, answer.status]).toEqual([text, 200]);
      await answer.text();
    }
    expect(links.get('10 rows as toys')).toBe(`${server.url}/host.toy?sensor%5B0:1:9%5D`);
  });

  it('links to the formats of DAP2 alone for a dataset of another server', async () => {
    const links = await linksAt(`?url=${plain.url}/host`);
    expect([...links.values()].map(href => /\.\w+(?=\?|$)/.exec(href)?.[0])).toEqual(
      DAP2_FORMATS.map(({ suffix }) => suffix),
    );
  });

  it('shows the dataset of a response in that format', async () => {
    const { page } = await openPage(browser, `${server.url}/?url=host.toys?time,load_1min`);
    await numbersShown(page);
    await expect
      .poll(() => page.locator('#datasets a[aria-current="page"]').textContent(), PATIENT)
      .toBe('host');
    await page.close();
  });
});
