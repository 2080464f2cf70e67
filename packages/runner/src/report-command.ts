import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { fileTrouble } from './file-trouble.js';
import { writeHtml } from './html-file.js';
import { resultsFormat, type RunResults } from './results.js';

export interface ReportOptions {
  readonly html?: string | undefined;
}

/** `whitebox report`: the page of a run from its results. */
export async function report(file: string, options: ReportOptions): Promise<ExitCode> {
  const page = resolve(options.html ?? join(dirname(file), 'report.html'));
  await writeHtml(page, await readResults(file));
  process.stdout.write(`${page}\n`);
  return ExitCode.Passed;
}

/** @throws UsageError `WB_RUN_USAGE` for a file that is not there or has no results of a run */
export async function readResults(file: string): Promise<RunResults> {
  const refuse = (observed: string, cause?: unknown): UsageError =>
    new UsageError({
      code: 'WB_RUN_USAGE',
      action: `read the results of a run from ${file}`,
      observed,
      advice:
        'Give what "whitebox run" wrote: results.json, or to "whitebox merge" the folder that it is in.',
      cause,
    });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw refuse(fileTrouble(error), error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const missing = missingIn(value);
  if (missing !== undefined) throw refuse(`it is JSON of something else: ${missing}`);
  return value as RunResults;
}

/** What every results.json of any version has. */
const lists = ['suites', 'warnings', 'troubles', 'leftovers', 'cases'] as const;
const listsOfCase = ['failures', 'steps'] as const;

function missingIn(value: unknown): string | undefined {
  if (!isObject(value)) return 'it is not an object';
  const { format = resultsFormat } = value;
  if (format !== resultsFormat)
    return `it has format ${JSON.stringify(format)}, and this version of Whitebox reads ${resultsFormat}`;
  if (typeof value['started'] !== 'string' || Number.isNaN(Date.parse(value['started'])))
    return 'it has no time "started"';
  if (typeof value['durationMs'] !== 'number') return 'it has no number "durationMs"';
  if (!isObject(value['counts'])) return 'it has no "counts"';
  for (const name of lists) if (!Array.isArray(value[name])) return `it has no list "${name}"`;
  for (const one of value['cases'] as unknown[]) {
    if (!isObject(one) || !['suite', 'id', 'name', 'verdict'].every((name) => typeof one[name] === 'string'))
      return 'it has a case without suite, id, name or verdict';
    for (const name of listsOfCase)
      if (!Array.isArray(one[name])) return `a case of it has no list "${name}"`;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
