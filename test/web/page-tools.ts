// Builds the page and starts a browser for the tests of one file, and ends both behind them.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { buildPage, launch } from './open-page.ts';

export interface PageTools {
  readonly browser: Browser;
  /** That of the built page. */
  readonly folder: string;
}

/** Both are there for the tests and the later hooks of the `describe` in which it is called. */
export function pageTools(): PageTools {
  let browser: Browser | undefined;
  let built: Awaited<ReturnType<typeof buildPage>> | undefined;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildPage(), launch()]);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.remove();
  });
  return {
    get browser() {
      return browser!;
    },
    get folder() {
      return built!.folder;
    },
  };
}
