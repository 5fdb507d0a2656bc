// Opens the page on rows that a test sends, or on a dataset of simulated sensors, and reads numbers from it.

import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { thisHost } from '../../device/index.ts';
import { loadConfig } from '../../server/config/load.ts';
import { problemLine } from '../../server/config/text/problem.ts';
import { openDatasets } from '../opened-datasets.ts';
import { type Serving, serving } from '../serving.ts';
import { buildPage, launch, openPage } from './open-page.ts';
import { type RowServer, rowServer } from './row-server.ts';

/** How long a condition may take to come true. */
export const PATIENT = { timeout: 60_000 };

export const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

/** Attributes of the time column. */
export const UNITS = 'time { String units "seconds since 1970-01-01"; }';

const GARDEN = `
interval: 1
sensors:
  - { kind: ds18b20, name: fridge }
  - { kind: tmp102, name: balcony }
  - { kind: host-load }
`;

/** Seconds since 1970. */
export function now(): number {
  return Date.now() / 1000;
}

export class RowPages {
  readonly #browser: Browser;
  readonly #built: { readonly folder: string; remove(): Promise<void> };
  readonly #server: Serving;
  #rows: RowServer | undefined;
  #page: Page | undefined;

  private constructor(browser: Browser, built: Awaited<ReturnType<typeof buildPage>>, server: Serving) {
    this.#browser = browser;
    this.#built = built;
    this.#server = server;
  }

  static async start(): Promise<RowPages> {
    const [built, browser] = await Promise.all([buildPage(), launch()]);
    const source = { name: 'garden.yaml', dataset: 'garden', content: GARDEN };
    const loaded = loadConfig([source], { overrides: { simulate: true, seed: 1 } });
    if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
    const datasets = await openDatasets(loaded.config.datasets, thisHost(1), true);
    return new RowPages(browser, built, await serving({ datasets, webRoot: built.folder }));
  }

  /** Opens the page on rows of the Float64 column `time` and of `columns`, which the test sends. */
  async openRows(
    columns: string,
    das: string,
    options: Parameters<typeof openPage>[2] & { readonly hash?: string; readonly query?: string } = {},
  ): Promise<{ rows: RowServer; page: Page }> {
    return this.openSequence(`Float64 time; ${columns}`, das, options);
  }

  /** The same for a Sequence of `columns` alone. */
  async openSequence(
    columns: string,
    das: string,
    options: Parameters<typeof openPage>[2] & { readonly hash?: string; readonly query?: string } = {},
  ): Promise<{ rows: RowServer; page: Page }> {
    await this.closePage();
    const { hash = '', query = '', ...context } = options;
    const rows = await rowServer(`Dataset { Sequence { ${columns} } s; } d;`, das);
    this.#rows = rows;
    const { page } = await openPage(
      this.#browser,
      `${this.#server.url}/?url=${rows.url}${query}${hash}`,
      context,
    );
    this.#page = page;
    await expect.poll(() => rows.streams, PATIENT).toBe(1);
    return { rows, page };
  }

  /** Opens the page on the dataset of simulated sensors. */
  async openGarden(): Promise<Page> {
    const { page } = await openPage(this.#browser, `${this.#server.url}/?url=garden`);
    this.#page = page;
    return page;
  }

  /** Closes the page that is open, and the server of its rows. */
  async closePage(): Promise<void> {
    await this.#page?.context().close();
    await this.#rows?.close();
    [this.#page, this.#rows] = [undefined, undefined];
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
    await this.#built.remove();
  }
}

export function textOf(page: Page, selector: string): Promise<string | null> {
  return page.locator(selector).first().textContent();
}

/** The values in the legends. */
export function valuesOf(page: Page): Promise<string[]> {
  return page.locator('.legend .value').allTextContents();
}

/** The place in the first chart that shows `seconds`, the time of a row, in a window of `window` seconds. */
export async function placeOf(
  page: Page,
  seconds: number,
  window: number,
): Promise<{ x: number; y: number }> {
  const box = await page.locator('.plot').first().boundingBox();
  if (box === null) throw new Error('expected a chart in sight');
  return { x: box.x + box.width * (1 - (now() - seconds) / window), y: box.y + 60 };
}
