// Configures the tests on booted machines: one emulated machine at a time, with long timeouts.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/appliance/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
