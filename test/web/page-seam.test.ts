import { afterEach, expect, it } from 'vitest';
import { ClockedMachine } from '../server/clocked-machine.ts';
import { describeWith } from '../tools.ts';
import { drawnColumns, numbersShown, openPage, picturesMove, stateIs } from './open-page.ts';
import { pageTools } from './page-tools.ts';

/** What a browser writes to its console while a server is away. */
const AWAY = /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/;

const PATIENT = { timeout: 60_000 };

describeWith('chromium', 'the page of a server that starts again with an earlier clock', () => {
  const web = pageTools();
  let pi: ClockedMachine;
  let rows: ReturnType<typeof setInterval>;

  afterEach(async () => {
    clearInterval(rows);
    await pi.close();
  });

  /** From now on it has a row every fifth of a second. */
  function live(): void {
    clearInterval(rows);
    rows = setInterval(() => void pi.make(Date.now() / 1000), 200);
  }

  it.each([600, 10 * 365 * 86_400])(
    'goes on %d s earlier, says so, and has all in its place when the clock is set right',
    async back => {
      pi = new ClockedMachine(web.folder);
      await pi.start();
      const begin = Date.now() / 1000;
      await pi.make(...Array.from({ length: 200 }, (_, number) => begin - 40 + number / 5));
      live();
      const { page, problems } = await openPage(web.browser, `${pi.url.replace('scripted', '')}#window=120`);
      await numbersShown(page);
      await stateIs(page, 'Live');
      clearInterval(rows);
      await pi.close();
      await stateIs(page, 'Reconnecting');
      await pi.start(-back);
      live();
      const notice = page.locator('#notice-list');
      await expect
        .poll(() => notice.textContent(), PATIENT)
        .toMatch(/^The server started again with an earlier clock\. Its rows go on at /);
      await stateIs(page, 'Live');
      await numbersShown(page);
      await picturesMove(page);
      // The newest row is of now by the server's clock, and none is missed.
      await expect
        .poll(() => page.locator('#newest').textContent(), PATIENT)
        .toMatch(/^newest row .*second$/);

      pi.ahead = 0;
      await expect.poll(() => notice.textContent(), PATIENT).toBe('');
      await picturesMove(page);
      // The rows from before the restart, then none, then those after the clock was set right.
      const columns = async (): Promise<string> =>
        (await drawnColumns(page))
          .map(drawn => (drawn ? 'x' : ' '))
          .join('')
          .trim();
      await expect.poll(columns, PATIENT).toMatch(/^x{100,} {5,}x+$/);
      expect(problems.filter(problem => !AWAY.test(problem))).toEqual([]);
      await page.context().close();
    },
  );

  it('says so no longer than that is so, though the dataset is described anew meanwhile', async () => {
    pi = new ClockedMachine(web.folder);
    await pi.start();
    live();
    const { page } = await openPage(web.browser, `${pi.url.replace('scripted', '')}#window=120`);
    await numbersShown(page);
    clearInterval(rows);
    await pi.close();
    await stateIs(page, 'Reconnecting');
    pi.title = 'Described anew';
    await pi.start(-600);
    live();
    const notice = page.locator('#notice-list');
    await expect.poll(() => page.locator('#title').textContent(), PATIENT).toBe('Described anew');
    await numbersShown(page);
    await expect.poll(() => notice.textContent(), PATIENT).toMatch(/^The server started again/);
    pi.ahead = 0;
    await expect.poll(() => notice.textContent(), PATIENT).toBe('');
    await page.context().close();
  });
});
