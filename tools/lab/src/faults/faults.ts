import { Cloud } from '../cloud.js';
import { readLab } from '../description.js';
import { LabError, exitCodes } from '../errors.js';
import { isCompute } from '../lab-hosts.js';
import { findLab, readSecrets } from '../lab.js';
import { withLock } from '../lock.js';
import type { LabPaths } from '../names.js';
import { waitForComputes } from '../seed.js';
import type { GivenSettings } from '../settings.js';
import { hostNames, type LabState } from '../state.js';
import type { FaultWords } from './fault.js';
import {
  faultKeep,
  forgetFault,
  nextId,
  readFaults,
  recordFault,
  type FaultRecord,
} from './fault-records.js';
import { faultHost } from './inside-host.js';
import { faultKind } from './kinds.js';

export interface Wish {
  readonly kind: string;
  readonly host: string;
  readonly words: FaultWords;
}

async function existingLab(given: GivenSettings): Promise<{ paths: LabPaths; state: LabState }> {
  const { paths, state } = await findLab(given);
  if (state !== undefined) return { paths, state };
  throw new LabError('WB_LAB_DOWN', `There is no lab in ${paths.directory}.`, {
    advice: 'Start one with "lab up".',
    exitCode: exitCodes.notUp,
  });
}

async function cloudOf(paths: LabPaths, signal?: AbortSignal): Promise<Cloud> {
  const secrets = await readSecrets(paths);
  const { apiAddress } = await readLab(paths.directory);
  return new Cloud(apiAddress, secrets?.keystone.admin ?? '', signal);
}

/** Waits until a live migration from or to the host runs. */
async function liveMigration(cloud: Cloud, host: string, deadlineMs: number): Promise<void> {
  interface Migration {
    readonly source_compute: string;
    readonly dest_compute: string;
    readonly status: string;
  }
  await cloud.until(`a live migration from or to ${host}`, deadlineMs, async () => {
    const running = await cloud.list<Migration>('nova', '/os-migrations?status=running', 'migrations');
    const ours = running.some((each) => [each.source_compute, each.dest_compute].includes(host));
    return ours ? true : `${running.length} migrations run, none of this host`;
  });
}

/** Breaks a host. @returns what was written down; it is healed by its id */
export async function injectFault(
  given: GivenSettings,
  wish: Wish,
  options: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
): Promise<FaultRecord> {
  const { paths, state } = await existingLab(given);
  const kind = faultKind(wish.kind);
  const names = hostNames(state);
  if (!names.includes(wish.host)) {
    throw new LabError('WB_LAB_USAGE', `The lab has no host ${wish.host}.`, {
      advice: `It has ${names.join(', ')}.`,
      exitCode: exitCodes.usage,
    });
  }
  await kind.check?.(await faultHost(paths, state, wish.host, ''), wish.words);
  if (kind.moment === 'live-migration') {
    await liveMigration(await cloudOf(paths, options.signal), wish.host, options.deadlineMs ?? 300_000);
  }
  return await withLock(paths.lock, { doing: `fault inject ${kind.name}` }, async () => {
    const id = nextId(await readFaults(paths));
    const host = await faultHost(paths, state, wish.host, id);
    const record = { ...wish, id, since: new Date().toISOString(), injected: false };
    await recordFault(paths, record);
    try {
      await kind.inject(host, wish.words);
    } catch (error) {
      // Half a fault is of no use to anybody. If this fails as well, the record stays for "heal".
      await kind.heal(host, wish.words).then(
        () => forgetFault(paths, id),
        () => undefined,
      );
      throw error;
    }
    await recordFault(paths, { ...record, injected: true });
    return { ...record, injected: true };
  });
}

export async function listFaults(given: GivenSettings): Promise<readonly FaultRecord[]> {
  const { paths, state } = await findLab(given);
  return state === undefined ? [] : await readFaults(paths);
}

/**
 * Undoes faults in the reverse of the order in which they came, and waits until Nova has all its computes again.
 * @param ids of the faults; all of them when there are none
 * @returns what was healed
 */
export async function healFaults(
  given: GivenSettings,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly FaultRecord[]> {
  const { paths, state } = await existingLab(given);
  return await withLock(paths.lock, { doing: 'fault heal' }, async () => {
    const records = await readFaults(paths);
    const unknown = ids.filter((id) => !records.some((record) => record.id === id));
    if (unknown.length > 0) {
      throw new LabError('WB_LAB_USAGE', `There is no fault ${unknown.join(', ')}.`, {
        advice:
          records.length === 0 ? 'There are none.' : `There are ${records.map(({ id }) => id).join(', ')}.`,
        exitCode: exitCodes.usage,
      });
    }
    const chosen = records.filter(({ id }) => ids.length === 0 || ids.includes(id)).reverse();
    for (const record of chosen) {
      const host = await faultHost(paths, state, record.host, record.id);
      await faultKind(record.kind).heal(host, record.words);
      await forgetFault(paths, record.id);
    }
    // Others may still be broken on purpose.
    if (chosen.length > 0 && chosen.length === records.length) {
      const computes = state.hosts.filter(isCompute).map(({ name }) => name);
      await waitForComputes(await cloudOf(paths, signal), computes, 120_000);
    }
    return chosen;
  });
}

/** Before a host starts: what faults left on its disk goes, and with it their records. With the lab's lock held. */
export async function clearFaults(paths: LabPaths, host: string): Promise<readonly FaultRecord[]> {
  const records = (await readFaults(paths)).filter((record) => record.host === host).reverse();
  for (const { id, kind, words } of records) {
    const target = { root: paths.host(host).root, keep: faultKeep(paths, id) };
    await faultKind(kind).healDisk?.(target, words);
    await forgetFault(paths, id);
  }
  return records;
}
