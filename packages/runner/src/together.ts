// Runs in the worker: the cases of all files as those of one, since vitest runs only those side by side.
import { pathToFileURL } from 'node:url';
import { describe, inject } from 'vitest';
import type { CaseFile } from './together-protocol.js';

declare module 'vitest' {
  interface ProvidedContext {
    whiteboxFiles: readonly CaseFile[];
  }
}

for (const { id, path } of inject('whiteboxFiles')) {
  describe.concurrent(id, async () => {
    await import(/* @vite-ignore */ pathToFileURL(path).href);
  });
}
