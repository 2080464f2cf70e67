import { WhiteboxError, type ErrorFacts } from '@whitebox/core';
import { quoteArgv } from './quote.js';

/** What may go wrong with any machine. */
export type HostErrorCode =
  | 'WB_HOST_TIMEOUT'
  | 'WB_HOST_ABORTED'
  | 'WB_HOST_CONNECTION_LOST'
  | 'WB_HOST_NOT_FOUND'
  | 'WB_HOST_OUTPUT_TOO_LARGE'
  | 'WB_HOST_BAD_ARGUMENT'
  | 'WB_HOST_COMMAND_FAILED'
  | 'WB_HOST_NO_FILE'
  | 'WB_HOST_DENIED'
  | 'WB_HOST_NOT_A_FILE'
  | 'WB_HOST_NO_SPACE'
  | 'WB_HOST_READ_ONLY'
  | 'WB_HOST_DIAL_FAILED'
  | 'WB_HOST_SUDO'
  | 'WB_HOST_CONTAINER'
  | 'WB_HOST_FAILED';

/** Something could not be done on a machine. */
export class HostError extends WhiteboxError {
  override readonly code: HostErrorCode;

  constructor(facts: ErrorFacts & { readonly code: HostErrorCode }) {
    super(facts);
    this.code = facts.code;
  }
}

/** A program ran and said no: thrown by {@link run}, code `WB_HOST_COMMAND_FAILED`. */
export class CommandFailedError extends HostError {
  readonly argv: readonly string[];
  /** null when a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(
    host: string,
    completed: {
      readonly argv: readonly string[];
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly stdout: string;
      readonly stderr: string;
    },
  ) {
    const { argv, exitCode, signal, stdout, stderr } = completed;
    const how = signal === null ? `exit code ${String(exitCode)}` : `ended by ${signal}`;
    const said = tail(stderr) || tail(stdout);
    super({
      code: 'WB_HOST_COMMAND_FAILED',
      action: `run ${shownCommand(argv)}`,
      host,
      observed: said === '' ? `${how}, and it printed nothing` : `${how}: ${said}`,
      advice: 'Run the same command on that machine by hand to see more.',
    });
    this.argv = argv;
    this.exitCode = exitCode;
    this.signal = signal;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** A command as a person would type it, cut where it gets long. */
export function shownCommand(argv: readonly string[]): string {
  const text = quoteArgv(argv);
  return text.length <= 500 ? text : `${text.slice(0, 500)}...`;
}

/** The end of what a program said, short enough for an error message. */
export function tail(text: string, length = 2000): string {
  const trimmed = text.trim();
  return trimmed.length <= length ? trimmed : `...${trimmed.slice(-length)}`;
}
