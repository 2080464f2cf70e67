import { hostname } from 'node:os';
import { limitSignal, type Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { nameOf, notInForce, obstacle } from './asked.js';
import { HostFiles, loadChain, processView, sourceView } from './config-view.js';
import { ServiceError } from './errors.js';
import { fileFacts, realPath, sameOwnerAndMode, setOwnerAndMode, type FileFacts } from './file-facts.js';
import { newEntryId, type FileEntry, type HostEntry, type JournalEntry, type SavedFile } from './journal.js';
import { planTarget, type ChangeTarget, type PlannedTarget } from './plan-changes.js';
import type { Restarted } from './service.js';
import { readIfThere, readProcess } from './service-process.js';

/** What is to be done on one host. */
export interface HostPlan {
  readonly host: Host;
  readonly targets: readonly PlannedTarget[];
  readonly entry: HostEntry;
}

/** Looks at everything and changes nothing. */
export async function planHost(
  host: Host,
  targets: readonly ChangeTarget[],
  restart: boolean,
  limits: Limits,
): Promise<HostPlan> {
  const files = new HostFiles(host, limits);
  const planned: PlannedTarget[] = [];
  for (const target of targets) planned.push(await planTarget(files, target, limits));
  const changed = await files.changed();
  const entries: FileEntry[] = [];
  for (const path of changed) entries.push(await fileEntry(files, path, planned, limits));
  const services = [];
  for (const target of planned) {
    const { service, before } = target;
    const affected =
      target.reads.some((path) => changed.includes(path)) || (await isStale(target, host, limits));
    const how = restart && target.ran && affected ? ('restart' as const) : ('none' as const);
    services.push({ reference: service.reference, before, how });
  }
  return { host, targets: planned, entry: { host: host.name, files: entries, services } };
}

export function entryOf(plans: readonly HostPlan[]): JournalEntry {
  const names = plans.flatMap(({ targets }) =>
    targets.flatMap(({ service, changes }) =>
      changes.map((change) => `${nameOf(change)} of ${service.name}`),
    ),
  );
  const hosts = plans.map(({ host }) => host.name);
  const now = Date.now();
  return {
    version: 1,
    id: newEntryId(now),
    createdAt: new Date(now).toISOString(),
    createdBy: { pid: process.pid, machine: hostname() },
    what: `change ${[...new Set(names)].join(', ')} on ${hosts.join(', ')}`,
    hosts: plans.map(({ entry }) => entry),
  };
}

/** Writes, restarts, verifies. What has been done when it throws is known from the journal. */
export async function applyPlan(
  plan: HostPlan,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { host, targets, entry } = plan;
  for (const file of entry.files) {
    signal.throwIfAborted();
    await writeFile(host, file, { signal });
  }
  signal.throwIfAborted();
  const done = await Promise.allSettled(
    targets.map(async (target, index) => {
      if (entry.services[index]?.how !== 'restart') {
        await checkFiles(target, signal);
        return;
      }
      const restarted = await target.service.restart({ timeoutMs, signal, ready: target.ready });
      await checkProcess(target, entry, restarted, signal);
    }),
  );
  for (const one of done) if (one.status === 'rejected') throw one.reason;
}

async function fileEntry(
  files: HostFiles,
  path: string,
  targets: readonly PlannedTarget[],
  limits: Limits,
): Promise<FileEntry> {
  const { host } = files;
  const real = await realPath(host, path, limits);
  const [original, planned, facts] = await Promise.all([
    files.original(path),
    files.planned(path),
    fileFacts(host, real, limits),
  ]);
  if (original !== undefined && facts !== undefined) {
    if (facts.links > 1) throw linked(host, real, facts.links);
    return { path: real, original: saved(original, facts), written: saved(planned ?? original, facts) };
  }
  // A new file beside others that the service can read: like the first of them.
  const readers = targets.filter(({ reads }) => reads.includes(path)).flatMap(({ reads }) => reads);
  for (const model of readers.filter((other) => other !== path)) {
    const like = await fileFacts(host, model, limits);
    if (like !== undefined) return { path: real, original: null, written: saved(planned ?? [], like) };
  }
  const rootOnly = { uid: 0, gid: 0, mode: '644' };
  return { path: real, original: null, written: saved(planned ?? [], rootOnly) };
}

async function writeFile(host: Host, file: FileEntry, limits: Limits): Promise<void> {
  const now = await readIfThere(host, file.path, limits);
  if (!isSame(now, file.original)) {
    throw new ServiceError({
      code: 'WB_SERVICES_CHANGED_MEANWHILE',
      action: `write ${file.path}`,
      host: host.name,
      observed: 'somebody else has changed it since it was read, a moment ago',
      advice: 'Find out who (a deployment tool, another test run) and let it finish first.',
    });
  }
  await putFile(host, file.path, file.written, limits);
}

/** Content, owner and mode. A new file is for root alone until it has its owner. */
export async function putFile(host: Host, path: string, file: SavedFile, limits: Limits): Promise<void> {
  await host.replaceFile(path, Buffer.from(file.content, 'base64'), { ...limits, mode: 0o600 });
  const facts = await fileFacts(host, path, limits);
  if (facts === undefined || !sameOwnerAndMode(facts, file)) {
    await setOwnerAndMode(host, path, file, limits);
  }
}

export function isSame(bytes: Uint8Array | undefined, file: SavedFile | null): boolean {
  if (bytes === undefined || file === null) return bytes === undefined && file === null;
  return Buffer.from(bytes).equals(Buffer.from(file.content, 'base64'));
}

/** Of a service that is not restarted: its next start will read what was asked for. */
async function checkFiles(target: PlannedTarget, signal: AbortSignal): Promise<void> {
  const { service, process, before } = target;
  const files = new HostFiles(service.host, { signal });
  const chain = await loadChain(files, sourceView(service, before.mainPid), process);
  for (const change of target.changes) {
    const problem = obstacle(chain, undefined, change);
    if (problem !== undefined) throw notInForce(service, change, problem);
  }
}

async function checkProcess(
  target: PlannedTarget,
  entry: HostEntry,
  { after }: Restarted,
  signal: AbortSignal,
): Promise<void> {
  const { service, changes } = target;
  const limits = { signal: limitSignal({ timeoutMs: 60_000, signal }) };
  for (const { path } of entry.files) {
    const facts = await fileFacts(service.host, path, limits);
    if (facts !== undefined && after.startedAt !== undefined && !startedSince(after.startedAt, facts)) {
      throw new ServiceError({
        code: 'WB_SERVICES_STALE_PROCESS',
        action: `restart ${service.name} after a change of ${path}`,
        host: service.host.name,
        observed: `its process was started at ${after.startedAt.toISOString()}, before the file was written at ${new Date(facts.changedAt).toISOString()}`,
        advice: 'Somebody has written the file since, or the clock of the machine was set back.',
      });
    }
  }
  if (after.mainPid === undefined) return;
  const process = await readProcess(service, after.mainPid, limits);
  const files = new HostFiles(service.host, limits);
  const chain = await loadChain(files, processView(service, process.pid), process);
  for (const change of changes) {
    const problem = obstacle(chain, process, change);
    if (problem !== undefined) throw notInForce(service, change, problem);
  }
}

/** Whether it runs with files that were changed after its start. */
async function isStale(target: PlannedTarget, host: Host, limits: Limits): Promise<boolean> {
  const { startedAt } = target.before;
  if (startedAt === undefined) return false;
  for (const path of target.reads) {
    const facts = await fileFacts(host, path, limits);
    if (facts !== undefined && !startedSince(new Date(startedAt), facts)) return true;
  }
  return false;
}

/** Both by the clock of the host. An old systemd tells whole seconds only. */
export function startedSince(startedAt: Date, { changedAt }: Pick<FileFacts, 'changedAt'>): boolean {
  const changed = startedAt.getMilliseconds() === 0 ? Math.floor(changedAt / 1000) * 1000 : changedAt;
  return startedAt.getTime() >= changed;
}

function saved(
  content: Uint8Array | readonly number[],
  facts: Pick<FileFacts, 'uid' | 'gid' | 'mode'>,
): SavedFile {
  const { uid, gid, mode } = facts;
  return { content: Buffer.from(content).toString('base64'), uid, gid, mode };
}

function linked(host: Host, path: string, links: number): ServiceError {
  return new ServiceError({
    code: 'WB_SERVICES_NOT_EDITABLE',
    action: `change ${path}`,
    host: host.name,
    observed: `it has ${links} hard links; the others would not follow a change, nor be given back`,
    advice: 'Nothing was changed. Make it a file of its own, or a symbolic link.',
  });
}
