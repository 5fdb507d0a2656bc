// Reports the counts of a vitest run as JSON to the file DAPBERRY_TEST_OUTCOME.

import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

export interface Outcome {
  readonly passed: number;
  /** The number of failed tests, files and suites that could not be set up, and uncaught errors. */
  readonly failed: number;
  readonly skipped: number;
  /** The names of the suites that are declared with `skip`. */
  readonly skippedSuites: readonly string[];
  /** The names of the tests that failed at first and passed when they were tried again. */
  readonly secondTries: readonly string[];
}

export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const { DAPBERRY_TEST_OUTCOME } = process.env;
    if (DAPBERRY_TEST_OUTCOME)
      writeFileSync(DAPBERRY_TEST_OUTCOME, JSON.stringify(outcomeOf(modules, unhandled)));
  }
}

function outcomeOf(modules: readonly TestModule[], unhandled: readonly unknown[]): Outcome {
  let passed = 0;
  let failed = unhandled.length;
  let skipped = 0;
  const skippedSuites: string[] = [];
  const secondTries: string[] = [];
  for (const module of modules) {
    const suites = [...module.children.allSuites()];
    failed += [module, ...suites].filter(suite => suite.errors().length > 0).length;
    skippedSuites.push(...suites.filter(isSkippedItself).map(suite => suite.fullName));
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (test.diagnostic()?.flaky) secondTries.push(test.fullName);
      if (state === 'passed') passed += 1;
      else if (state === 'failed') failed += 1;
      else skipped += 1;
    }
  }
  return { passed, failed, skipped, skippedSuites, secondTries };
}

/** Whether a suite itself is declared with `skip`; false for suites inside such a one. */
function isSkippedItself(suite: TestSuite): boolean {
  return isSkip(suite) && (suite.parent.type === 'module' || !isSkip(suite.parent));
}

function isSkip(suite: TestSuite): boolean {
  return suite.options.mode === 'skip';
}
