import { defineConfig } from 'vitest/config';
import unit from './vitest.config.js';

// Client packages against the real thing: sshd, MariaDB, libvirt, systemd and Nova of a running lab.
export default defineConfig({
  ...unit,
  test: {
    include: ['packages/*/src/**/*.lab.test.ts', 'tools/*/src/**/*.lab.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
