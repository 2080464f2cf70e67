import { CommandFailedError, type Host } from '@whitebox/host';

/**
 * Number and birth of a file or folder of a host: what was removed and made anew under the same name has another birth,
 * even where the file system gives it the same number.
 *
 * @returns undefined when it is not there
 */
export async function identityOf(host: Host, path: string): Promise<string | undefined> {
  const argv = ['stat', '--format', '%i born %w', path];
  const completed = await host.exec(argv, { env: { LC_ALL: 'C' } });
  if (completed.exitCode === 0) return completed.stdout.trim();
  if (completed.stderr.includes('No such file')) return undefined;
  throw new CommandFailedError(host.name, completed);
}
