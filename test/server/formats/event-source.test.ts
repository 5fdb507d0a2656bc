import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHROMIUM_ARGS } from '../../chromium.ts';
import { type Serving, serving } from '../../serving.ts';
import { describeWith, tools } from '../../tools.ts';
import { inMemory } from '../datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

const NOON = 1_795_867_200;
const PATIENT = { timeout: 25_000 };
const rows = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => [NOON + from + index, 0, from + index, 0]);

describeWith('chromium', 'EventSource of a browser', () => {
  let browser: Browser;
  let server: Serving;
  let source: ScriptedSource;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: tools.chromium!, args: CHROMIUM_ARGS });
    await start(0);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Serves at a port, as the machine does that restarts; the port is 0 at first. */
  async function start(port: number): Promise<void> {
    source = new ScriptedSource();
    server = await serving({ port, datasets: [inMemory(SCRIPTED, source)] });
  }

  /** Follows an address in a page, which notes the values of `b`, the ends, and how often the stream opened. */
  async function follow(query: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${server.url}/scripted.help`);
    await page.evaluate(address => {
      const seen = { values: [] as number[], ends: 0, opened: 0 };
      const events = new EventSource(address);
      events.onmessage = ({ data }) => seen.values.push(JSON.parse(data).b);
      events.onopen = () => {
        seen.opened += 1;
      };
      events.addEventListener('end', () => {
        seen.ends += 1;
      });
      Object.assign(globalThis, { seen, events });
    }, `${server.url}/scripted.events?${query}`);
    return page;
  }

  const seenBy = (page: Page) =>
    page.evaluate(() => {
      const { seen, events } = globalThis as unknown as {
        seen: { values: number[]; ends: number; opened: number };
        events: EventSource;
      };
      return { ...seen, isClosed: events.readyState === EventSource.CLOSED };
    });

  it('gets every row once, over a restart of the server', async () => {
    const page = await follow(`time,b&time>=${NOON}`);
    await source.append(rows(0, 3));
    await expect.poll(async () => (await seenBy(page)).values, PATIENT).toEqual([0, 1, 2]);
    const { port } = server;
    await server.close();
    await start(port);
    // The history of a real server has the rows that the browser has, too.
    await source.append(rows(0, 6));
    await expect.poll(async () => (await seenBy(page)).values, PATIENT).toEqual([0, 1, 2, 3, 4, 5]);
    await source.append(rows(6, 8));
    await expect.poll(async () => (await seenBy(page)).values, PATIENT).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await seenBy(page)).toMatchObject({ opened: 2, ends: 0, isClosed: false });
    await page.close();
  });

  it('stays closed after the last row of a window', async () => {
    await source.append(rows(8, 10));
    const page = await follow(`time,b&time>=${NOON + 7}&time<=${NOON + 9}`);
    await expect.poll(async () => (await seenBy(page)).isClosed, PATIENT).toBe(true);
    expect(await seenBy(page)).toEqual({ values: [7, 8, 9], ends: 1, opened: 1, isClosed: true });
    await page.close();
  });
});
