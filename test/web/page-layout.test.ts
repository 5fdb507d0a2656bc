import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeWith } from '../tools.ts';
import { stateIs } from './open-page.ts';
import { now, PATIENT, RowPages, UNITS, valuesOf } from './row-pages.ts';

/** The box of each chart in sight or not, from the top of the page. */
function panelsOf(page: Page): Promise<{ left: number; top: number; right: number; bottom: number }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.panel')].map(panel => {
      const { left, top, right, bottom } = panel.getBoundingClientRect();
      return { left, top: top + scrollY, right, bottom: bottom + scrollY };
    }),
  );
}

/** The colours of the pixels of the plot number `index` along a horizontal line at `share` of its height: `#` for ink, `_` for none. */
function inkAlong(page: Page, index: number, share: number): Promise<string> {
  return page.evaluate(
    ([number, place]) => {
      const plot = document.querySelectorAll('.plot')[number!]!;
      const shown = plot.querySelector<HTMLCanvasElement>('canvas:not([hidden])')!;
      const { width, height } = shown;
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
      copy.drawImage(shown, 0, 0);
      const { data } = copy.getImageData(0, Math.round(height * place!), width, 1);
      return Array.from({ length: width }, (_, x) => {
        const [red = 0, , blue = 0, alpha = 0] = data.subarray(4 * x, 4 * x + 4);
        return alpha > 128 && Math.abs(red - blue) > 60 ? '#' : '_';
      }).join('');
    },
    [index, share] as const,
  );
}

