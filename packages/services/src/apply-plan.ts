import { limitSignal, type Limits } from '@whitebox/core';
import { run, type Host } from '@whitebox/host';
import { notInForce, obstacle } from './asked.js';
import { HostFiles, loadChain, processView, sourceView } from './config-view.js';
import { ServiceError } from './errors.js';
import { fileFacts, keepFacts, realPath, removeFile, type FileFacts, type KeptFacts } from './file-facts.js';
import type { FileEntry, HostEntry, SavedFile, ValueEntry } from './journal.js';
import { planValue, writeValue } from './kernel-values.js';
import {
  planFile,
  planTarget,
  type ChangeTarget,
  type HostTarget,
  type PlannedTarget,
} from './plan-changes.js';
import type { Restarted } from './service.js';
import { readIfThere, readProcess } from './service-process.js';
import type { HostPlan } from './transaction.js';

/** Looks at everything of one host and changes nothing. */
export async function planHost(
  host: Host,
  targets: readonly (ChangeTarget | HostTarget)[],
  {
    restart = true,
    timeoutMs,
  }: { readonly restart?: boolean | undefined; readonly timeoutMs?: number | undefined },
  limits: Limits,
): Promise<HostPlan> {
  const files = new HostFiles(host, limits);
  const planned: PlannedTarget[] = [];
  const values: ValueEntry[] = [];
  for (const target of targets) {
    if ('service' in target) planned.push(await planTarget(files, target, limits));
    else {
      for (const file of target.files ?? []) await planFile(files, file);
      for (const value of target.values ?? []) values.push(await planValue(host, value, limits));
    }
  }
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
  const entry = { host: host.name, files: entries, values, services };
  return { host, entry, apply: (signal) => apply(host, planned, entry, timeoutMs, signal) };
}

/** Writes, restarts, verifies. What has been done when it throws is known from the journal. */
async function apply(
  host: Host,
  targets: readonly PlannedTarget[],
  entry: HostEntry,
  timeoutMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  for (const value of entry.values ?? []) {
    signal.throwIfAborted();
    await writeValue(host, value, { signal });
  }
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
  const { real, madeDirectories } = await located(host, path, limits);
  const [original, planned, facts] = await Promise.all([
    files.original(path),
    files.planned(path),
    fileFacts(host, real, limits),
  ]);
  if (original !== undefined && facts !== undefined) {
    if (facts.links > 1) throw linked(host, real, facts.links);
    const written = planned === undefined ? null : saved(planned, { ...facts, modified: undefined });
    return { path: real, original: saved(original, facts), written };
  }
  // A new file beside others that the service can read: like the first of them.
  const readers = targets.filter(({ reads }) => reads.includes(path)).flatMap(({ reads }) => reads);
  for (const model of readers.filter((other) => other !== path)) {
    const like = await fileFacts(host, model, limits);
    if (like === undefined) continue;
    // The label is that of the directory, as for every new file.
    const written = saved(planned ?? [], { ...like, modified: undefined, label: undefined });
    return { path: real, original: null, madeDirectories, written };
  }
  const ofRoot = { uid: 0, gid: 0, mode: '644' };
  return { path: real, original: null, madeDirectories, written: saved(planned ?? [], ofRoot) };
}

/** Where a file is or will be, and which directories are missing there, the topmost first. */
async function located(
  host: Host,
  path: string,
  limits: Limits,
): Promise<{ readonly real: string; readonly madeDirectories: readonly string[] | undefined }> {
  const missing: string[] = [];
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
    if ((await fileFacts(host, above, limits)) !== undefined) break;
    missing.unshift(above);
  }
  const [topmost] = missing;
  if (topmost === undefined) return { real: await realPath(host, path, limits), madeDirectories: undefined };
  const above = await realPath(host, topmost, limits);
  const moved = (below: string): string => above + below.slice(topmost.length);
  return { real: moved(path), madeDirectories: missing.map(moved) };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
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
  if (file.written === null) {
    await removeFile(host, file.path, limits);
    return;
  }
  for (const directory of file.madeDirectories ?? []) {
    await run(host, ['mkdir', '-p', '-m', '0755', '--', directory], { timeoutMs: 30_000, ...limits });
  }
  await putFile(host, file.path, file.written, limits);
}

/** Content and all that is kept of it. A new file is for root alone until it has its owner. */
export async function putFile(host: Host, path: string, file: SavedFile, limits: Limits): Promise<void> {
  await host.replaceFile(path, Buffer.from(file.content, 'base64'), { ...limits, mode: 0o600 });
  await keepFacts(host, path, file, limits);
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
    // When it was given back, a file has its old time again: then it was never another for this process.
    const writtenAt = Math.floor(Number(facts?.modified) * 1000);
    if (facts !== undefined && !startedSince(new Date(startedAt), { changedAt: writtenAt })) return true;
  }
  return false;
}

/** Both by the clock of the host. An old systemd tells whole seconds only. */
export function startedSince(startedAt: Date, { changedAt }: Pick<FileFacts, 'changedAt'>): boolean {
  const changed = startedAt.getMilliseconds() === 0 ? Math.floor(changedAt / 1000) * 1000 : changedAt;
  return startedAt.getTime() >= changed;
}

function saved(content: Uint8Array | readonly number[], facts: KeptFacts): SavedFile {
  const { uid, gid, mode, modified, label } = facts;
  return { content: Buffer.from(content).toString('base64'), uid, gid, mode, modified, label };
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
