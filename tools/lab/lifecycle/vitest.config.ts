import { defineConfig } from 'vitest/config';

// Labs that are killed, taken down and built anew; with a name, networks and a directory of their own, so that a lab that
// other tests use stays as it is. Minutes, and root.
export default defineConfig({
  test: {
    include: ['lifecycle/**/*.lifecycle.ts'],
    root: `${import.meta.dirname}/..`,
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
