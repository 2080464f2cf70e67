import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exitCodeOf, type ExitCode } from './exit-codes.js';
import { UsageError } from './errors.js';
import { mergeResults } from './merge-results.js';
import { readResults } from './report-command.js';
import { summary } from './results.js';
import { writeStepSummary } from './tell-github.js';
import { writeAllResults } from './write-all-results.js';

export interface MergeOptions {
  readonly results: string;
}

/** `whitebox merge`: the results of shards as those of one run, in every form; it ends as that run would have. */
export async function merge(folders: readonly string[], { results: into }: MergeOptions): Promise<ExitCode> {
  const directory = resolve(into);
  if (folders.some((folder) => resolve(folder) === directory))
    throw new UsageError({
      code: 'WB_RUN_USAGE',
      action: 'merge the parts of a run',
      observed: `${into} is one of the parts`,
      advice: 'Give another folder with --results.',
    });
  const parts = await Promise.all(
    folders.map(async (folder) => ({ folder, results: await readResults(join(folder, 'results.json')) })),
  );
  const results = mergeResults(parts);
  await mkdir(directory, { recursive: true });
  await writeAllResults(directory, results);
  process.stdout.write(`${summary(results, directory)}\n`);
  await writeStepSummary(results, process.stdout);
  return exitCodeOf(results);
}
