import { defineConfig } from 'vitest/config';

// Unit tests run from the sources of all packages, without a build. Tests that need a real cloud (*.lab.test.ts) have
// a configuration of their own.
export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^@whitebox\/host\/testing$/,
        replacement: `${import.meta.dirname}/packages/host/src/testing/index.ts`,
      },
      { find: /^@whitebox\/lab$/, replacement: `${import.meta.dirname}/tools/lab/src/index.ts` },
      { find: /^@whitebox\/([a-z-]+)$/, replacement: `${import.meta.dirname}/packages/$1/src/index.ts` },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tools/lab/src/**/*.test.ts', 'tools/*/*.test.js'],
    exclude: ['**/*.lab.test.ts', '**/node_modules/**'],
    pool: 'forks',
    // Not a measure of anything: a hang ends, and a slow or busy machine does not fail.
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
