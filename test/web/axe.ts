// Runs axe-core on a page of a browser test, and lists what it finds.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** The library as a script. Playwright evaluates it, so that no Content-Security-Policy keeps it out. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of WCAG 2.2 up to AA, and axe's best practices. */
const RUN: RunOptions = {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};

/** One line for each element that breaks a rule: the rule, the element, and what is wrong. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  // Half-way through a change of colours no contrast is that of the page.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(change => change instanceof CSSTransition)
        .map(({ finished }) => finished),
    ),
  );
  const { violations } = await page.evaluate<AxeResults, RunOptions>(
    options =>
      (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    RUN,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => {
      const [, said = ''] = /\n\s*(.*)/.exec(failureSummary) ?? [];
      return `${id}: ${target.join(' ')}: ${said}`;
    }),
  );
}
