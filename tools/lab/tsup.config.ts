import { defineConfig } from 'tsup';

// As the packages (../../tsup.config.ts), with the command beside the library.
export default defineConfig({
  entry: ['src/index.ts', 'src/main.ts'],
  format: 'esm',
  target: 'node20',
  platform: 'node',
  dts: false,
  sourcemap: true,
  clean: true,
});
