import { defineConfig } from 'vitest/config';

// The playbooks of the Zuul jobs, run with Ansible against the hosts of a lab. Minutes, and a lab that is up.
export default defineConfig({
  test: {
    include: ['*.playbooks.js'],
    root: import.meta.dirname,
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
