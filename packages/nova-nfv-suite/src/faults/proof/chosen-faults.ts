import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Fault } from '../fault.js';

/** Names the file with the faults of a pass, for the observer in the engine; see break-the-cloud.suite.ts. */
export const chosenVariable = 'WHITEBOX_FAULTS_CHOSEN';

type Chosen = readonly Pick<Fault, 'testName' | 'what'>[];

export async function writeChosenFaults(path: string, faults: readonly Fault[]): Promise<void> {
  const chosen: Chosen = faults.map(({ testName, what }) => ({ testName, what }));
  await writeFile(path, JSON.stringify(chosen, undefined, 2));
}

/**
 * The fault of each case that gets one, by the name of the case.
 *
 * @param path written by {@link writeChosenFaults}; without it each case gets its first
 * @throws Error where a chosen fault is not one of these
 */
export function readChosenFaults(
  faults: readonly Fault[],
  path: string | undefined,
): ReadonlyMap<string, Fault> {
  // Of several entries of a key a Map keeps the last.
  if (path === undefined) return new Map([...faults].reverse().map((fault) => [fault.testName, fault]));
  const chosen = JSON.parse(readFileSync(path, 'utf8')) as Chosen;
  return new Map(
    chosen.map(({ testName, what }) => {
      const fault = faults.find((one) => one.testName === testName && one.what === what);
      if (fault === undefined)
        throw new Error(`${path} chooses a fault that there is not: ${testName}: ${what}`);
      return [testName, fault];
    }),
  );
}
