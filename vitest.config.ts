// Which tests run, side by side or one after another, and for how long at most?

import { defineConfig } from 'vitest/config';

const limits = { testTimeout: 30_000, hookTimeout: 60_000 };

/** A browser, or a client that others wrote, takes a small machine for itself: these wait for the others. */
const ALONE = [
  'test/dap/browser.test.ts',
  'test/web/page*.test.ts',
  'test/clients/**/*.test.ts',
  'test/run.test.ts',
  'test/package.test.ts',
];

/** They boot machines, and are run by a command of their own: npm run test:appliance. */
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
