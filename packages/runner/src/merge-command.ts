import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { exitCodeOf, type ExitCode } from './exit-codes.js';
import { UsageError } from './errors.js';
import { fileTrouble } from './file-trouble.js';
import { mergeResults } from './merge-results.js';
import { readResults } from './report-command.js';
import { openResultsFolder } from './results-folder.js';
import { summary } from './results.js';
import { writeStepSummary } from './tell-github.js';
import { filesIn, writeAllResults, type ExtraFiles } from './write-all-results.js';

export interface MergeOptions extends ExtraFiles {
  readonly results: string;
}

/** `whitebox merge`: the results of shards as those of one run, in every form; it ends as that run would have. */
export async function merge(folders: readonly string[], options: MergeOptions): Promise<ExitCode> {
  const { results: into } = options;
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
  const log = await openResultsFolder(directory, options, (text) => {
    process.stdout.write(`${text}\n`);
  });
  for (const folder of folders) log.write(await logOf(folder));
  log.end();
  await finished(log).catch(() => undefined);
  await writeAllResults(directory, results, options);
  process.stdout.write(`${summary(results, directory)}\n`);
  await writeStepSummary(results, process.stdout);
  return exitCodeOf(results);
}

/** What the cases of a part printed, below its name. It is no part of the results: a merge does not fail over it. */
async function logOf(folder: string): Promise<string> {
  const text = await readFile(filesIn(folder).log, 'utf8').catch(
    (error: unknown) => `(${fileTrouble(error)})`,
  );
  return `=== ${folder}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`;
}
