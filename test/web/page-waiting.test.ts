import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../server/datasets.ts';
import { SCRIPTED, ScriptedSource } from '../server/scripted-source.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { type OpenPage, openPage, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';
import { now, PATIENT } from './row-pages.ts';

/** What a browser writes to its console about a refusal. */
const REFUSED = /503/;

const reason = 'no server answers at http://attic.local:8080';

function waiting(name: string) {
  const info = { ...SCRIPTED, name, title: `Under the roof: ${name}` };
  return { info, reason, since: now(), retryAfter: 5, relayPath: [], isFirst: false };
}

describeWith('chromium', 'the page and datasets that wait', () => {
  const web = pageTools();
  let server: Serving;
  let opened: OpenPage;

  beforeAll(async () => {
    server = await serving({ interval: 0.2, webRoot: web.folder });
  });
  afterEach(() => opened.page.context().close());
  afterAll(() => server?.close());

  it('opens one as soon as it can be read, and says meanwhile why it cannot', async () => {
    server.change({ waiting: [waiting('attic')] });
    opened = await openPage(web.browser, `${server.url}/?d=attic`);
    const { page, problems } = opened;
    await stateIs(page, 'Reconnecting');
    await expect.poll(() => page.locator('#message').textContent(), PATIENT).toContain(reason);
    const source = new ScriptedSource();
    const attic = inMemory({ ...SCRIPTED, name: 'attic', title: 'Under the roof' }, source);
    server.change({ waiting: [], datasets: [...server.datasets, attic] });
    await expect.poll(() => page.locator('#title').textContent(), PATIENT).toBe('Under the roof');
    await source.append([[now(), 1, 2, 3]]);
    await stateIs(page, 'Live');
    expect(await page.locator('#message').isVisible()).toBe(false);
    expect(problems.filter(problem => !REFUSED.test(problem))).toEqual([]);
    server.change({ datasets: server.datasets });
  });

  it('leads from the wall to each of many by its own name', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `attic${index}`);
    server.change({ waiting: names.map(waiting) });
    opened = await openPage(web.browser, `${server.url}/`);
    const { page } = opened;
    const field = page.getByRole('combobox');
    await field.fill('attic4');
    const option = page.locator('.picker-list [role=option]');
    expect(await option.allTextContents()).toEqual([`Under the roof: attic4attic4waits: ${reason}`]);
    await field.press('Enter');
    await page.waitForURL(/attic4/);
    server.change({ waiting: [] });
  });
});
