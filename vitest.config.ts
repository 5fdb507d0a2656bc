// Configures the tests: which run side by side, which one after another, and their timeouts.

import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Generous, because a busy machine is no fault of a test. */
const limits = {
  testTimeout: 180_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 20_000 } },
  // Servers that tests start keep their last good configurations outside of the home of the developer.
  env: { XDG_STATE_HOME: join(tmpdir(), 'dapberry-test-state') },
};

/** Tests of functions and classes alone. They leave nothing behind in their process, which runs one file after another. */
const UNITS = ['test/dap/**/*.test.ts', 'test/device/**/*.test.ts', 'test/web/*/**/*.test.ts'];

/** Tests with a clock of their own, or with programs that keep both cores busy: they run after the others. */
const ALONE = [
  'test/web/page-browsers.test.ts',
  'test/web/page-fast-rows.test.ts',
  'test/web/page-history-restart.test.ts',
  'test/web/page-interruptions.test.ts',
  'test/web/page-keyboard.test.ts',
  'test/web/page-lines.test.ts',
  'test/web/page-memory.test.ts',
  'test/clients/**/*.test.ts',
  'test/run.test.ts',
  'test/package.test.ts',
  'test/package-install.test.ts',
];

const BROWSER = ['test/dap/browser.test.ts'];

/** Tests that boot machines run by a command of their own: npm run test:appliance. */
const APPLIANCE = 'test/appliance/**';

export default defineConfig({
  test: {
    globalSetup: ['test/setup/install.ts'],
    // By default a machine with two cores runs one file at a time, and waits for sockets and timers most of that time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          ...limits,
          name: 'units',
          include: UNITS,
          exclude: BROWSER,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: [...UNITS, ...BROWSER, ...ALONE, APPLIANCE],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...limits,
          name: 'one by one',
          include: [...BROWSER, ...ALONE],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
