import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@whitebox/core';
import { RunError } from './errors.js';
import { subunitV1Stream } from './subunit-v1-stream.js';
import type { TestRecord } from './test-record.js';

/**
 * Adds a run to the repository of stestr in a folder, which is made where there is none: `.stestr` with `format`, `next-stream`, a
 * file for each run, and `failing` (stestr/repository/file.py, FileRepository). So `stestr last` and `stestr failing` work in that
 * folder, and Zuul's fetch-subunit-output, which looks for `.stestr/failing` in it.
 *
 * @throws RunError `WB_RUN_REPOSITORY` where there is a repository that is not of this form
 */
export async function addToRepository(folder: string, tests: readonly TestRecord[]): Promise<void> {
  const base = join(folder, '.stestr');
  await mkdir(base, { recursive: true });
  const format = await readOrNothing(join(base, 'format'));
  const next = Number((await readOrNothing(join(base, 'next-stream'))) ?? '0\n');
  if ((format ?? '1\n') !== '1\n' || !Number.isSafeInteger(next)) {
    throw new RunError({
      code: 'WB_RUN_REPOSITORY',
      action: `add this run to the repository of stestr ${base}`,
      observed: `format is ${JSON.stringify(format)} and next-stream ${next}; known is format "1\\n" alone`,
      advice: 'Move it away, or give another folder with --results.',
    });
  }
  const failed = tests.filter(({ status }) => status === 'fail');
  await replace(join(base, 'format'), '1\n');
  await replace(join(base, String(next)), subunitV1Stream(tests));
  await replace(join(base, 'failing'), subunitV1Stream(failed));
  await replace(join(base, 'next-stream'), `${next + 1}\n`);
}

async function replace(file: string, content: string | Buffer): Promise<void> {
  await writeFile(`${file}.part`, content);
  await rename(`${file}.part`, file);
}

async function readOrNothing(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}
