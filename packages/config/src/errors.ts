import { WhiteboxError, type ErrorCode } from '@whitebox/core';

/** One thing that is wrong in the configuration. */
export interface ConfigProblem {
  readonly code: ErrorCode;
  /** Which option or name: "[whitebox] flavor_ram_size". */
  readonly subject: string;
  readonly observed: string;
  readonly advice: string;
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
}

/**
 * Everything that is wrong in the configuration at once; `code` is that of the first problem:
 *
 * - `WB_CONFIG_NO_FILE`: a file cannot be read; `WB_CONFIG_SYNTAX`: it is no INI or YAML file;
 * - `WB_CONFIG_UNKNOWN_OPTION`, `WB_CONFIG_UNKNOWN_SECTION`, `WB_CONFIG_UNKNOWN_KEY` (nodes.yaml): no such name;
 * - `WB_CONFIG_BAD_VALUE`: a value of the wrong type; `WB_CONFIG_REFERENCE`: it refers to what is not set;
 * - `WB_CONFIG_BOTH`: a secret is given in two ways.
 */
export class ConfigError extends WhiteboxError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly [ConfigProblem, ...ConfigProblem[]], cause?: unknown) {
    const [first] = problems;
    const single = problems.length === 1;
    super({
      code: first.code,
      action: single ? `read ${place(first)}` : 'read the configuration',
      observed: single
        ? `${first.subject} ${first.observed}`
        : [`${problems.length} problems`, ...problems.map(asLine)].join('\n  '),
      advice: single ? first.advice : 'Correct them; docs/configuration.md describes every option.',
      cause,
    });
    this.problems = problems;
  }
}

function asLine(problem: ConfigProblem): string {
  return `${place(problem)}: ${problem.subject} ${problem.observed}. ${problem.advice}`;
}

function place({ file, line }: ConfigProblem): string {
  if (file === undefined) return 'the configuration';
  return line === undefined ? file : `${file}:${line}`;
}