/** `##__##` as the lengths of its runs: `[['#', 2], ['_', 2], ['#', 2]]`, without those of a few pixels. */
function runsOf(ink: string): [string, number][] {
  return (ink.match(/#+|_+/g) ?? [])
    .map((run): [string, number] => [run[0]!, run.length])
    .filter(([, length]) => length > 12);
}

describeWith('chromium', 'the layout of the page', () => {
  let pages: RowPages;

  beforeAll(async () => {
    pages = await RowPages.start();
  });
  afterEach(() => pages.closePage());
  afterAll(() => pages?.close());

  describe('in columns', () => {
    it('fills the screen: one on a phone, two on a laptop and three on a wide screen', async () => {
      const units = ['m', 'V', 'A', 'W', 'Pa'];
      const { page, rows } = await pages.openRows(
        units.map((_, index) => `Float64 c${index};`).join(' '),
        `Attributes { s { ${UNITS} ${units.map((unit, index) => `c${index} { String units "${unit}"; }`).join(' ')} } }`,
        { viewport: { width: 1440, height: 900 } },
      );
      rows.send([now(), ...units.map((_, index) => index)]);
      await expect.poll(async () => (await valuesOf(page)).length, PATIENT).toBe(5);
      const lefts = async () => (await panelsOf(page)).map(({ left }) => Math.round(left));
      const widest = async () => Math.max(...(await panelsOf(page)).map(({ right }) => right));
      const [left, right] = (await lefts()) as [number, number];
      expect(right).toBeGreaterThan(700);
      // The fifth has no neighbour, and the row for itself.
      expect(await lefts()).toEqual([left, right, left, right, left]);
      const fifth = (await panelsOf(page))[4]!;
      expect(fifth.right - fifth.left).toBeGreaterThan(1350);
      for (const [width, columns] of [
        [390, [0, 0, 0, 0, 0]],
        [1190, [0, 0, 0, 0, 0]],
        [2560, [0, 1, 2, 0, 1]],
      ] as const) {
        await page.setViewportSize({ width, height: width === 2560 ? 1300 : 900 });
        const row = new Set(await lefts());
        expect(row.size).toBe(Math.max(...columns) + 1 + (width === 2560 ? 1 : 0));
        expect(await widest()).toBeGreaterThan(width - 60);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    });

    it('uses the height of the screen, however few charts there are', async () => {
      const { page, rows } = await pages.openRows('Float64 a;', `Attributes { s { ${UNITS} } }`, {
        viewport: { width: 1440, height: 900 },
      });
      rows.send([now(), 1]);
      await expect.poll(async () => (await valuesOf(page)).length, PATIENT).toBe(1);
      const heightOf = async () => (await page.locator('.plot').boundingBox())!.height;
      const low = await heightOf();
      expect(low).toBeGreaterThan(300);
      await page.setViewportSize({ width: 1440, height: 1200 });
      expect(await heightOf()).toBeCloseTo(low + 300, -1);
    });
  });

  describe('by ranges', () => {
    it('gives a small line a chart of its own beside a large one, once, and a line without values none', async () => {
      const { page, rows } = await pages.openRows(
        'Float64 small; Float64 large; Float64 none; Float64 alike;',
        `Attributes { s { ${UNITS} small { String units "W"; } large { String units "W"; } none { String units "W"; } alike { String units "W"; } } }`,
        { hash: '#window=120' },
      );
      const end = now();
      const wave = (index: number) => Math.sin(index / 5);
      const row = (index: number) => [
        end - 60 + index,
        20 + wave(index),
        500 + 400 * wave(index),
        Number.NaN,
        22 + 3 * wave(index),
      ];
      rows.send(...Array.from({ length: 60 }, (_, index) => row(index)));
      const charts = () =>
        page
          .locator('.panel')
          .evaluateAll(panels =>
            panels.map(panel =>
              [...panel.querySelectorAll('[data-column]')].map(item => item.getAttribute('data-column')),
            ),
          );
      await expect.poll(charts, PATIENT).toEqual([['small', 'none', 'alike'], ['large']]);
      // A hidden line stays hidden, and the letters are those of the new chart.
      const tags = await page.locator('.panel').first().locator('.swatch').allTextContents();
      expect(tags).toEqual(['A', 'B', 'C']);
      await page.locator('.legend').getByRole('button', { name: 'small' }).click();
      // Its values grow: the charts stay as they are, for none is flat in them.
      rows.send(
        ...Array.from({ length: 20 }, (_, index) => [end + 1 + index / 10, 60 * wave(index), 500, 1, 20]),
      );
      await expect.poll(async () => (await valuesOf(page))[1], PATIENT).toMatch(/^1/);
      expect(await charts()).toEqual([['small', 'none', 'alike'], ['large']]);
      expect(
        await page.locator('.legend').getByRole('button', { name: 'small' }).getAttribute('aria-pressed'),
      ).toBe('false');
    });
  });

  describe('of states and counts', () => {
    it('is a strip with words, and steps', async () => {
      const { page, rows } = await pages.openRows(
        'Int32 door; Float64 pump; Int32 count;',
        `Attributes { s { ${UNITS}
          door { Int32 flag_values 0, 1, 2; String flag_meanings "shut ajar wide_open"; }
          pump { Float64 valid_range 0, 1; Float64 resolution 1; } } }`,
        { hash: '#window=30', viewport: { width: 1280, height: 900 } },
      );
      const end = Math.floor(now());
      rows.send(
        ...Array.from({ length: 31 }, (_, index) => [
          end - 30 + index,
          index < 10 ? 0 : 2,
          Number(index % 20 < 10),
          index < 15 ? 0 : 10,
        ]),
      );
      await stateIs(page, 'Live');
      await expect.poll(() => valuesOf(page), PATIENT).toEqual(['10', 'wide open', 'off']);
      // The count is level, and rises at once: between its two levels nothing is drawn but one line down.
      await expect
        .poll(async () => (await inkAlong(page, 0, 0.5)).match(/#+/g)?.length ?? 0, PATIENT)
        .toBe(1);
      expect((await inkAlong(page, 0, 0.5)).match(/#+/g)![0]!.length).toBeLessThan(5);
      // The pump was on, off, on and off: above its words there are bars, and nothing between them.
      const strip = runsOf(await inkAlong(page, 1, 0.65));
      expect(strip.map(([kind]) => kind).join('')).toMatch(/#_#_?$/);
      const words = await page.locator('.panel').nth(1).getAttribute('aria-label');
      expect(words).toBe('door, pump (no unit)');
      const strips = (await page.locator('.plot').nth(1).boundingBox())!;
      expect(strips.height).toBeLessThan(110);
      await page
        .locator('.plot')
        .nth(1)
        .hover({ position: { x: 0.2 * strips.width, y: 20 } });
      await expect.poll(async () => (await valuesOf(page))[1], PATIENT).toBe('shut');
    });
  });
});
