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
  /** Last change of content or attributes (ctime), milliseconds since the epoch by the clock of the host; nobody can set it. */
  readonly changedAt: number;
  /** Last change of the content (mtime): seconds and nanoseconds, as `touch` takes them. */
  readonly modified: string;
  /** SELinux label; absent where there is no SELinux. */
  readonly label: string | undefined;
}

const environment = { LC_ALL: 'C' };

/** Follows links. Undefined when there is no such file. */
export async function fileFacts(
  host: Host,
  path: string,
  limits: Limits = {},
): Promise<FileFacts | undefined> {
  const argv = ['stat', '-L', '-c', '%u %g %a %h %.9Y %.9Z %C', '--', path];
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  const completed = await host.exec(argv, options);
  // Where there is no SELinux it tells all the rest, complains and fails.
  if (completed.exitCode !== 0 && !completed.stderr.startsWith('stat: failed to get security context of')) {
    if (completed.stderr.includes('No such file')) return undefined;
    await run(host, argv, options);
  }
  const [uid, gid, mode, links, modified, changed, label] = completed.stdout.trim().split(' ');
  const changedAt = Math.floor(Number(changed) * 1000);
  if (mode === undefined || modified === undefined || !Number.isFinite(changedAt)) {
    throw new ServiceError({
      code: 'WB_SERVICES_NOT_EDITABLE',
      action: `look at ${path}`,
      host: host.name,
      observed: `stat answered ${JSON.stringify(completed.stdout)}`,
      advice: 'Whitebox needs stat of GNU coreutils there.',
    });
  }
  return {
    uid: Number(uid),
    gid: Number(gid),
    mode,
    links: Number(links),
    changedAt,
    modified,
    label: label === '?' ? undefined : label,
  };
}

/** The path without symbolic links; its last part need not exist. */
export async function realPath(host: Host, path: string, limits: Limits = {}): Promise<string> {
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  return (await runText(host, ['readlink', '-f', '--', path], options)).replace(/\n$/, '');
}

/** What is to be kept of a file besides its content; what is absent does not matter. */
export type KeptFacts = Pick<FileFacts, 'uid' | 'gid' | 'mode'> & {
  readonly modified?: string | undefined;
  readonly label?: string | undefined;
};

/** Gives a file the owner, group, permissions, SELinux label and time that it should have. */
export async function keepFacts(
  host: Host,
  path: string,
  facts: KeptFacts,
  limits: Limits = {},
): Promise<void> {
  const now = await fileFacts(host, path, limits);
  if (now !== undefined && sameFacts(now, facts)) return;
  const options = { timeoutMs: 30_000, ...given(limits), env: environment };
  const { uid, gid, mode, modified, label } = facts;
  if (now?.uid !== uid || now.gid !== gid || now.mode !== mode) {
    // chown takes setuid bits away, so it goes first.
    await run(host, ['chown', `${String(uid)}:${String(gid)}`, '--', path], options);
    await run(host, ['chmod', mode, '--', path], options);
  }
  if (label !== undefined && now?.label !== label) await run(host, ['chcon', '--', label, path], options);
  if (modified !== undefined)
    await run(host, ['touch', '-c', '-m', '-d', `@${modified}`, '--', path], options);
}

export async function removeFile(host: Host, path: string, limits: Limits = {}): Promise<void> {
  await run(host, ['rm', '-f', '--', path], { timeoutMs: 30_000, ...given(limits), env: environment });
}

export function sameFacts(now: FileFacts, kept: KeptFacts): boolean {
  return (
    now.uid === kept.uid &&
    now.gid === kept.gid &&
    now.mode === kept.mode &&
    (kept.modified === undefined || now.modified === kept.modified) &&
    (kept.label === undefined || now.label === kept.label)
  );
}
