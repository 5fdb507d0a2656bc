// Opens the server's own pages in a browser as narrow as a phone.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { launch, openPage } from '../web/open-page.ts';

const PHONE = { viewport: { width: 390, height: 844 } };

describeWith('chromium', 'on a phone', () => {
  let browser: Browser;
  let server: Serving;
  beforeAll(async () => {
    [browser, server] = await Promise.all([launch(), serving()]);
  });
  afterAll(() => Promise.all([browser?.close(), server?.close()]));

  it.each([
    'html',
    'html?get=link&column=time&column=temperature&last=9&thinning=orderByMean(%22time/10minutes%22)',
    'info',
    'help',
  ])('the page .%s is no wider than the screen', async suffix => {
    const { page, problems } = await openPage(browser, `${server.url}/roberrypi.${suffix}`, PHONE);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.viewport.width);
    expect(problems).toEqual([]);
    await page.close();
  });
});
