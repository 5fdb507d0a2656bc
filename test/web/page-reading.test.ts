// Opens the built page in a browser and reads numbers from it: of now, of a moment, of a gap, on a phone and on paper.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { thisHost } from '../../device/index.ts';
import { loadConfig } from '../../server/config/load.ts';
import { problemLine } from '../../server/config/text/problem.ts';
import { openDatasets } from '../../server/run/opening.ts';
import { type Serving, serving } from '../serving.ts';
import { describeWith } from '../tools.ts';
import { buildPage, inkOf, launch, openPage, picturesMove, stateIs } from './open-page.ts';
import { type RowServer, rowServer } from './row-server.ts';

const PATIENT = { timeout: 25_000 };

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

const UNITS = 'time { String units "seconds since 1970-01-01"; }';

const now = (): number => Date.now() / 1000;

const GARDEN = `
interval: 1
sensors:
  - { kind: ds18b20, name: fridge }
  - { kind: tmp102, name: balcony }
  - { kind: host-load }
`;

describeWith('chromium', 'what the page reads', () => {
  let built: { folder: string; remove(): Promise<void> };
  let browser: Browser;
  let server: Serving;
  let rows: RowServer | undefined;
  let page: Page | undefined;

  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), launch()]);
    const source = { name: 'garden.yaml', dataset: 'garden', content: GARDEN };
    const loaded = loadConfig([source], { overrides: { simulate: true, seed: 1 } });
    if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
    const datasets = await openDatasets(loaded.config.datasets, thisHost(1), true);
    server = await serving({ datasets, webRoot: built.folder });
  });
  afterEach(async () => {
    await page?.context().close();
    await rows?.close();
    [page, rows] = [undefined, undefined];
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await built?.remove();
  });

  /** Opens the page on `columns` of rows that the test sends. */
  async function openRows(
    columns: string,
    das: string,
    options: Parameters<typeof openPage>[2] & { readonly hash?: string; readonly query?: string } = {},
  ): Promise<{ rows: RowServer; page: Page }> {
    const { hash = '', query = '', ...context } = options;
    const fresh = await rowServer(`Dataset { Sequence { Float64 time; ${columns} } s; } d;`, das);
    rows = fresh;
    const opened = await openPage(browser, `${server.url}/?url=${fresh.url}${query}${hash}`, context);
    page = opened.page;
    await expect.poll(() => fresh.streams, PATIENT).toBe(1);
    return { rows: fresh, page };
  }

  const textOf = (open: Page, selector: string) => open.locator(selector).first().textContent();
  const valuesOf = (open: Page) => open.locator('.legend .value').allTextContents();

  /** The place in the first chart that shows `seconds`, a time of a row, in a window of so many seconds. */
  async function placeOf(open: Page, seconds: number, window: number): Promise<{ x: number; y: number }> {
    const box = await open.locator('.plot').first().boundingBox();
    if (box === null) throw new Error('expected a chart in sight');
    return { x: box.x + box.width * (1 - (now() - seconds) / window), y: box.y + 60 };
  }

  describe('where rows are missing', () => {
    const DAY = 86_400;
    // Rows of ten seconds, and an outage of 50 minutes; b alone has no value for half an hour.
    const send = (to: RowServer) => {
      const end = now();
      const outage = [end - 40_000, end - 37_000] as const;
      const silence = [end - 20_000, end - 18_200] as const;
      const times = Array.from({ length: 8000 }, (_, index) => end - 79_990 + 10 * index);
      to.send(
        ...times
          .filter(time => time < outage[0] || time > outage[1])
          .map(time => [time, 34, time > silence[0] && time < silence[1] ? Number.NaN : 7]),
      );
      return { outage, silence };
    };

    it.each([
      ['a laptop', {}],
      ['a phone', PHONE],
    ])('is no value on %s, though a row is 24 minutes away', async (_, context) => {
      const { rows, page } = await openRows('Float64 a; Float64 b;', `Attributes { s { ${UNITS} } }`, {
        ...context,
        hash: `#window=${DAY}`,
      });
      const { outage, silence } = send(rows);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '7.0']);
      const point = async (seconds: number) => {
        const { x, y } = await placeOf(page, seconds, DAY);
        if ('hasTouch' in context) await page.touchscreen.tap(x, y);
        else await page.mouse.move(x, y);
      };
      for (const minutes of [8, 24, 25, 42]) {
        await point(outage[0] + 60 * minutes);
        await expect.poll(() => valuesOf(page), PATIENT).toEqual(['–', '–']);
        expect(await textOf(page, '.legend .note')).toBe('no value');
      }
      await point((silence[0] + silence[1]) / 2);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '–']);
      await point(outage[0] - 6000);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['34.0', '7.0']);
      const time = page.locator('.legend time').first();
      expect(await time.isVisible()).toBe(true);
      expect(await time.textContent()).toMatch(/\d\d:\d\d:\d\d\.\d{3}$/);
      // The time of a row, not of a pixel.
      const read = Date.parse((await time.getAttribute('datetime')) ?? '') / 1000;
      expect(Math.abs(read - (outage[0] - 6000))).toBeLessThan(400);
    });
  });

  describe('at a moment', () => {
    it('stays that of the moment, which moves with the data, until it is let go', async () => {
      const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=30',
      });
      const begin = now() - 20;
      rows.send(...Array.from({ length: 20 }, (_, index) => [begin + index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['19.5']);
      const { x, y } = await placeOf(page, begin + 15, 30);
      await page.mouse.move(x, y);
      await expect.poll(() => textOf(page, '.legend time'), PATIENT).toMatch(/\.\d{3}$/);
      const [value] = await valuesOf(page);
      const time = await textOf(page, '.legend time');
      expect(await textOf(page, '.cursor span')).toBe(time);
      const left = () =>
        page
          .locator('.cursor')
          .first()
          .evaluate(cursor => cursor.getBoundingClientRect().left);
      const before = await left();
      rows.send([now(), 99.5]);
      await expect.poll(left, PATIENT).toBeLessThan(before - 20);
      expect(await valuesOf(page)).toEqual([value]);
      expect(await textOf(page, '.legend time')).toBe(time);
      await page.mouse.move(5, 5);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['99.5']);
    });

    it('is told with its time after a tap, and a tap elsewhere leads back to now', async () => {
      const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        ...PHONE,
        hash: '#window=600',
      });
      const begin = now() - 400;
      rows.send(...Array.from({ length: 40 }, (_, index) => [begin + 10 * index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['39.5']);
      await expect.poll(() => textOf(page, '#newest'), PATIENT).toMatch(/every 10 s$/);
      const chart = page.locator('.plot').first();
      const before = await chart.boundingBox();
      const { x, y } = await placeOf(page, begin + 200, 600);
      await page.touchscreen.tap(x, y);
      await expect.poll(() => valuesOf(page), PATIENT).not.toEqual(['39.5']);
      const time = page.locator('.legend time').first();
      expect(await time.isVisible()).toBe(true);
      expect(await time.textContent()).toMatch(/\d\d:\d\d:\d\d\.\d{3}$/);
      // Nothing has moved under the finger.
      expect(await chart.boundingBox()).toEqual(before);
      const { top } = await page.locator('.masthead').evaluate(head => head.getBoundingClientRect());
      await page.touchscreen.tap(300, top + 20);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['39.5']);
    });

    it('is that of the row before or after it by the arrow keys', async () => {
      const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=600',
      });
      const begin = now() - 360;
      rows.send(...Array.from({ length: 10 }, (_, index) => [begin + 40 * index, index + 0.5]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['9.5']);
      const { x, y } = await placeOf(page, begin + 200, 600);
      await page.mouse.click(x, y);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['5.5']);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['4.5']);
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['6.5']);
    });

    it('stays in sight where the Home key goes to', async () => {
      const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        hash: '#window=600',
      });
      rows.send(...Array.from({ length: 701 }, (_, index) => [now() - 700 + index, index]));
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['700.0']);
      await page.locator('.plot').first().focus();
      await page.keyboard.press('Home');
      await expect.poll(async () => Number((await valuesOf(page))[0]), PATIENT).toBeLessThan(200);
      const [read] = await valuesOf(page);
      rows.send([now(), 701]);
      await picturesMove(page);
      expect(await valuesOf(page)).toEqual([read]);
    });
  });

  it('keeps a chart in sight beside a legend that is longer than the window', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const { rows, page } = await openRows(
      names.map(name => `Float64 ${name};`).join(' '),
      `Attributes { s { ${UNITS} } }`,
    );
    rows.send([now(), ...names.map((_, index) => index)]);
    await expect.poll(async () => (await valuesOf(page)).at(-1), PATIENT).toBe('11.0');
    await page.locator('.legend > li').last().scrollIntoViewIfNeeded();
    const bar = (await page.locator('.bar').boundingBox())!;
    const plot = (await page.locator('.plot').boundingBox())!;
    expect(plot.y).toBeGreaterThanOrEqual(bar.y + bar.height);
    expect(plot.y + plot.height).toBeLessThanOrEqual(800);
  });

  describe('in digits', () => {
    it('has those of the values, whichever lines are seen and whatever one row says', async () => {
      const { rows, page } = await openRows(
        'Float64 a; Float32 b; Float64 depth;',
        `Attributes { s { ${UNITS} a { String units "degC"; } b { String units "degC"; } depth { String units "m"; } } }`,
      );
      const send = (a: number, b: number, depth: number) => rows.send([now(), a, b, depth]);
      const end = now();
      rows.send(
        ...Array.from({ length: 60 }, (_, index) => [end - 61 + index, 25, 20.25, 1.1 + (index % 5) / 100]),
      );
      send(25, 20.25, 1.1);
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['25.0', '20.25', '1.10']);
      await page.getByRole('button', { name: 'b', exact: true }).click();
      await page.evaluate(() => new Promise(done => setTimeout(done, 500)));
      expect((await valuesOf(page))[0]).toBe('25.0');
      send(25, 20.25, 5000);
      await expect.poll(async () => (await valuesOf(page))[2], PATIENT).toBe('5000.00');
      send(25, 20.25, 1.1);
      await expect.poll(async () => (await valuesOf(page))[2], PATIENT).toBe('1.10');
    });

    it('has those of the resolution that the server states', async () => {
      const opened = await openPage(browser, `${server.url}/?url=garden`);
      page = opened.page;
      await stateIs(page, 'Live');
      for (const column of ['fridge_temperature', 'balcony_temperature', 'load_1min']) {
        await expect
          .poll(() => textOf(page!, `[data-column="${column}"] .value`), PATIENT)
          .toMatch(/^−?\d+\.\d\d$/);
      }
    });
  });

  it('calls sensors by their names', async () => {
    const opened = await openPage(browser, `${server.url}/?url=garden`);
    page = opened.page;
    await stateIs(page, 'Live');
    const names = (await page.locator('.legend .name').allTextContents()).map(name => name.trim());
    expect(names.slice(0, 3)).toEqual([
      'fridge · Temperature',
      'balcony · Temperature',
      'Load average over 1 min',
    ]);
  });

  it('says that it is paused, and its numbers stand with the charts', async () => {
    const { rows, page } = await openRows('Float64 a; String note;', `Attributes { s { ${UNITS} } }`);
    rows.send([now(), 1.5, 'calm']);
    await stateIs(page, 'Live');
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['1.5']);
    await page.getByRole('button', { name: 'Pause' }).click();
    await stateIs(page, 'Paused');
    const newest = await textOf(page, '#newest');
    expect(await textOf(page, '#detail')).toMatch(/^at \d\d:\d\d:\d\d$/);
    await page.evaluate(() => new Promise(done => setTimeout(done, 1100)));
    rows.send([now(), 2.5, 'windy']);
    // The row has come, and is told of as the newest.
    await expect.poll(() => textOf(page, '#newest'), PATIENT).not.toBe(newest);
    expect(await valuesOf(page)).toEqual(['1.5']);
    expect(await textOf(page, '.texts dd')).toBe('calm');
    expect(await textOf(page, '#state')).toBe('Paused');
    await page.getByRole('button', { name: 'Go on' }).click();
    await stateIs(page, 'Live');
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['2.5']);
    expect(await textOf(page, '.texts dd')).toBe('windy');
  });

  it('shows dimmed what is not of now, since the server has gone', async () => {
    const { rows: gone, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`);
    gone.send([now(), 1.5]);
    await stateIs(page, 'Live');
    const weight = () =>
      page
        .locator('.value')
        .first()
        .evaluate(value => getComputedStyle(value).fontWeight);
    await expect.poll(weight, PATIENT).toBe('600');
    await gone.close();
    await expect.poll(weight, PATIENT).toBe('400');
    expect(await valuesOf(page)).toEqual(['1.5']);
  });

  describe('of few rows', () => {
    const DAS = `Attributes {
      NC_GLOBAL { String time_coverage_resolution "PT60S"; }
      s { ${UNITS} zero { String units "m"; } other { String units "degC"; } }
    }`;

    it('is drawn from the first on, whole, also at 0', async () => {
      const { rows, page } = await openRows('Float64 zero; Float64 other;', DAS);
      rows.send([now(), 0, 21.5]);
      for (const canvas of [0, 1]) {
        await expect.poll(async () => (await inkOf(page, canvas)).pixels, PATIENT).toBeGreaterThanOrEqual(9);
      }
      rows.send([now(), 0, 21.5]);
      await expect.poll(async () => (await inkOf(page, 0)).pixels, PATIENT).toBeGreaterThanOrEqual(9);
      const { top, bottom, left, right } = await inkOf(page, 0);
      expect([bottom - top + 1, right - left + 1]).toEqual([4, expect.toSatisfy(wide => wide >= 3)]);
    });

    it('that stay at 0 is a line as thick as any', async () => {
      const { rows, page } = await openRows('Float64 zero; Float64 other;', DAS, { hash: '#window=30' });
      const end = now();
      rows.send(...Array.from({ length: 25 }, (_, index) => [end - 25 + index, 0, 21.5]));
      const thickness = async (canvas: number) => {
        const { top, bottom } = await inkOf(page, canvas);
        return bottom - top + 1;
      };
      await expect.poll(() => thickness(0), PATIENT).toBe(2);
      expect(await thickness(1)).toBe(2);
    });
  });

  describe('of the past that its address names', () => {
    it.each([
      ['#window=300', '300', '5 min', '#window=300'],
      ['#window=1', '5', '5 s', '#window=5'],
      ['#window=1e15', '604800', '7 days', '#window=604800'],
      ['#window=soon', '120', '2 min', ''],
    ])('is as long as %s says, or the address is put right', async (hash, value, name, shown) => {
      const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, { hash });
      const window = page.getByLabel('Window');
      expect(await window.inputValue()).toBe(value);
      expect(await window.locator('option:checked').textContent()).toBe(name);
      expect(new URL(page.url()).hash).toBe(shown);
      const asked = now() - Number(/time>=([\d.]+)$/.exec(rows.queries[0] ?? '')?.[1]);
      expect(asked).toBeGreaterThan(Number(value));
      expect(asked).toBeLessThan(Number(value) + 60);
    });

    it('is asked for besides a bound on another column', async () => {
      const { rows } = await openRows('Float64 uptime;', `Attributes { s { ${UNITS} } }`, {
        query: '?&uptime>5',
      });
      expect(rows.queries[0]).toMatch(/^&uptime>5&s\.time>=\d+/);
    });
  });

  it.each([
    ['behind', -90],
    ['ahead of', 90],
  ])('says that the clock of the server is %s that of the browser', async (side, seconds) => {
    const { rows, page } = await openRows('Float64 a;', `Attributes { s { ${UNITS} } }`);
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
    const opened = await openPage(browser, `${server.url}/?url=garden`);
    page = opened.page;
    await stateIs(page, 'Live');
    await page.evaluate(() => new Promise(done => setTimeout(done, 3000)));
    expect(await textOf(page, '#clock-difference')).toBe('');
  });

  it('has rows that do not tell their time at the time when they come', async () => {
    for (const units of ['', 'time { String units "furlongs"; }']) {
      const fresh = await rowServer(
        `Dataset { Sequence { Float64 ${units === '' ? 'x' : 'time'}; Float64 b; } s; } d;`,
        `Attributes { s { ${units} } }`,
      );
      rows = fresh;
      const opened = await openPage(browser, `${server.url}/?url=${fresh.url}`);
      page = opened.page;
      await expect.poll(() => fresh.streams, PATIENT).toBe(1);
      fresh.send([7, 1.5]);
      await expect.poll(() => valuesOf(page!), PATIENT).toEqual(['7.0', '1.5']);
      await expect.poll(() => textOf(page!, '#newest'), PATIENT).toMatch(/^newest row \d\d:\d\d:\d\d$/);
      await page.context().close();
      await fresh.close();
    }
    [page, rows] = [undefined, undefined];
  });

  it('tells months by the calendar', async () => {
    const { rows, page } = await openRows(
      'Float64 a;',
      'Attributes { s { time { String units "months since 1960-01-01"; } } }',
    );
    rows.send([120.5, 1.5]);
    await expect.poll(() => textOf(page, '#newest'), PATIENT).toMatch(/1970-01-15 /);
  });

  it('fits a phone, whatever anything is called', async () => {
    const long = 'Averyveryverylongunbrokenname'.repeat(8);
    const { rows, page } = await openRows(
      `Float64 ${long}; Float64 b; String t;`,
      `Attributes {
        NC_GLOBAL { String title "${long}"; String institution "${long}"; }
        s { ${UNITS} b { String units "${long}"; String sensor_name "${long}"; } t { String long_name "${long}"; } }
      }`,
      { ...PHONE, query: `?time,${long},b,t&b>-${'1'.repeat(300)}` },
    );
    rows.send([now(), 1.5e300, -123_456_789.123, long]);
    await expect.poll(() => textOf(page, '.texts dd'), PATIENT).toBe(long);
    const widths = () =>
      page.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]);
    expect(await widths()).toEqual([360, expect.toSatisfy(width => width <= 360), 360]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await rows.close();
    await stateIs(page, 'Reconnecting');
    expect((await widths())[0]).toBe(360);
  });

  describe('on paper', () => {
    /** How far each label of the first value axis is from where its value is in the chart, in CSS pixels. */
    const misplaced = (open: Page) =>
      open.evaluate(() => {
        const plot = document.querySelector('.plot')!.getBoundingClientRect();
        const labels = [...document.querySelectorAll('.panel:first-child .value-axis span')].map(label => {
          const { top, height } = label.getBoundingClientRect();
          return { value: Number(label.textContent!.replace('−', '-')), at: top + height / 2 - plot.top };
        });
        const values = labels.map(({ value }) => value);
        const [least, greatest] = [Math.min(...values), Math.max(...values)];
        return Math.max(
          ...labels.map(({ value, at }) =>
            Math.abs(at - ((greatest - value) / (greatest - least)) * plot.height),
          ),
        );
      });

    it('has every label beside its value and every chart drawn, in the colours of paper', async () => {
      const units = ['degC', 'm', 'V', 'A', 'W', 'Pa'];
      const columns = units.map((_, index) => `c${index}`);
      const { rows, page } = await openRows(
        columns.map(column => `Float64 ${column};`).join(' '),
        `Attributes { s { ${UNITS} ${columns.map((column, index) => `${column} { String units "${units[index]}"; }`).join(' ')} } }`,
        { hash: '#window=30', colorScheme: 'dark', viewport: { width: 1280, height: 1000 } },
      );
      const end = now();
      rows.send(
        ...Array.from({ length: 25 }, (_, index) => [
          end - 25 + index,
          ...columns.map(() => -40 + 22 * Math.sin(index / 4)),
        ]),
      );
      await stateIs(page, 'Live');
      await expect.poll(async () => (await inkOf(page, 0)).pixels, PATIENT).toBeGreaterThan(200);
      // Far below the fold, where nothing is drawn for the screen.
      expect((await inkOf(page, 5)).pixels).toBe(0);
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      for (const canvas of columns.keys()) expect((await inkOf(page, canvas)).pixels).toBeGreaterThan(200);
      await page.emulateMedia({ media: 'print' });
      expect(await misplaced(page)).toBeLessThan(1);
      for (const canvas of columns.keys()) expect((await inkOf(page, canvas)).pixels).toBeGreaterThan(200);
      const colour = await page.locator('.legend li').first().getAttribute('style');
      expect(colour).toContain('#0060a8');
      expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 36, 48)');
      const pdf = await page.pdf({ format: 'A4' });
      expect(pdf.length).toBeGreaterThan(10_000);
      await page.emulateMedia({ media: 'screen' });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      await expect.poll(() => misplaced(page), PATIENT).toBeLessThan(1);
    });
  });
});
