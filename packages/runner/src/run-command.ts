import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { giveBackRun, preflight, type RunContext } from '@whitebox/testkit';
import { changedHosts, claimCloud, refuseOpenRuns } from './claim-cloud.js';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { runEngine } from './engine-client.js';
import { UsageError } from './errors.js';
import { EventLines } from './event-lines.js';
import { exitCodeOf, type ExitCode } from './exit-codes.js';
import { finalTable } from './final-table.js';
import { Interruption } from './interruption.js';
import { keepLastTimes } from './last-times.js';
import { parallelRun, type ParallelOptions } from './parallel-run.js';
import { countCases, plannedCases, type ShardOptions } from './planned-cases.js';
import { Progress } from './progress.js';
import { RedactedLines } from './redacted-lines.js';
import { eventFormat } from './run-event.js';
import { RunEvents } from './run-events.js';
import { openResultsFolder } from './results-folder.js';
import { count, flaky, resultsFormat, summary, type RunResults } from './results.js';
import { filesIn, writeAllResults } from './write-all-results.js';
import type { Selection } from './select-cases.js';
import { findSuite, noCasesIn } from './suite-package.js';
import { tellGithub, type GithubOptions } from './tell-github.js';

export interface RunOptions extends CloudOptions, Selection, ParallelOptions, ShardOptions, GithubOptions {
  readonly require?: boolean | undefined;
  readonly repeat?: number | undefined;
  readonly failKnownBugs?: boolean | undefined;
  readonly results?: string | undefined;
  readonly json?: boolean | undefined;
  readonly junit?: string | undefined;
  readonly html?: string | undefined;
  readonly observer?: readonly string[] | undefined;
}

/** `whitebox run`: cases of suites against a cloud; everything that they made is given back however the run ends. */
export async function runSuites(names: readonly string[], options: RunOptions): Promise<ExitCode> {
  const started = new Date();
  const suites = await Promise.all(names.map((name) => findSuite(name, process.cwd())));
  await refuseMissing(options.observer ?? []);
  const parallel = await parallelRun(options);
  const { only, shard } = await plannedCases(suites, options);
  const cloud = cloudReference(options);
  const runId = `wb-${stamp(started)}-${Math.random().toString(16).slice(2, 6)}`;
  const directory = resolve(options.results ?? join('whitebox-results', stamp(started)));
  await refuseOpenRuns();

  const screen = options.json === true ? process.stderr : process.stdout;
  const progress = new Progress(screen, options.repeat);
  const told = options.json === true || screen.isTTY;
  const counting = only === undefined && told ? countCases(suites) : only?.length;
  const { facts, warnings, open, cloudId, redactor } = await preflight(cloud);
  for (const line of facts) progress.note(line);
  for (const line of warnings) progress.note(`Warning: ${line}`);
  if (parallel !== undefined)
    progress.note(`Up to ${parallel.jobs} cases side by side (--seed ${parallel.seed}).`);
  if (shard !== undefined)
    progress.note(
      `Shard ${shard.index} of ${shard.of}: ${only?.length ?? 0} of ${shard.cases} cases (plan ${shard.plan}).`,
    );
  const state = await claimCloud(runId, cloud, cloudId);
  if (open.length > 0) {
    await state.remove();
    throw changedHosts(open, options);
  }
  const log = await openResultsFolder(directory, options, (text) => {
    progress.note(text);
  }).catch(async (error: unknown) => {
    await state.remove();
    throw error;
  });
  const context: RunContext = {
    cloud,
    runId,
    stateDirectory: state.directory,
    observers: (options.observer ?? []).map((path) => resolve(path)),
    requireNeeds: options.require === true,
    repeat: options.repeat ?? 1,
    parallel,
    failKnownBugs: options.failKnownBugs === true,
  };

  const total = await counting;
  progress.expect(total);
  const eventLines = options.json === true ? new EventLines(process.stdout, redactor) : undefined;
  const events = new RunEvents(progress, redactor, (event) => eventLines?.tell(event));
  const { cases, troubles } = events;
  eventLines?.tell({
    type: 'run-started',
    format: eventFormat,
    runId,
    cloud: cloudId,
    suites: suites.map(({ name, version }) => ({ name, version })),
    cases: total,
    shard,
    repeat: context.repeat,
    jobs: parallel?.jobs ?? 1,
    seed: parallel?.seed,
    facts,
    warnings,
  });
  const lines = new RedactedLines(redactor);
  using interruption = new Interruption((message) => {
    progress.note(message);
  });
  try {
    await runEngine(
      {
        task: 'run',
        suites,
        only,
        context,
      },
      {
        onEvent: (event) => {
          events.take(event);
        },
        onOutput: (chunk) => log.write(lines.push(chunk)),
        signal: interruption.signal,
      },
    );
  } catch (error) {
    events.trouble(error instanceof Error ? error.message : String(error));
  } finally {
    progress.close();
    log.end(lines.end());
  }

  if (cases.length === 0 && troubles.length === 0 && !interruption.signal.aborted) {
    events.trouble(`${noCasesIn(suites)}; is the suite built?`);
  }

  await keepLastTimes(cases).catch((error: unknown) => {
    progress.note(`Warning: the times of the cases are not kept: ${String(error)}`);
  });
  const leftovers = await giveBackRun(state, (text) => {
    progress.note(text);
  });
  if (leftovers.length === 0) await state.remove();
  const results: RunResults = {
    format: resultsFormat,
    started: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    suites: suites.map(({ name, version }) => ({ name, version })),
    counts: count(cases),
    ...(parallel === undefined ? {} : { jobs: parallel.jobs, seed: parallel.seed }),
    ...(shard === undefined ? {} : { shard }),
    ...(context.repeat === 1 ? {} : { repeat: context.repeat, flaky: flaky(cases) }),
    interrupted: interruption.signal.aborted,
    warnings,
    troubles,
    leftovers,
    cloud: cloudId,
    facts,
    cases,
  };
  await writeAllResults(directory, results, options);
  if (screen.isTTY) screen.write(`\n${finalTable(cases, screen.columns)}\n`);
  screen.write(`${summary(results, directory)}\n`);
  await tellGithub(results, suites, options, screen);
  const { durationMs, counts, interrupted, flaky: unsteady = [] } = results;
  const exitCode = exitCodeOf(results);
  eventLines?.tell({
    type: 'run-ended',
    ...{ exitCode, durationMs, counts, interrupted, flaky: unsteady, troubles, leftovers },
    files: filesIn(directory),
  });
  return exitCode;
}

/** @throws UsageError `WB_RUN_USAGE` for an observer that is not there, before anything is done */
async function refuseMissing(observers: readonly string[]): Promise<void> {
  for (const observer of observers) {
    const path = resolve(observer);
    await access(path).catch((error: unknown) => {
      throw new UsageError({
        code: 'WB_RUN_USAGE',
        action: `load the observer ${observer}`,
        observed: `there is no file ${path}`,
        advice: 'Give --observer the path of a module; see "Observers" in the README of @whitebox/testkit.',
        cause: error,
      });
    });
  }
}

/** "20261122-181500" */
function stamp(time: Date): string {
  return time.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
}
