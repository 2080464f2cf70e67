import type { CaseBody, CaseOptions } from './run-case.js';

/** A case as its file registers it. */
export interface RegisteredCase {
  readonly name: string;
  readonly options: CaseOptions;
  readonly body: CaseBody;
}

let collecting: RegisteredCase[] | undefined;

/** Where cases go instead of the test framework, while {@link collectCases} loads a file. */
export function collector(): RegisteredCase[] | undefined {
  return collecting;
}

/**
 * The cases of files, without registering them: to try a case on a cloud that is not real.
 *
 * @param load imports the files for the first time: `() => import('./cases/vgpu.js')`
 */
export async function collectCases(load: () => Promise<unknown>): Promise<readonly RegisteredCase[]> {
  const cases: RegisteredCase[] = [];
  collecting = cases;
  try {
    await load();
  } finally {
    collecting = undefined;
  }
  return cases;
}
