import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroupExists, cgroupProcesses } from './cgroups.js';
import { LabError } from './errors.js';
import { run } from './exec.js';
import { mountPoints, stopHost, unmountBelow } from './hosts.js';
import { findLab, removeOutputs, type FoundLab } from './lab.js';
import { withLock } from './lock.js';
import { machineNames, type LabPaths } from './names.js';
import { removeNetwork } from './network.js';
import type { Progress } from './progress.js';
import { bootId } from './processes.js';
import { removeAbandonedBuilds, usedRootfs } from './rootfs.js';
import { defaults, type GivenSettings } from './settings.js';
import { Stages } from './stages.js';
import { hostNames, writeState, type LabState } from './state.js';
import { controllerName } from './lab-hosts.js';

export interface DownOptions {
  /** Kill the hosts instead of letting them shut down. */
  readonly fast: boolean;
}

/** Time that a host has for an orderly shutdown. */
const graceMs = 60_000;

/**
 * Stops the hosts and takes away what the lab made on the machine. The hosts' disks stay for the next `up`.
 * @returns false when there was nothing to do
 */
export async function down(given: GivenSettings, options: DownOptions, progress: Progress): Promise<boolean> {
  const { paths, state } = await findLab(given);
  if (!existsSync(paths.directory)) return false;
  return await withLock(paths.lock, { doing: 'down' }, async () => {
    const cache = given.cacheDirectory ?? state?.cacheDirectory ?? defaults.cacheDirectory;
    await removeAbandonedBuildsIfFree(cache);
    if (state === undefined || !(await hasTraces({ paths, state }))) return false;
    const stages = new Stages(progress, paths.logs);
    await stages.run('down', () => takeDown(paths, state, options.fast ? 0 : graceMs));
    return true;
  });
}

/** Builds of somebody who was killed; nothing when a living one builds, or when there is no cache. */
export async function removeAbandonedBuildsIfFree(cacheDirectory: string): Promise<void> {
  if (!existsSync(cacheDirectory)) return;
  try {
    await withLock(join(cacheDirectory, 'lock'), { doing: 'clean the cache' }, () =>
      removeAbandonedBuilds(cacheDirectory),
    );
  } catch (error) {
    if (!(error instanceof LabError && error.code === 'WB_LAB_BUSY')) throw error;
  }
}

/** With the lab's lock held. */
export async function takeDown(paths: LabPaths, state: LabState, grace: number): Promise<void> {
  await removeOutputs(paths);
  const computes = state.hosts.filter(({ name }) => name !== controllerName);
  const controllers = state.hosts.filter(({ name }) => name === controllerName);
  if (ownsNames(state)) {
    // Computes first: their agents still find the message bus to say goodbye, and need not wait for it in vain.
    for (const hosts of [computes, controllers]) {
      await Promise.all(hosts.map(({ name }) => stopHost(state, paths, name, grace)));
    }
    await removeNetwork(state, hostNames(state));
  }
  await unmountBelow(paths.hosts);
  await unmountBelow(paths.base);
  const left = await remnants({ paths, state });
  if (left.length > 0) {
    throw new LabError('WB_LAB_REMNANTS', `Could not take away: ${left.join(', ')}.`, {
      advice: 'Something else holds them; end it and run "lab down" again.',
    });
  }
  await writeState(paths, { ...state, networkBoot: undefined });
}

/** Interfaces, namespaces and groups with our names are ours only if we recorded that in this boot. */
export function ownsNames(state: LabState): boolean {
  return state.networkBoot === bootId();
}

async function hasTraces(lab: Required<{ paths: LabPaths; state: LabState }>): Promise<boolean> {
  return existsSync(lab.paths.description) || (await remnants(lab)).length > 0;
}

/** Everything of the lab that is on the machine now, but for its files. */
export async function remnants({ paths, state }: FoundLab): Promise<string[]> {
  const found: string[] = (await mountPoints(paths.directory)).map((path) => `mount ${path}`);
  if (state === undefined || !ownsNames(state)) return found;
  const names = machineNames(state);
  for (const name of [names.hostsInterface, names.providerInterface]) {
    if (existsSync(`/sys/class/net/${name}`)) found.push(`interface ${name}`);
  }
  for (const name of [names.networkNamespace, ...hostNames(state).map(names.hostNamespace)]) {
    if (existsSync(`/run/netns/${name}`)) found.push(`network namespace ${name}`);
  }
  for (const name of hostNames(state).map(names.hostCgroup)) {
    const pids = await cgroupProcesses(name);
    if (pids.length > 0) found.push(`${pids.length} processes of ${name}`);
    if (await cgroupExists(name)) found.push(`control group ${name}`);
  }
  return found;
}

/** Forgets everything that the hosts have written, and every secret. With the lab's lock held and the lab down. */
export async function wipe(paths: LabPaths): Promise<void> {
  await run(
    [
      'rm',
      '-rf',
      '--one-file-system',
      paths.hosts,
      paths.faults,
      paths.images,
      paths.volumes,
      paths.keys,
      paths.secrets,
      paths.state,
    ],
    {
      timeoutMs: 120_000,
    },
  );
}

/** `down`, then the lab's directory and the cache go. Files of the cache that another lab runs from stay; they are returned. */
export async function destroy(given: GivenSettings, progress: Progress): Promise<readonly string[]> {
  const { paths, state } = await findLab(given);
  await down(given, { fast: true }, progress);
  // Before the lab's directory, which may hold it.
  const kept = await removeCache(given.cacheDirectory ?? state?.cacheDirectory ?? defaults.cacheDirectory);
  if (existsSync(paths.directory)) {
    await withLock(paths.lock, { doing: 'destroy', remove: true }, async () => {
      await removeOutputs(paths);
      await wipe(paths);
      for (const path of [paths.logs, paths.base]) await rm(path, { recursive: true, force: true });
    });
  }
  return kept;
}

async function removeCache(cache: string): Promise<string[]> {
  if (!existsSync(cache)) return [];
  const kept: string[] = [];
  await withLock(join(cache, 'lock'), { doing: 'destroy', remove: true }, async () => {
    await removeAbandonedBuilds(cache);
    const used = await usedRootfs();
    for (const name of await readdir(cache)) {
      const path = join(cache, name);
      if (used.has(path)) kept.push(path);
      else if (name.endsWith('.squashfs')) await rm(path);
    }
    // Downloaded packages: somebody who has a lab will build another.
    if (kept.length === 0) await rm(join(cache, 'archives'), { recursive: true, force: true });
  });
  return kept;
}
