import { afterEach, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { numbersShown, openPage, picturesMove, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';

const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page of a server that makes rows as fast as they are read', () => {
  const web = pageTools();
  let server: Serving;

  afterEach(() => server.close());

  it('takes a bounded slice of them, and no more while these are shown', async () => {
    server = await serving({ interval: 0, webRoot: web.folder });
    const [dataset] = server.datasets;
    const { page, problems, requests } = await openPage(web.browser, `${server.url}/#window=30`);
    await numbersShown(page);
    await stateIs(page, 'Live');
    const streams = async (): Promise<number> =>
      ((await (await fetch(`${server.url}/health`)).json()) as { streams: number }).streams;
    // No request is open that a browser could go on reading from.
    await expect.poll(streams, PATIENT).toBe(0);
    const bounded = requests.filter(url => url.includes('.dods')).slice(1);
    for (const url of bounded) expect(url).toMatch(/\?&sensor\.time>=[\d.]+&sensor\.time<[\d.]+$/);
    const made = dataset!.status().rows;
    for (let row = 0; row < 3; row++) {
      const newest = await page.locator('#newest').textContent();
      await expect.poll(() => page.locator('#newest').textContent(), PATIENT).not.toBe(newest);
    }
    await picturesMove(page);
    expect(dataset!.status().rows).toBe(made);
    await stateIs(page, 'Live');
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
