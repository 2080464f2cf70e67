import { defineConfig } from 'tsup';

// Types come from tsc (see each package's build script): tsup's own declaration build needs options that TypeScript 6 refuses.
export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  // 'timers/promises' without its prefix is a package for some loaders, vitest's among them.
  removeNodeProtocol: false,
  sourcemap: true,
  clean: true,
});
