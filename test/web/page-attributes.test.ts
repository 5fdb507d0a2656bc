// Opens the page on datasets with odd, broken or missing attributes.

import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { openPage } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { type RowServer, rowServer } from './row-server.ts';

/** How long a condition may take to come true. */
const PATIENT = { timeout: 60_000 };

const DDS = 'Dataset { Sequence { Float64 time; Float32 a; Byte b; } s; } d;';
const now = (): number => Date.now() / 1000;

describeWith('chromium', 'the page and the attributes of a dataset', () => {
  const web = pageTools();
  let server: Serving;

  beforeAll(async () => {
    server = await serving({ interval: 1, webRoot: web.folder });
  });
  afterAll(async () => {
    await server?.close();
  });

  /** Opens the page on a dataset whose DAS is answered like this. */
  async function withDas(
    das: string | ((response: ServerResponse) => void),
    use: (page: Page, rows: RowServer) => Promise<void>,
  ): Promise<void> {
    const answerDas = typeof das === 'string' ? (response: ServerResponse) => void response.end(das) : das;
    const rows = await rowServer(DDS, 'Attributes {}', { answerDas });
    const { page } = await openPage(web.browser, `${server.url}/?url=${rows.url}`);
    try {
      await expect.poll(() => rows.streams, PATIENT).toBe(1);
      await use(page, rows);
    } finally {
      await page.close();
      await rows.close();
    }
  }

  const legends = (page: Page) => page.locator('.panel').allTextContents();
  const notices = (page: Page) => page.locator('#notices').textContent();

  it('shows no number that is marked as missing, in whatever type the mark is written', async () => {
    const das = `Attributes { s {
      a { Float64 _FillValue -999.9; Float64 valid_range 0, 100; String units "K"; }
      b { Byte missing_value -127; }
    } }`;
    await withDas(das, async (page, rows) => {
      rows.send([now(), 20.5, 7]);
      await expect.poll(async () => (await legends(page)).join(), PATIENT).toMatch(/20\.5.*7/s);
      rows.send([now() + 0.1, -999.9, -127]);
      await expect.poll(async () => (await legends(page)).join(), PATIENT).toMatch(/no value.*no value/s);
      rows.send([now() + 0.2, 100.5, 129]);
      rows.send([now() + 0.3, 21.25, 8]);
      await expect.poll(async () => (await legends(page)).join(), PATIENT).toMatch(/21\.25.*8/s);
      expect((await legends(page)).join()).not.toMatch(/999|129|127|100\.5/);
      expect(await notices(page)).not.toContain('attributes');
    });
  });

  it.each<[string, string | ((response: ServerResponse) => void), RegExp]>([
    [
      'a quote that is not escaped',
      'Attributes {\n  s {\n    a {\n      String note "an "old" one";\n      String units "K";\n    }\n  }\n}\n',
      /line 4, column \d+: expected ";"/,
    ],
    ['status 500', response => void response.writeHead(500).end(), /expected HTTP status 200, found 500/],
    [
      'a web page',
      '<!doctype html><title>Log in</title>',
      /answered with a web page \(HTML\).*is a login needed/,
    ],
    ['no answer', response => void response.destroy(), /rows\.das: no answer/],
  ])('plots without the attributes where the DAS is %s, and says why', async (what, das, reason) => {
    await withDas(das, async (page, rows) => {
      rows.send([now(), 20.5, 7]);
      await expect.poll(async () => (await legends(page)).join(), PATIENT).toMatch(/20\.5/);
      if (what.startsWith('a quote')) expect((await legends(page)).join()).toContain('K');
      await expect
        .poll(() => notices(page), PATIENT)
        .toMatch(/The attributes of the dataset could not be read/);
      expect(await notices(page)).toMatch(reason);
      expect(await page.locator('#message').isVisible()).toBe(false);
    });
  });

  it('says no more that attributes are missing once all of them could be read', async () => {
    let isAway = true;
    const das = `Attributes { s { a { String units "K"; } } }`;
    const answer = (response: ServerResponse) => {
      if (isAway) response.writeHead(500).end();
      else response.end(das);
    };
    await withDas(answer, async (page, rows) => {
      rows.send([now(), 20.5, 7]);
      await expect.poll(() => notices(page), PATIENT).toMatch(/could not be read/);
      isAway = false;
      // A page looks again after each break.
      rows.become(DDS);
      await expect
        .poll(async () => {
          rows.send([now(), 21.5, 7]);
          return (await legends(page)).join();
        }, PATIENT)
        .toMatch(/21\.5\s*K/);
      await expect.poll(() => notices(page), PATIENT).not.toMatch(/could not be read/);
    });
  });

  it('calls a login page one, and blames no rule of browsers', async () => {
    const login = createServer((_request, response) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>Log in</body></html>');
    });
    await new Promise<void>(done => login.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(login.address() as AddressInfo).port}/d`;
    const { page } = await openPage(web.browser, `${server.url}/?url=${url}`);
    const message = page.locator('#message-text');
    await expect.poll(() => message.textContent(), PATIENT).toMatch(/web page \(HTML\).*is a login needed/);
    expect(await message.textContent()).not.toMatch(/CORS|origin/);
    await page.close();
    login.closeAllConnections();
    await new Promise(done => login.close(done));
  });
});
