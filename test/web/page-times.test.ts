import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { stateIs } from './open-page.ts';
import { now, PATIENT, RowPages, textOf, UNITS, valuesOf } from './row-pages.ts';

describeWith('chromium', 'the times on the page', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  describe('of the past that its address names', () => {
    it.each([
      ['#window=300', '300', '5 min', ''],
      ['#window=0.5', '120', '2 min', 'window=0.5: expected a length from 1s to 20y'],
      ['#window=1e15', '120', '2 min', 'window=1e15: expected a length from 1s to 20y'],
      ['#window=soon', '120', '2 min', 'window=soon: expected a length of time such as 10m'],
    ])(
      'is as long as %s says, or the page says what it does not understand',
      async (hash, value, name, problem) => {
        const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, { hash });
        const window = page.getByLabel('Window');
        expect(await window.inputValue()).toBe(value);
        expect(await window.locator('option:checked').textContent()).toBe(name);
        expect(new URL(page.url()).hash).toBe(hash);
        expect(await page.locator('#view-problem').textContent()).toContain(problem);
        const asked = now() - Number(/time>=([\d.]+)$/.exec(rows.queries[0] ?? '')?.[1]);
        expect(asked).toBeGreaterThan(Number(value));
        expect(asked).toBeLessThan(Number(value) + 60);
      },
    );

    it('is asked for besides a bound on another column', async () => {
      const { rows } = await pages.openRows('Float64 uptime;', `Attributes { s { ${UNITS} } }`, {
        query: '?&uptime>5',
      });
      expect(rows.queries[0]).toMatch(/^&uptime>5&s\.time>=\d+/);
    });
  });

  it.each([
    ['behind', -90],
    ['ahead of', 90],
  ])('says that the clock of the server is %s that of the browser', async (side, seconds) => {
    const { rows, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`);
    rows.send([now() + seconds, 1.5]);
    await stateIs(page, 'Live');
    await expect
      .poll(async () => {
        rows.send([now() + seconds, 1.5]);
        return textOf(page, '#clock-difference');
      }, PATIENT)
      .toBe(`server clock 90 s ${side} this browser’s`);
  });

  it('says nothing of a clock that is right', async () => {
    const page = await pages.openGarden();
    await stateIs(page, 'Live');
    // The page judges the clock by rows that the server made while the page was open.
    for (let row = 0; row < 4; row++) {
      const newest = await textOf(page, '#newest');
      await expect.poll(() => textOf(page, '#newest'), PATIENT).not.toBe(newest);
    }
    expect(await textOf(page, '#clock-difference')).toBe('');
  });

  it.each([
    ['column', 'Float64 x; Float64 b;', ''],
    ['column in units of time', 'Float64 time; Float64 b;', 'time { String units "furlongs"; }'],
  ])('are those of arrival for rows without a time %s', async (_, columns, units) => {
    const { rows, page } = await pages.openSequence(columns, `Attributes { s { ${units} } }`);
    rows.send([7, 1.5]);
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['7.0', '1.5']);
    await expect.poll(() => textOf(page, '#newest'), PATIENT).toMatch(/^newest row \d\d:\d\d:\d\d$/);
  });

  it('tells months by the calendar', async () => {
    const { rows, page } = await pages.openRows(
      'Float64 a;',
      'Attributes { s { time { String units "months since 1960-01-01"; } } }',
    );
    rows.send([120.5, 1.5]);
    await expect.poll(() => textOf(page, '#newest'), PATIENT).toMatch(/1970-01-15 /);
  });
});
