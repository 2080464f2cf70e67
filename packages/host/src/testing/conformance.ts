import type { ConformanceSubject, Suite, TestApi } from './conformance-api.js';
import { dialConformance } from './conformance-dial.js';
import { execConformance } from './conformance-exec.js';
import { fileConformance } from './conformance-files.js';
import { programConformance } from './conformance-programs.js';

export interface ConformanceOptions {
  /** There are no real processes: leaves out what only they show. */
  readonly simulated?: boolean;
  /** A signal is reported as exit code 128 + number, as containers do. */
  readonly signalsAsExitCodes?: boolean;
}

/**
 * The promises of {@link Host}, checked against any implementation. The machine needs sh, printf, cat, sleep, seq,
 * setsid, grep, mkdir, ln, ls and stat.
 *
 * @param api the test runner, as in `import { describe, expect, it } from 'vitest'`
 * @param make a machine for one test
 */
export function hostConformance(
  api: TestApi,
  name: string,
  make: () => Promise<ConformanceSubject>,
  options: ConformanceOptions = {},
): void {
  const { describe, it, expect } = api;
  const suite: Suite = {
    expect,
    signalsAsExitCodes: options.signalsAsExitCodes ?? false,
    withHost: (what, body) => {
      it(what, async () => {
        await using subject = await make();
        await body(subject);
      });
    },
  };
  describe(`${name} is a Host`, () => {
    describe('exec', () => {
      execConformance(suite);
    });
    if (options.simulated !== true) {
      describe('programs', () => {
        programConformance(suite);
      });
    }
    describe('files', () => {
      fileConformance(suite);
    });
    describe('dial', () => {
      dialConformance(suite);
    });
  });
}
