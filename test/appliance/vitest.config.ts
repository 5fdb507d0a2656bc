// How do the tests on booted systems run? One machine at a time, with patience: they are emulated.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/appliance/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
