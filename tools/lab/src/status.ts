import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Cloud } from './cloud.js';
import { runningHost, hostProcesses } from './hosts.js';
import { findLab, readSecrets } from './lab.js';
import { waitForComputes } from './seed.js';
import type { GivenSettings } from './settings.js';
import type { LabDescription } from './description.js';
import { remnants } from './down.js';

export interface LabStatus {
  /** `up`: the cloud answers; `partial`: something is there; `down`: nothing is. */
  readonly state: 'up' | 'partial' | 'down';
  readonly directory: string;
  readonly hosts: readonly {
    readonly name: string;
    readonly pid: number | undefined;
    readonly processes: number;
    readonly memoryMiB: number;
  }[];
  /** Why it is not up; empty when it is. */
  readonly problem: string;
}

export async function status(given: GivenSettings): Promise<LabStatus> {
  const found = await findLab(given);
  const { paths, state } = found;
  if (state === undefined) {
    return {
      state: 'down',
      directory: paths.directory,
      hosts: [],
      problem: 'There is no lab in this directory.',
    };
  }
  const hosts = await Promise.all(
    state.hosts.map(async (name) => {
      const pids = await hostProcesses(state, name);
      const memory = await Promise.all(pids.map(proportionalSize));
      return {
        name,
        pid: (await runningHost(paths, name))?.pid,
        processes: pids.length,
        memoryMiB: Math.round(memory.reduce((sum, kib) => sum + kib, 0) / 1024),
      };
    }),
  );
  const dead = hosts.filter(({ pid }) => pid === undefined).map(({ name }) => name);
  const something = existsSync(paths.description) || (await remnants(found)).length > 0;
  const base = { directory: paths.directory, hosts };
  if (!something) return { ...base, state: 'down', problem: 'The lab is down; its disks are kept.' };
  if (dead.length > 0) return { ...base, state: 'partial', problem: `Not running: ${dead.join(', ')}.` };
  try {
    const secrets = await readSecrets(paths);
    const lab = JSON.parse(await readFile(paths.description, 'utf8')) as LabDescription;
    const cloud = new Cloud(lab.database.address, secrets?.keystone.admin ?? '');
    await waitForComputes(cloud, state.hosts, 10_000);
    return { ...base, state: 'up', problem: '' };
  } catch (error) {
    return { ...base, state: 'partial', problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Memory of a process in KiB, shared pages counted in parts; 0 for one that has ended. */
async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
}
