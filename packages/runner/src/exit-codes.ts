import type { RunResults } from './results.js';

/** What the exit code of `whitebox` says. Part of the public interface: CI jobs branch on it. */
export const ExitCode = {
  /** All that ran passed, and something ran; an audit has looked at everything and found nothing. */
  Passed: 0,
  /** At least one case failed; an audit has found something. */
  CaseFailed: 1,
  /** The command line, the configuration or the suite is wrong; the cloud was not touched. */
  Usage: 2,
  /**
   * The run could not be carried out: the cloud cannot be reached, the engine died, no case was found or
   * all were skipped; an audit could not look at something, and found nothing in the rest.
   */
  NotRun: 3,
  /** Something that the run made or changed on the cloud could not be given back; `whitebox recover` lists it. */
  NotGivenBack: 4,
  /** Ctrl-C or SIGTERM; what was made on the cloud has been given back. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export function exitCodeOf(results: RunResults): ExitCode {
  if (results.leftovers.length > 0) return ExitCode.NotGivenBack;
  if (results.interrupted) return ExitCode.Interrupted;
  if (results.counts.failed > 0) return ExitCode.CaseFailed;
  if (results.troubles.length > 0 || results.counts.passed === 0) return ExitCode.NotRun;
  return ExitCode.Passed;
}
