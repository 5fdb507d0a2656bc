// Tests the strip of all rows while a server without a history starts again behind an open page.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Server } from '../server/history/server-process.ts';
import { describeWith } from '../tools.ts';
import { launch, lookAgain, numbersShown, openPage } from './open-page.ts';

const PATIENT = { timeout: 60_000, interval: 500 };

describeWith('chromium', 'the page of a server without a history', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launch();
    folder = mkdtempSync(join(tmpdir(), 'dapberry-page-memory-'));
    writeFileSync(
      join(folder, 'config.yaml'),
      'history: off\ndatasets: {garden: {interval: 0.2, sensors: [{kind: tmp36-simulated}]}}\n',
    );
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** The time of the first row, to the second. */
  async function firstRow(server: Server): Promise<string> {
    const extent = async () => (await server.health()).datasets[0]?.extent?.firstTime;
    await expect.poll(extent, PATIENT).toBeDefined();
    return new Date((await extent())! * 1000).toISOString().slice(11, 19);
  }

  it('says after a restart since when there are rows now', { timeout: 120_000 }, async () => {
    const start = (port: string) => new Server(['--config', join(folder, 'config.yaml'), '--port', port]);
    let server = start('0');
    try {
      const address = await server.address();
      const before = await firstRow(server);
      const { page } = await openPage(browser, address, { timezoneId: 'UTC' });
      await numbersShown(page);
      const ends = page.locator('#overview-ends');
      const memory = 'All rows in the server’s memory, since ';
      await expect.poll(() => ends.textContent(), PATIENT).toBe(`${memory}${before}`);
      await server.end('SIGKILL');
      server = start(new URL(address).port);
      const after = await firstRow(server);
      expect(after).not.toBe(before);
      await expect
        .poll(async () => {
          await lookAgain(page);
          return ends.textContent();
        }, PATIENT)
        .toBe(`${memory}${after}`);
    } finally {
      await server.end('SIGKILL');
    }
  });
});
