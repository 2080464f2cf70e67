import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RunError } from './errors.js';
import { fileTrouble } from './file-trouble.js';
import { writeHtml } from './html-file.js';
import { writeJunit } from './junit.js';
import type { RunFiles } from './run-event.js';
import { writeResults, type RunResults } from './results.js';
import { addToRepository } from './stestr-repository.js';
import { subunitStream } from './subunit-stream.js';
import { testRecords } from './test-record.js';

/** Where the results are in this folder. */
export function filesIn(directory: string): RunFiles {
  return {
    results: join(directory, 'results.json'),
    html: join(directory, 'report.html'),
    junit: join(directory, 'junit.xml'),
    subunit: join(directory, 'testrepository.subunit'),
    stestr: join(directory, '.stestr'),
    log: join(directory, 'engine.log'),
  };
}

/** Files that were asked for besides those of the folder. */
export interface ExtraFiles {
  readonly junit?: string | undefined;
  readonly html?: string | undefined;
}

/**
 * Writes a run's results in every form: results.json, report.html and junit.xml (each to a file that was asked for, too),
 * testrepository.subunit, which has the name that Zuul's roles give it, and a repository of stestr.
 *
 * @throws RunError `WB_RUN_RESULTS`, `WB_RUN_REPOSITORY`
 */
export async function writeAllResults(
  directory: string,
  results: RunResults,
  extra: ExtraFiles = {},
): Promise<void> {
  try {
    await writeAll(directory, results, extra);
  } catch (error) {
    if (error instanceof RunError) throw error;
    const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
    throw new RunError({
      code: 'WB_RUN_RESULTS',
      action: `write the results to ${directory}`,
      observed: `${path}${fileTrouble(error)}`,
      advice:
        'Remove the cause. What a run prints has its verdicts too, and "whitebox recover" tells whether it left anything on the cloud.',
      cause: error,
    });
  }
}

async function writeAll(directory: string, results: RunResults, { junit, html }: ExtraFiles): Promise<void> {
  const files = filesIn(directory);
  const tests = testRecords(results);
  await writeResults(directory, results);
  await writeJunit(files.junit, results);
  if (junit !== undefined) await writeJunit(resolve(junit), results);
  await writeHtml(files.html, results);
  if (html !== undefined) await writeHtml(resolve(html), results);
  await writeFile(`${files.subunit}.part`, subunitStream(tests));
  await rename(`${files.subunit}.part`, files.subunit);
  await addToRepository(directory, tests);
}
