import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { isSame, putFile } from './apply-plan.js';
import { ServiceError, sentenceOf } from './errors.js';
import { fileFacts, keepFacts, removeFile, sameFacts } from './file-facts.js';
import type { FileEntry, JournalEntry } from './journal.js';
import { given } from './limits.js';
import { readIfThere } from './service-process.js';

/**
 * Gives back one file: its bytes, owner, group, mode, SELinux label and time, verified.
 *
 * @returns whether something was written
 * @throws ServiceError `WB_SERVICES_CHANGED_MEANWHILE` for a file that somebody else has changed
 */
export async function giveBackFile(
  entry: JournalEntry,
  file: FileEntry,
  host: Host,
  conflicts: 'refuse' | 'keep',
  limits: Limits,
): Promise<boolean> {
  const { path, original } = file;
  await sweep(host, path, limits);
  const now = await readIfThere(host, path, limits);
  const back = isSame(now, original);
  if (!back && !isSame(now, file.written)) {
    if (conflicts === 'keep') return false;
    throw await conflict(entry, file, host, limits);
  }
  if (original !== null) await (back ? keepFacts : putFile)(host, path, original, limits);
  else if (!back) await removeFile(host, path, limits);
  await removeDirectories(host, file.madeDirectories ?? [], limits);

  const after = await readIfThere(host, path, limits);
  const facts = await fileFacts(host, path, limits);
  const whole = original === null || (facts !== undefined && sameFacts(facts, original));
  if (!isSame(after, original) || !whole) {
    throw new ServiceError({
      code: 'WB_SERVICES_CHANGED_MEANWHILE',
      action: `give back ${path}`,
      host: host.name,
      observed: 'it was given back, but it is not as it was when read again',
      advice: 'Somebody else writes this file at the same time. Stop that, then give back again.',
    });
  }
  return !back;
}

/** What a write that was cut off has left beside a file. Nobody else writes there while the host is held. */
async function sweep(host: Host, path: string, limits: Limits): Promise<void> {
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  const options = { timeoutMs: 30_000, ...given(limits), env: { LC_ALL: 'C' } };
  const listed = await host.exec(['ls', '-1A', '--', directory], options);
  for (const name of listed.stdout.split('\n')) {
    if (/^\.whitebox-[0-9a-f]+\.tmp$/.test(name)) await removeFile(host, directory + name, limits);
  }
}

/** The deepest first; one in which somebody else has put something is not ours any more. */
async function removeDirectories(host: Host, directories: readonly string[], limits: Limits): Promise<void> {
  for (const directory of directories.toReversed()) {
    if ((await fileFacts(host, directory, limits)) === undefined) continue;
    const argv = ['rmdir', '--ignore-fail-on-non-empty', '--', directory];
    await run(host, argv, { timeoutMs: 30_000, ...given(limits), env: { LC_ALL: 'C' } });
  }
}

async function conflict(
  entry: JournalEntry,
  file: FileEntry,
  host: Host,
  limits: Limits,
): Promise<ServiceError> {
  // No name that ends in .conf: a directory of drop-ins would be read with it.
  const aside = (version: string): string => `${file.path}.${version}.whitebox-${entry.id}`;
  const kept: string[] = [];
  let problem = '';
  try {
    for (const [version, content] of [
      ['original', file.original],
      ['changed', file.written],
    ] as const) {
      if (content === null) continue;
      const forRoot = { content: content.content, uid: 0, gid: 0, mode: '600' };
      await putFile(host, aside(version), forRoot, limits);
      kept.push(aside(version));
    }
  } catch (error) {
    problem = ` (keeping them failed: ${sentenceOf(error)})`;
  }
  const was = file.original === null ? 'it did not exist before' : 'the original';
  return new ServiceError({
    code: 'WB_SERVICES_CHANGED_MEANWHILE',
    action: `give back ${file.path}`,
    host: host.name,
    observed: `somebody else has changed it since Whitebox did, so it is left as it is; beside it: ${kept.join(' and ')}${problem} (${was}, and what Whitebox had written)`,
    advice:
      'Make the file what it should be, then give back the rest with "whitebox recover --keep-theirs" (in a program: conflicts: "keep"), and remove the files beside it.',
  });
}
