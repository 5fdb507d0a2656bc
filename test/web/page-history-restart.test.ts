import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { COMMAND, Server } from '../server/history/server-process.ts';
import { describeWith } from '../tools.ts';
import { drawnColumns, launch, numbersShown, openPage, stateIs } from './open-page.ts';
import { now, PATIENT, placeOf } from './row-pages.ts';

/** Seconds that the chart shows. */
const WINDOW = 120;

/** Seconds between rows: more than the step of an arrow key in this window, which then reads each of them. */
const INTERVAL = 1.5;

/** What a browser writes to its console while a server is away. */
const AWAY = /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;

/** Seconds between rows that show as a gap in the line. */
const GAP = 4 * INTERVAL;

/** Rows that the server has made and not stored when it is killed. */
const LOST = 3;

describeWith('chromium', 'the page of a server with a history that is killed and started again', () => {
  let browser: Browser;
  let folder: string;
  let server: Server;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dapberry-page-restart-'));
    writeFileSync(
      join(folder, 'config.yaml'),
      // One write before the server is killed, and rows of some seconds after it that are not stored.
      `history: {flush: 10 s}\ndatasets: {garden: {interval: ${INTERVAL}, sensors: [{kind: tmp36-simulated}]}}\n`,
    );
  });
  afterEach(async () => {
    await server.end('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  /** Stores rows of the half hour until fifteen seconds ago. */
  function storePast(): void {
    const end = now() - 15;
    const lines = Array.from({ length: 1800 / INTERVAL }, (_, row) => {
      const time = end - 1800 + INTERVAL * row;
      return `${time.toFixed(3)},${750 + 20 * Math.sin(time / 20)},25\n`;
    });
    const file = join(folder, 'garden.csv');
    writeFileSync(file, `time,voltage,temperature\n${lines.join('')}`);
    const options = ['--history', join(folder, 'rows'), '--dataset', 'garden'];
    expect(spawnSync(process.execPath, [COMMAND, 'import', file, ...options]).status).toBe(0);
  }

  function start(port = '0'): Server {
    return new Server([
      ...['--config', join(folder, 'config.yaml')],
      ...['--history', join(folder, 'rows'), '--port', port],
    ]);
  }

  /** The times of the rows that the server has, up to now. */
  async function times(): Promise<number[]> {
    const text = (await server.get(`garden.asc?time&time>=0&time<=${now()}`)).toString();
    return text
      .split('\n')
      .filter(line => /^\d/.test(line))
      .map(Number);
  }

  /** The seconds of the gaps between rows, those of the latest first. */
  function gapsIn(all: readonly number[]): number[] {
    return all
      .flatMap((time, row) => (row > 0 && time - all[row - 1]! > GAP ? [time - all[row - 1]!] : []))
      .reverse();
  }

  /** The seconds of the gaps in the first chart between its lines, those on the right first; undefined if a line is missing. */
  async function drawnGaps(page: Page, window: number, lines: number): Promise<number[] | undefined> {
    const columns = await drawnColumns(page);
    const text = columns
      .map(drawn => (drawn ? 'x' : ' '))
      .join('')
      .trim();
    const least = Math.floor((GAP / window) * columns.length);
    const gaps = text.match(new RegExp(` {${Math.max(2, least)},}`, 'g')) ?? [];
    if (gaps.length !== lines - 1) return undefined;
    return gaps.map(({ length }) => (length / columns.length) * window).reverse();
  }

  /** Waits until the first chart has the gaps that `rows` have in its window by then, up to some pixels. */
  async function drawsGaps(page: Page, window: number, rows: () => Promise<number[]>): Promise<void> {
    // A gap of the chart begins and ends at the middle of a line that is some pixels wide.
    const tolerance = INTERVAL + window / 150;
    await expect
      .poll(async () => {
        const gaps = gapsIn((await rows()).filter(time => time > now() - window));
        const drawn = await drawnGaps(page, window, gaps.length + 1);
        const isRight = drawn?.every((gap, index) => Math.abs(gap - gaps[index]!) < tolerance);
        return isRight ? 'the gaps of the rows' : { gaps, drawn };
      }, PATIENT)
      .toBe('the gaps of the rows');
  }

  /** The moment that is pointed at, as the chart writes it, and the time of the row there in seconds; NaN where rows are missing. */
  const pointed = (page: Page): Promise<{ moment: string; time: number }> =>
    page.evaluate(() => ({
      moment: document.querySelector('.cursor span')?.textContent ?? '',
      time: Date.parse(document.querySelector<HTMLTimeElement>('.legend time')?.dateTime ?? '') / 1000,
    }));

  /** Reads rows one after another by the arrow key, from the one at `time` back to one before `until`. */
  async function readBack(page: Page, time: number, until: number): Promise<number[]> {
    const { x, y } = await placeOf(page, time, WINDOW);
    await page.mouse.click(x, y);
    await expect.poll(async () => (await pointed(page)).time, PATIENT).toBeGreaterThan(until);
    let last = await pointed(page);
    const read = [last.time];
    while (!(last.time < until)) {
      const { moment } = last;
      await page.keyboard.press('ArrowLeft');
      await expect.poll(async () => (await pointed(page)).moment, PATIENT).not.toBe(moment);
      last = await pointed(page);
      if (!Number.isNaN(last.time)) read.push(last.time);
    }
    return read.reverse();
  }

  /** Checks that reading back from `to` to `from` reads each of these rows once, and no other row but those between `free`. */
  async function hasRows(
    page: Page,
    rows: readonly number[],
    [from, to]: readonly [number, number],
    free: readonly [number, number] = [0, 0],
  ): Promise<void> {
    // The newest rows can be read once their pixels are complete, which takes a busy machine some seconds.
    await expect
      .poll(async () => {
        const all = await readBack(page, to, from);
        const read = all.filter(time => time <= free[0] || time >= free[1]);
        const [first, last] = [all[0]! - INTERVAL / 2, all.at(-1)! + INTERVAL / 2];
        const expected = rows.filter(time => time > first && time < last);
        // The page has times to a millisecond.
        const isRead = expected.every((time, row) => Math.abs(time - (read[row] ?? Number.NaN)) < 0.002);
        const isWhole = isRead && read.length === expected.length && expected.length > 2 * LOST;
        return isWhole ? 'each row once' : { read, expected };
      }, PATIENT)
      .toBe('each row once');
  }

  it('goes on after the last row, and shows the stored rows when it is loaded anew', {
    timeout: 240_000,
  }, async () => {
    storePast();
    server = start();
    const address = await server.address();
    const historyNow = async () => (await server.health()).datasets[0]!.history!;
    const { page, problems, requests } = await openPage(browser, `${address}#window=${WINDOW}`);
    await numbersShown(page);
    await server.stored((await historyNow()).rows + 1);
    await expect.poll(async () => (await historyNow()).unstored, PATIENT).toBe(LOST);
    const before = await times();
    const stored = (await historyNow()).lastTime!;
    await server.end('SIGKILL');
    await stateIs(page, 'Reconnecting');
    // The chart goes on while no row comes.
    await expect
      .poll(() => page.locator('#newest').textContent(), PATIENT)
      .toMatch(/^no row for (9|\d\d) s; newest at /);
    server = start(new URL(address).port);
    await stateIs(page, 'Live');
    await expect
      .poll(async () => (await times()).filter(time => time > before.at(-1)!).length, PATIENT)
      .toBeGreaterThanOrEqual(6);

    // The stored rows are there, and none of those that were not stored.
    const after = await times();
    const kept = after.filter(time => time <= stored);
    expect(kept).toEqual(before.filter(time => time <= stored));
    const resumed = after[kept.length]!;
    expect(resumed - before.at(-1)!).toBeGreaterThan(GAP);
    expect(before.length - kept.length).toBeGreaterThanOrEqual(LOST);

    // The open page has also those that were not stored, and one or two that came after `before`.
    const seen = async () => [...before, ...(await times()).filter(time => time >= resumed)];
    await drawsGaps(page, WINDOW, seen);
    await hasRows(page, await seen(), [stored - 1, resumed + 5], [before.at(-1)! + 0.001, resumed - 0.001]);
    expect(requests.filter(url => /\.dods\?.*time>=?\d/.test(url)).length).toBeGreaterThan(1);
    expect(problems.filter(problem => !AWAY.test(problem))).toEqual([]);
    await page.context().close();

    for (const window of [WINDOW, 1800]) {
      const again = await openPage(browser, `${address}#window=${window}`);
      await numbersShown(again.page);
      await drawsGaps(again.page, window, times);
      if (window === WINDOW) await hasRows(again.page, after, [stored - 10, resumed + 5]);
      expect(again.problems).toEqual([]);
      await again.page.context().close();
    }
  });
});
