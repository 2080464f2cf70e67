import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { startedSince } from './apply-plan.js';
import { ServiceError } from './errors.js';
import { fileFacts } from './file-facts.js';
import type { FileEntry, ServiceEntry } from './journal.js';
import { openService } from './open-service.js';
import { defaultRestartMs, waitUntilServing } from './restart.js';
import type { ReadyProbe, Service, ServiceSnapshot, ServiceStatus, UnitSnapshot } from './service.js';

export interface GiveBackServiceOptions {
  /** Whether a service serves after its restart, or after it was started again; undefined: its process stays alive. */
  readonly ready?: ((service: Service) => ReadyProbe | undefined) | undefined;
  /** Milliseconds for each restart; default 180 000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Has a service read the files that were given back, or be as it was before.
 *
 * @param files the changed files of its host, and whether giving them back has just written any of them
 * @throws ServiceError `WB_SERVICES_CHANGED_MEANWHILE`
 */
export async function giveBackService(
  host: Host,
  { reference, before, how }: ServiceEntry,
  { files, written }: { readonly files: readonly FileEntry[]; readonly written: boolean },
  options: GiveBackServiceOptions,
): Promise<void> {
  if (how === 'none') return;
  const { timeoutMs, signal } = options;
  const service = openService(host, reference);
  if (how === 'restore') await restoreUntilServing(service, before, options);
  else if (await needsRestart(service, before, files, written, { signal })) {
    await service.restart({ timeoutMs, signal, ready: options.ready?.(service) });
  }
}

/** One that has to run again serves when the promise resolves, as far as `ready` tells. */
async function restoreUntilServing(
  service: Service,
  snapshot: ServiceSnapshot,
  options: GiveBackServiceOptions,
): Promise<void> {
  const { signal } = options;
  const [before, mark] = await Promise.all([service.status({ signal }), service.mark({ signal })]);
  await service.restore(snapshot, { signal });
  checkRestored(service, snapshot, await service.snapshot({ signal }));
  const ready = options.ready?.(service);
  if (ready === undefined || snapshot.state !== 'running' || before.state === 'running') return;
  const after = await service.status({ signal });
  const timeoutMs = options.timeoutMs ?? defaultRestartMs;
  await waitUntilServing(service, { before, after }, mark, { ready, timeoutMs, signal });
}

/**
 * What ran runs, and everything is enabled, disabled or masked as before. What did not run may have been started by somebody
 * else since: of a service with a socket anybody can do that.
 *
 * @throws ServiceError `WB_SERVICES_CHANGED_MEANWHILE`
 */
function checkRestored(service: Service, before: ServiceSnapshot, now: ServiceSnapshot): void {
  const wrong = before.units.flatMap((was) => {
    const is = now.units.find(({ unit }) => unit === was.unit);
    if (is?.fileState === was.fileState && (is.active || !was.active)) return [];
    return [`${was.unit} is ${described(is)}, was ${described(was)}`];
  });
  if (wrong.length === 0) return;
  throw new ServiceError({
    code: 'WB_SERVICES_CHANGED_MEANWHILE',
    action: `give back ${service.name}`,
    host: service.host.name,
    observed: wrong.join('; '),
    advice: 'Somebody else starts, stops or masks it at the same time. Stop that, then give back again.',
  });
}

function described(unit: UnitSnapshot | undefined): string {
  return unit === undefined ? 'gone' : `${unit.active ? 'active' : 'inactive'} and ${unit.fileState}`;
}

/** Not when it never saw the changed files, nor when an earlier attempt has restarted it since they are back. */
async function needsRestart(
  service: Service,
  before: { readonly mainPid: number | undefined; readonly startedAt: string | undefined },
  files: readonly FileEntry[],
  written: boolean,
  limits: Limits,
): Promise<boolean> {
  const now = await service.status(limits);
  if (now.state !== 'running') return true;
  if (isProcess(now, before)) return false;
  if (written || now.startedAt === undefined) return true;
  for (const { path } of files) {
    const facts = await fileFacts(service.host, path, limits);
    // A file that is gone again leaves no time of its removal.
    if (facts === undefined || !startedSince(now.startedAt, facts)) return true;
  }
  return false;
}

function isProcess(
  now: ServiceStatus,
  before: { readonly mainPid: number | undefined; readonly startedAt: string | undefined },
): boolean {
  return now.mainPid === before.mainPid && now.startedAt?.toISOString() === before.startedAt;
}
