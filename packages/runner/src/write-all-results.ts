import { rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeHtml } from './html-file.js';
import { writeJunit } from './junit.js';
import { writeResults, type RunResults } from './results.js';
import { addToRepository } from './stestr-repository.js';
import { subunitStream } from './subunit-stream.js';
import { testRecords } from './test-record.js';

/**
 * Writes a run's results in every form: results.json, report.html and junit.xml (each to a file that was asked for, too), testrepository.subunit, which has the name that
 * Zuul's roles give it, and a repository of stestr.
 */
export async function writeAllResults(
  directory: string,
  results: RunResults,
  { junit, html }: { readonly junit?: string | undefined; readonly html?: string | undefined } = {},
): Promise<void> {
  const tests = testRecords(results);
  await writeResults(directory, results);
  await writeJunit(join(directory, 'junit.xml'), results);
  if (junit !== undefined) await writeJunit(resolve(junit), results);
  await writeHtml(join(directory, 'report.html'), results);
  if (html !== undefined) await writeHtml(resolve(html), results);
  const stream = join(directory, 'testrepository.subunit');
  await writeFile(`${stream}.part`, subunitStream(tests));
  await rename(`${stream}.part`, stream);
  await addToRepository(directory, tests);
}
