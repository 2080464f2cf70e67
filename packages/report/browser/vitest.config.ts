import { defineConfig } from 'vitest/config';

// The built package in a real browser; no alias, so that what is tested is what is published.
export default defineConfig({
  test: {
    include: ['packages/report/browser/*.browser.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
