import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { isSame, putFile } from './apply-plan.js';
import { ServiceError, sentenceOf } from './errors.js';
import { fileFacts, removeFile, sameOwnerAndMode, setOwnerAndMode } from './file-facts.js';
import type { FileEntry, JournalEntry } from './journal.js';
import { readIfThere } from './service-process.js';

/**
 * Gives back one file: its bytes, owner, group and mode, verified.
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
  const now = await readIfThere(host, path, limits);
  if (isSame(now, original)) {
    if (original !== null) await giveBackOwner(host, path, original, limits);
    return false;
  }
  if (!isSame(now, file.written)) {
    if (conflicts === 'keep') return false;
    throw await conflict(entry, file, host, limits);
  }
  if (original === null) await removeFile(host, path, limits);
  else await putFile(host, path, original, limits);

  const after = await readIfThere(host, path, limits);
  const facts = await fileFacts(host, path, limits);
  const whole = original === null || (facts !== undefined && sameOwnerAndMode(facts, original));
  if (!isSame(after, original) || !whole) {
    throw new ServiceError({
      code: 'WB_SERVICES_CHANGED_MEANWHILE',
      action: `give back ${path}`,
      host: host.name,
      observed: 'it was written back, but is not as it was when read again',
      advice: 'Somebody else writes this file at the same time. Stop that, then give back again.',
    });
  }
  return true;
}

async function giveBackOwner(
  host: Host,
  path: string,
  original: NonNullable<FileEntry['original']>,
  limits: Limits,
): Promise<void> {
  const facts = await fileFacts(host, path, limits);
  if (facts !== undefined && !sameOwnerAndMode(facts, original)) {
    await setOwnerAndMode(host, path, original, limits);
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
      await putFile(host, aside(version), { ...content, uid: 0, gid: 0, mode: '600' }, limits);
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
      'Make the file what it should be, then give back again with conflicts: "keep", and remove the files beside it.',
  });
}
