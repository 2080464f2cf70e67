import type { Limits } from '@whitebox/core';
import { run, runText, type Host } from '@whitebox/host';
import { ServiceError } from './errors.js';
import { given } from './limits.js';

/** What belongs to a file besides its content. */
export interface FileFacts {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits in octal, as `stat` and `chmod` have them: "640". */
  readonly mode: string;
  /** Hard links to it. */
  readonly links: number;
  /** Last change, milliseconds since the epoch by the clock of the host. */
  readonly changedAt: number;
}

const environment = { LC_ALL: 'C' };

/** Follows links. Undefined when there is no such file. */
export async function fileFacts(
  host: Host,
  path: string,
  limits: Limits = {},
): Promise<FileFacts | undefined> {
  const argv = ['stat', '-L', '-c', '%u %g %a %h %.9Y', '--', path];
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  const completed = await host.exec(argv, options);
  if (completed.exitCode !== 0) {
    if (completed.stderr.includes('No such file')) return undefined;
    await run(host, argv, options);
  }
  const [uid, gid, mode, links, changed] = completed.stdout.trim().split(' ');
  const changedAt = Math.floor(Number(changed) * 1000);
  if (mode === undefined || !Number.isFinite(changedAt)) {
    throw new ServiceError({
      code: 'WB_SERVICES_NOT_EDITABLE',
      action: `look at ${path}`,
      host: host.name,
      observed: `stat answered ${JSON.stringify(completed.stdout)}`,
      advice: 'Whitebox needs stat of GNU coreutils there.',
    });
  }
  return { uid: Number(uid), gid: Number(gid), mode, links: Number(links), changedAt };
}

/** The path without symbolic links; its last part need not exist. */
export async function realPath(host: Host, path: string, limits: Limits = {}): Promise<string> {
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  return (await runText(host, ['readlink', '-f', '--', path], options)).replace(/\n$/, '');
}

/** Gives a file the owner, group and permissions that it should have. */
export async function setOwnerAndMode(
  host: Host,
  path: string,
  facts: Pick<FileFacts, 'uid' | 'gid' | 'mode'>,
  limits: Limits = {},
): Promise<void> {
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  // chown takes setuid bits away, so it goes first.
  await run(host, ['chown', `${String(facts.uid)}:${String(facts.gid)}`, '--', path], options);
  await run(host, ['chmod', facts.mode, '--', path], options);
}

export async function removeFile(host: Host, path: string, limits: Limits = {}): Promise<void> {
  await run(host, ['rm', '-f', '--', path], { timeoutMs: 30_000, ...given(limits), env: environment });
}

export function sameOwnerAndMode(
  a: Pick<FileFacts, 'uid' | 'gid' | 'mode'>,
  b: Pick<FileFacts, 'uid' | 'gid' | 'mode'>,
): boolean {
  return a.uid === b.uid && a.gid === b.gid && a.mode === b.mode;
}
