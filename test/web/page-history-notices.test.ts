import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { damage } from '../server/history/damage.ts';
import { Server } from '../server/history/server-process.ts';
import { canMount } from '../server/history/stores.ts';
import { describeWith } from '../tools.ts';
import { launch, lookAgain, noticesOn, numbersShown, type OpenPage, openPage } from './open-page.ts';

/** How long a condition may take to come true: the page asks every ten seconds. */
const PATIENT = { timeout: 60_000 };

/** A server that starts, and several changes that the page sees at its next request. */
const LONG = 120_000;

describeWith('chromium', 'the page of a server whose history fails', () => {
  let browser: Browser;
  let folder: string;
  let servers: Server[];
  let undo: (() => void)[];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-page-history-'));
    servers = [];
    undo = [];
    writeFileSync(
      join(folder, 'config.yaml'),
      'history: {flush: 1 s}\ndatasets: {garden: {interval: 0.2, sensors: [{kind: tmp36-simulated}]}}\n',
    );
  });
  afterEach(async () => {
    await Promise.all(servers.map(server => server.end('SIGKILL')));
    for (const step of undo.reverse()) step();
    rmSync(folder, { recursive: true });
  });

  function start(history: string): Server {
    const server = new Server(['--config', join(folder, 'config.yaml'), '--history', history]);
    servers.push(server);
    return server;
  }

  /** Mounts a small disk, until the end of the test. */
  function mountDisk(at: string): void {
    mkdirSync(at, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', at]);
    undo.push(() => void spawnSync('umount', ['-l', at]));
  }

  /** The page of a server that has stored rows, without a notice. */
  async function openHealthy(server: Server): Promise<OpenPage> {
    await server.stored(1);
    const opened = await openPage(browser, await server.address());
    await numbersShown(opened.page);
    expect(await noticesOn(opened.page)).toEqual([]);
    return opened;
  }

  /** Waits until the page shows one notice, that rows cannot be stored for this reason. */
  async function isToldOf(page: Page, reason: string): Promise<void> {
    await expect.poll(() => noticesOn(page), PATIENT).toHaveLength(1);
    const [notice = ''] = await noticesOn(page);
    expect(notice).toMatch(
      /^Rows cannot be stored on the server’s disk since [\d:]{8}\. They are kept in its memory\./,
    );
    expect(notice).toContain(reason);
    expect(await page.locator('#news').textContent()).toBe('Rows cannot be stored on the server’s disk.');
    const since = Date.parse((await page.locator('.notice time').getAttribute('datetime'))!);
    expect(Math.abs(Date.now() - since)).toBeLessThan(60_000);
  }

  /** Waits until the notice has gone, and checks that no row was lost meanwhile. */
  async function isRecovered({ page, problems }: OpenPage, server: Server): Promise<void> {
    await expect.poll(() => server.text, PATIENT).toContain('the rows of garden are stored again');
    await lookAgain(page);
    await expect.poll(() => noticesOn(page), PATIENT).toEqual([]);
    // Of two servers, some rows of the second have the times of rows that the first has stored.
    expect(await page.locator('#news').textContent()).toMatch(
      /^(New rows|Rows) are stored on the server’s disk again\.$/,
    );
    const { lost, failure } = (await server.health()).datasets[0]!.history!;
    expect([lost, failure]).toEqual([0, undefined]);
    expect(problems).toEqual([]);
    await page.context().close();
  }

  const failing = (server: Server) =>
    expect.poll(() => server.text, PATIENT).toContain('the rows of garden cannot be stored');

  it(
    'says that another server keeps its history in the folder, until that one ends',
    async () => {
      const history = join(folder, 'rows');
      const first = start(history);
      await first.stored(1);
      const second = start(history);
      const opened = await openPage(browser, await second.address());
      await isToldOf(opened.page, 'another server (process ');
      await first.end('SIGTERM');
      await isRecovered(opened, second);
    },
    LONG,
  );

  it('says that a damaged file was set aside, under which name', { timeout: LONG }, async () => {
    const history = join(folder, 'rows');
    const server = start(history);
    const { page } = await openHealthy(server);
    const garden = join(history, 'garden');
    const part = readdirSync(garden, { recursive: true, encoding: 'utf8' }).find(name =>
      /\d{6}\.parquet$/.test(name),
    )!;
    await server.end('SIGTERM');
    damage(join(garden, part), 0.3, 'flip');
    await page.context().close();
    const second = start(history);
    await second.get(`garden.asc?time,temperature&time<=${Date.now() / 1000}`);
    const again = await openPage(browser, await second.address());
    await expect
      .poll(() => noticesOn(again.page), PATIENT)
      .toEqual([
        expect.stringMatching(
          /^A file with past rows was set aside\. The rows in it are not served\..*\/\d{6}\.parquet: set aside as .*\.parquet\.broken-1: /,
        ),
      ]);
    expect(await again.page.locator('#news').textContent()).toBe('A file with past rows was set aside.');
    expect(again.problems).toEqual([]);
    await again.page.context().close();
  });

  describe.runIf(canMount)('because of its disk', () => {
    it('says that it is full, until there is room', { timeout: LONG }, async () => {
      const disk = join(folder, 'disk');
      mountDisk(disk);
      const server = start(join(disk, 'rows'));
      const opened = await openHealthy(server);
      const filler = join(disk, 'filler');
      expect(() => writeFileSync(filler, new Uint8Array(512 * 1024))).toThrow('ENOSPC');
      await failing(server);
      await lookAgain(opened.page);
      await isToldOf(opened.page, 'no space is left on the disk (ENOSPC)');
      rmSync(filler);
      await isRecovered(opened, server);
    });

    it('says that it can only be read, until it can be written', { timeout: LONG }, async () => {
      const disk = join(folder, 'disk');
      mountDisk(disk);
      const server = start(join(disk, 'rows'));
      const opened = await openHealthy(server);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await failing(server);
      await lookAgain(opened.page);
      await isToldOf(opened.page, 'the file system is read-only (EROFS)');
      execFileSync('mount', ['-o', 'remount,rw', disk]);
      await isRecovered(opened, server);
    });

    it('says that it is away, until it is plugged in again', { timeout: LONG }, async () => {
      const [disk, at] = [join(folder, 'disk'), join(folder, 'at')];
      mountDisk(disk);
      mkdirSync(at);
      const plug = () => execFileSync('mount', ['--bind', disk, at]);
      const pull = () => spawnSync('umount', ['-l', at]);
      undo.push(() => void pull());
      plug();
      const server = start(join(at, 'rows'));
      const opened = await openHealthy(server);
      pull();
      await failing(server);
      await lookAgain(opened.page);
      await isToldOf(opened.page, 'expected the disk of the history, found another file system');
      plug();
      await isRecovered(opened, server);
    });
  });
});
