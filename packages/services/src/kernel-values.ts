import type { Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { ServiceError } from './errors.js';
import type { ValueEntry } from './journal.js';
import { given } from './limits.js';

/** A value that the kernel has in a file of /sys or /proc/sys: reserved hugepages, a CPU that is online, a VF count. */
export interface ValueChange {
  readonly path: string;
  readonly value: string;
}

export async function planValue(
  host: Host,
  { path, value }: ValueChange,
  limits: Limits,
): Promise<ValueEntry> {
  if (!/^\/(sys|proc\/sys)\//.test(path)) {
    throw new ServiceError({
      code: 'WB_SERVICES_NOT_EDITABLE',
      action: `set ${path}`,
      host: host.name,
      observed: 'it is not in /sys or /proc/sys',
      advice: 'Nothing was changed. Whole files of a disk are "files" of the change.',
    });
  }
  return { path, original: await readValue(host, path, limits), written: value };
}

/** Sets a value that nobody has changed since it was read. */
export async function writeValue(
  host: Host,
  { path, original, written }: ValueEntry,
  limits: Limits,
): Promise<void> {
  const now = await readValue(host, path, limits);
  if (now !== original) throw changedMeanwhile(host, path, now, original, written);
  await put(host, path, written, limits);
}

/** Gives a value back that nobody has changed since it was set. */
export async function giveBackValue(
  host: Host,
  { path, original, written }: ValueEntry,
  conflicts: 'refuse' | 'keep',
  limits: Limits,
): Promise<void> {
  const now = await readValue(host, path, limits);
  if (now === original) return;
  if (now !== written && !isPart(now, original, written)) {
    if (conflicts === 'keep') return;
    throw changedMeanwhile(host, path, now, original, written);
  }
  await put(host, path, original, limits);
}

/** Of hugepages the kernel makes as many as it finds memory for: what lies between is of nobody else. */
function isPart(now: string, original: string, written: string): boolean {
  const [is, was, asked] = [now, original, written].map(Number);
  if (is === undefined || was === undefined || asked === undefined) return false;
  return (was < is && is < asked) || (asked < is && is < was);
}

/** The kernel takes a value and says nothing when it does less, as with hugepages that it finds no memory for. */
async function put(host: Host, path: string, value: string, limits: Limits): Promise<void> {
  await run(host, ['tee', '--', path], {
    timeoutMs: 60_000,
    ...given(limits),
    stdin: `${value}\n`,
    env: { LC_ALL: 'C' },
  });
  const now = await readValue(host, path, limits);
  if (now === value) return;
  throw new ServiceError({
    code: 'WB_SERVICES_NOT_IN_FORCE',
    action: `set ${path} to ${value}`,
    host: host.name,
    observed: `the kernel took it and has ${JSON.stringify(now)}`,
    advice:
      'For hugepages that means that no more memory is free in one piece, or that guests still use them.',
  });
}

/** As it can be written: without the line break, and of a choice ("always [madvise] never") what is chosen. */
async function readValue(host: Host, path: string, limits: Limits): Promise<string> {
  const text = Buffer.from(await host.readFile(path, { timeoutMs: 30_000, ...given(limits) }))
    .toString('utf8')
    .trim();
  return /\[([^\]]+)\]/.exec(text)?.[1] ?? text;
}

function changedMeanwhile(
  host: Host,
  path: string,
  now: string,
  original: string,
  written: string,
): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_CHANGED_MEANWHILE',
    action: `change ${path}`,
    host: host.name,
    observed: `somebody else has set it: it is ${JSON.stringify(now)}, was ${JSON.stringify(original)}, and Whitebox makes ${JSON.stringify(written)} of it`,
    advice:
      'It is left as it is. Set it to what it should be, then give back the rest with "whitebox recover --keep-theirs" (in a program: conflicts: "keep").',
  });
}
