import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { drawnColumns, launch, numbersShown, openPage, stateIs } from './open-page.ts';
import { PATIENT } from './row-pages.ts';

const COMMAND = resolve(import.meta.dirname, '../../dist/server/main.js');

describeWith('chromium', 'the page after an interruption', () => {
  let browser: Browser;
  let server: ChildProcess;
  /** The connections of the network between the page and the server. */
  const wires = new Set<Socket>();
  const network = createServer();
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
    const options = ['--simulate', '--host', '127.0.0.1', '--port', '0', '--interval', '0.1'];
    server = spawn(process.execPath, [COMMAND, 'serve', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
    let printed = '';
    while (!printed.includes('http://127.0.0.1')) printed += String((await once(server.stdout!, 'data'))[0]);
    const port = Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)![1]);
    network.on('connection', near => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        wires.add(from);
        from.pipe(to);
        from.on('error', () => {});
        from.on('close', () => {
          wires.delete(from);
          to.destroy();
        });
      }
    });
    network.listen(0, '127.0.0.1');
    await once(network, 'listening');
    const { port: near } = network.address() as AddressInfo;
    ({ page } = await openPage(browser, `http://127.0.0.1:${near}/#window=30`));
    await numbersShown(page);
    await stateIs(page, 'Live');
  });
  afterAll(async () => {
    await browser?.close();
    network.close();
    server?.kill('SIGKILL');
  });

  /** Seconds from the newest row that the page names to now. */
  const age = async () => {
    const text = (await page.locator('#newest').textContent()) ?? '';
    const [, hours, minutes, seconds] = /row (\d+):(\d+):([\d.]+)/.exec(text) ?? [];
    const now = new Date();
    const midnight = new Date(now).setHours(0, 0, 0, 0);
    return (Number(now) - midnight) / 1000 - 3600 * Number(hours) - 60 * Number(minutes) - Number(seconds);
  };

  /** The page is live again within a second or two of now, and its line has no gap. */
  async function isWhole(): Promise<void> {
    await stateIs(page, 'Live');
    await expect.poll(age, PATIENT).toBeLessThan(2);
    await expect
      .poll(async () => {
        const columns = await drawnColumns(page);
        return columns.slice(columns.indexOf(true), columns.lastIndexOf(true)).filter(it => !it).length;
      }, PATIENT)
      .toBe(0);
    await expect.poll(() => page.locator('#charts').getAttribute('data-stale'), PATIENT).toBe(null);
  }

  it('has the rows of the time in which it was frozen', async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise(done => setTimeout(done, 1500));
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await isWhole();
  });

  it('has the rows that came while the machine slept, which stops the clock that it measures with', async () => {
    await page.evaluate(() => {
      const now = performance.now.bind(performance);
      const asleep = 3000;
      const end = now() + asleep;
      while (now() < end);
      performance.now = () => now() - asleep;
    });
    await isWhole();
  });

  it('is live again as soon as the network is, with the rows of the time without it', async () => {
    await page.context().setOffline(true);
    // The browser lets open connections go on.
    for (const wire of wires) wire.destroy();
    await stateIs(page, 'Reconnecting');
    await expect.poll(() => page.locator('#charts').getAttribute('data-stale'), PATIENT).toBe('');
    await page.context().setOffline(false);
    await isWhole();
  });

  it('says that no rows come while the server stands still, dims its values, and goes on with it', async () => {
    server.kill('SIGSTOP');
    await expect
      .poll(() => page.locator('#newest').textContent(), PATIENT)
      .toMatch(/^no row for \d+(\.\d)? s; newest at /);
    await expect.poll(() => page.locator('#charts').getAttribute('data-stale'), PATIENT).toBe('');
    server.kill('SIGCONT');
    await expect.poll(age, PATIENT).toBeLessThan(2);
    await stateIs(page, 'Live');
  });
});
