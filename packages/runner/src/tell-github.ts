import { appendFile } from 'node:fs/promises';
import { githubAnnotations } from './github-annotations.js';
import type { RunResults } from './results.js';
import { stepSummary } from './step-summary.js';
import type { SuitePackage } from './suite-package.js';
import { withoutCommands, writeCommands } from './without-commands.js';

export interface GithubOptions {
  /** `--annotations`: "github" wherever it runs, "none" also in GitHub Actions. */
  readonly annotations?: 'github' | 'none' | undefined;
}

/** Where a job of GitHub Actions reads along, nothing that is printed is a command to it but our annotations. */
export function guardOutput(
  { json, annotations }: GithubOptions & { readonly json?: boolean | undefined },
  { stdout, stderr, env }: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'> = process,
): void {
  if (env['GITHUB_ACTIONS'] !== 'true' && annotations !== 'github') return;
  withoutCommands(stdout, json === true ? 'json' : 'text');
  withoutCommands(stderr);
}

/** Tells a job of GitHub Actions how a run ended: annotations among its output, and a table in the summary of the step. */
export async function tellGithub(
  results: RunResults,
  suites: readonly SuitePackage[],
  { annotations }: GithubOptions,
  screen: { write(text: string): unknown },
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if ((annotations ?? (env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'none')) === 'none') return;
  const roots = new Map(suites.map(({ name, root }) => [name, root]));
  const workspace = env['GITHUB_WORKSPACE'] ?? process.cwd();
  writeCommands(screen, githubAnnotations(results, { roots, workspace }));
  await writeStepSummary(results, screen, env);
}

/** Adds a table to the summary of the step, where this is one of GitHub Actions. A run is not spoilt where that cannot be. */
export async function writeStepSummary(
  results: RunResults,
  screen: { write(text: string): unknown },
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const file = env['GITHUB_STEP_SUMMARY'];
  if (file === undefined || file === '') return;
  await appendFile(file, `${stepSummary(results)}\n`).catch((error: unknown) => {
    screen.write(`Warning: the summary of the step is not written: ${String(error)}\n`);
  });
}
