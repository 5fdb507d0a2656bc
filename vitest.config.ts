// Configures the tests: which run side by side, which one after another, and their timeouts.

import { defineConfig } from 'vitest/config';

const limits = { testTimeout: 30_000, hookTimeout: 60_000 };

/** Tests with a browser or a client of another project need a small machine for themselves: they run after the others. */
const ALONE = [
  'test/dap/browser.test.ts',
  'test/web/page*.test.ts',
  'test/clients/**/*.test.ts',
  'test/run.test.ts',
  'test/package.test.ts',
];

/** Tests that boot machines run by a command of their own: npm run test:appliance. */
const APPLIANCE = 'test/appliance/**';

export default defineConfig({
  test: {
    globalSetup: ['test/setup/install.ts'],
    projects: [
      {
        test: {
          ...limits,
          name: 'side by side',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, APPLIANCE],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...limits,
          name: 'one by one',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
