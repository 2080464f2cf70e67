import { CommandFailedError } from './errors.js';
import type { Completed, ExecOptions, Host } from './host.js';

/**
 * Runs a program that is expected to succeed.
 *
 * @throws CommandFailedError (`WB_HOST_COMMAND_FAILED`) when it exits with anything but 0 or is ended by a signal; has
 *   the command as one would type it, the exit code and the end of what it said
 */
export async function run(host: Host, argv: readonly string[], options?: ExecOptions): Promise<Completed> {
  const completed = await host.exec(argv, options);
  if (completed.exitCode !== 0) throw new CommandFailedError(host.name, completed);
  return completed;
}

/** {@link run}, and what the program wrote to its standard output. */
export async function runText(host: Host, argv: readonly string[], options?: ExecOptions): Promise<string> {
  return (await run(host, argv, options)).stdout;
}
