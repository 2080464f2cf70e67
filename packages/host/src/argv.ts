import { HostError } from './errors.js';
import type { ExecOptions } from './host.js';

/** @throws HostError `WB_HOST_BAD_ARGUMENT` for what no machine can run */
export function checkCommand(host: string, argv: readonly string[], options: ExecOptions = {}): void {
  const bad = complaint(argv, options.env ?? {});
  if (bad === undefined) return;
  throw new HostError({
    code: 'WB_HOST_BAD_ARGUMENT',
    action: 'run a command',
    host,
    observed: bad,
    advice: 'Correct the call; nothing was run.',
  });
}

function complaint(argv: readonly string[], env: Readonly<Record<string, string>>): string | undefined {
  if (argv[0] === undefined || argv[0] === '') return 'there is no program to run';
  const nul = argv.findIndex((argument) => argument.includes('\0'));
  if (nul >= 0) return `argument ${String(nul)} has a NUL byte`;
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_]\w*$/.test(name))
      return `${JSON.stringify(name)} is not a name of an environment variable`;
    if (value.includes('\0')) return `the environment variable ${name} has a NUL byte`;
  }
  return undefined;
}

/**
 * @throws HostError `WB_HOST_BAD_ARGUMENT` for a path that no file can have: relative (it would depend on where one
 *   stands), with a NUL byte, or of a directory (a slash at its end)
 */
export function checkPath(host: string, action: string, path: string): void {
  const observed = path.includes('\0')
    ? 'the path has a NUL byte'
    : !path.startsWith('/')
      ? `${JSON.stringify(path)} is not an absolute path`
      : path.endsWith('/')
        ? 'the path ends with a slash, so it is one of a directory'
        : undefined;
  if (observed === undefined) return;
  throw new HostError({
    code: 'WB_HOST_BAD_ARGUMENT',
    action,
    host,
    observed,
    advice: 'Give the path of a file, from the root directory on.',
  });
}
