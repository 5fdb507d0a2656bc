import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { stateIs } from './open-page.ts';
import { now, PATIENT, RowPages, textOf, UNITS, valuesOf } from './row-pages.ts';

describeWith('chromium', 'the numbers on the page', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  it('keeps a chart in sight beside a legend that is longer than the window', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const { rows, page } = await pages.openRows(
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
      const { rows, page } = await pages.openRows(
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
      send(26, 20.25, 1.1);
      await expect.poll(async () => (await valuesOf(page))[0], PATIENT).toBe('26.0');
      send(25, 20.25, 5000);
      await expect.poll(async () => (await valuesOf(page))[2], PATIENT).toBe('5000.00');
      send(25, 20.25, 1.1);
      await expect.poll(async () => (await valuesOf(page))[2], PATIENT).toBe('1.10');
    });

    it('has the decimal sign of the reader’s language, wherever people read it', async () => {
      const { rows, page } = await pages.openRows(
        'Float64 a; Int32 n;',
        `Attributes { s { ${UNITS} a { String units "degC"; } } }`,
        { locale: 'de-DE' },
      );
      rows.send(
        ...Array.from({ length: 20 }, (_, index) => [now() - 50 + 2.5 * index, 20 + index / 20, 12345]),
      );
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['20,95', '12\u202f345']);
      const first = page.locator('.panel').first();
      expect(await first.locator('.legend data').getAttribute('value')).toBe('20.95');
      await expect.poll(() => first.textContent(), PATIENT).toMatch(/20,[05]/);
      expect(await page.locator('.tile-value').allTextContents()).toEqual(['20,95', '12\u202f345']);
      await expect.poll(() => textOf(page, '#newest'), PATIENT).toContain('one every 2,5 s');
      await first.locator('.plot').focus();
      await page.keyboard.press('ArrowLeft');
      await expect
        .poll(() => first.locator('.plot').getAttribute('aria-valuetext'), PATIENT)
        .toMatch(/:\d\d,\d{3}: a 20,\d\d °C$/);
    });

    it('has those of the resolution that the server states', async () => {
      const page = await pages.openGarden();
      await stateIs(page, 'Live');
      for (const column of ['fridge_temperature', 'balcony_temperature', 'load_1min']) {
        await expect
          .poll(() => textOf(page, `[data-column="${column}"] .value`), PATIENT)
          .toMatch(/^−?\d+\.\d\d$/);
      }
    });
  });

  it('cuts no digit off in a tile, on a laptop and on a phone: the unit and the name give way', async () => {
    const { rows, page } = await pages.openRows(
      'Float64 a; Float64 received; String note;',
      `Attributes { s { ${UNITS}
        a { String units "millimetres_of_water_by_hour"; String long_name "A name that is as long as people make names"; }
        received { String units "byte"; } } }`,
    );
    const note = 'A remark of a length that no tile has room for, in one line at least';
    rows.send([now(), -1234567.891, 123456789012345, note]);
    await expect.poll(() => textOf(page, '.tile-value'), PATIENT).toMatch(/^−1/);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const tiles = await page.locator('.tile').evaluateAll(elements =>
        elements.map(tile => {
          const [value, frame] = [tile.querySelector('.tile-value')!, tile.getBoundingClientRect()];
          const { left, right } = value.getBoundingClientRect();
          return {
            cut: value.scrollWidth - value.clientWidth,
            beyond: Math.max(right - frame.right, frame.left - left),
            whole: tile.scrollWidth - tile.clientWidth,
          };
        }),
      );
      expect(tiles.map(({ cut }) => cut > 0)).toEqual([false, false, true]);
      for (const { beyond, whole } of tiles) {
        expect(beyond).toBeLessThanOrEqual(0);
        expect(whole).toBe(0);
      }
    }
  });

  it('calls sensors by their names', async () => {
    const page = await pages.openGarden();
    await stateIs(page, 'Live');
    const names = (await page.locator('.legend .name').allTextContents()).map(name => name.trim());
    expect(names.slice(0, 3)).toEqual([
      'fridge · Temperature',
      'balcony · Temperature',
      'Load average over 1 min',
    ]);
  });

  it('says that it is paused, and its numbers stand with the charts', async () => {
    const { rows, page } = await pages.openRows('Float64 a; String note;', `Attributes { s { ${UNITS} } }`);
    rows.send([now() - 5, 1.5, 'calm']);
    await stateIs(page, 'Live');
    await expect.poll(() => valuesOf(page), PATIENT).toEqual(['1.5']);
    await page.getByRole('button', { name: 'Pause' }).click();
    await stateIs(page, 'Paused');
    const newest = await textOf(page, '#newest');
    expect(await textOf(page, '#detail')).toMatch(/^at \d\d:\d\d:\d\d$/);
    rows.send([now(), 2.5, 'windy']);
    // The row has come, and the page names it as the newest.
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
    const { rows: gone, page } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`);
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
});
