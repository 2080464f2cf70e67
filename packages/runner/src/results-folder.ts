import { constants, createWriteStream, type WriteStream } from 'node:fs';
import { access, mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './errors.js';
import { fileTrouble } from './file-trouble.js';
import { filesIn, type ExtraFiles } from './write-all-results.js';

/**
 * Makes the folder of a run's results and opens the log in it, and looks whether the other files can be written: better before
 * the first case than after an hour of them.
 *
 * @param onError told once, when the log cannot be written any more; a run goes on without it
 * @throws UsageError `WB_RUN_USAGE`
 */
export async function openResultsFolder(
  directory: string,
  { junit, html }: ExtraFiles,
  onError: (text: string) => void,
): Promise<WriteStream> {
  for (const [option, file] of [
    ['--junit', junit],
    ['--html', html],
  ] as const) {
    if (file === undefined) continue;
    await folderOf(file).catch((error: unknown) => {
      throw cannotWrite(`write to ${file}`, option, error);
    });
  }
  try {
    await mkdir(directory, { recursive: true });
    const { log } = filesIn(directory);
    const file = await open(log, 'w');
    await file.close();
    const stream = createWriteStream(log);
    // Without a listener an error, as of a disk that is full, would end the process with everything still to be given back.
    stream.on('error', (error) => {
      onError(`Warning: ${log} is not written any more: ${fileTrouble(error)}`);
    });
    return stream;
  } catch (error) {
    throw cannotWrite(`make the folder of the results ${directory}`, '--results', error);
  }
}

async function folderOf(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
}

function cannotWrite(action: string, option: string, error: unknown): UsageError {
  return new UsageError({
    code: 'WB_RUN_USAGE',
    action,
    observed: fileTrouble(error),
    advice: `Name a place where this user may write with ${option}.`,
    cause: error,
  });
}
