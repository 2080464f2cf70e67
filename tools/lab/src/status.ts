import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Cloud } from './cloud.js';
import type { LabDescription } from './description.js';
import { remnants } from './down.js';
import { exitCodes } from './errors.js';
import { describeFault } from './faults/describe-fault.js';
import { readFaults, type FaultRecord } from './faults/fault-records.js';
import { readHostFacts, type HostFacts } from './host-facts.js';
import { drawHost, legend, type Canvas } from './host-picture.js';
import { hostProcesses, runningHost } from './hosts.js';
import { findLab, readSecrets } from './lab.js';
import { isCompute, type Host } from './lab-hosts.js';
import type { LabPaths } from './names.js';
import { waitForComputes } from './seed.js';
import type { GivenSettings } from './settings.js';
import type { LabState } from './state.js';

export interface LabStatus {
  /** `up`: the cloud answers; `partial`: something is there; `down`: nothing is. */
  readonly state: 'up' | 'partial' | 'down';
  readonly directory: string;
  /** Undefined where there is no lab. */
  readonly profile?: string | undefined;
  readonly hosts: readonly HostStatus[];
  /** What is broken on purpose now. */
  readonly faults: readonly FaultRecord[];
  /** Why it is not up; empty when it is. */
  readonly problem: string;
}

export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly pid: number | undefined;
  readonly processes: number;
  readonly memoryMiB: number;
  readonly dedicatedCpus: string;
  readonly sharedCpus: string;
  readonly emulated: boolean;
  readonly computes: boolean;
  /** What it shows now; undefined where it does not run or does not tell. */
  readonly facts?: HostFacts | undefined;
}

/** What the command says with it. */
export const statusExitCodes = {
  up: exitCodes.ok,
  partial: exitCodes.partial,
  down: exitCodes.notUp,
} as const;

export async function status(given: GivenSettings): Promise<LabStatus> {
  const found = await findLab(given);
  const { paths, state } = found;
  if (state === undefined) {
    const problem = 'There is no lab in this directory.';
    return { state: 'down', directory: paths.directory, hosts: [], faults: [], problem };
  }
  const hosts = await Promise.all(state.hosts.map((host) => hostStatus(paths, state, host)));
  const dead = hosts.filter(({ pid }) => pid === undefined).map(({ name }) => name);
  const something = existsSync(paths.description) || (await remnants(found)).length > 0;
  const base = { directory: paths.directory, profile: state.profile, hosts, faults: await readFaults(paths) };
  if (!something) return { ...base, state: 'down', problem: 'The lab is down; its disks are kept.' };
  if (dead.length > 0) return { ...base, state: 'partial', problem: `Not running: ${dead.join(', ')}.` };
  if (!existsSync(paths.description)) {
    const problem = 'Its hosts run, but it has not come up yet; "lab up" goes on from here.';
    return { ...base, state: 'partial', problem };
  }
  try {
    const secrets = await readSecrets(paths);
    const lab = JSON.parse(await readFile(paths.description, 'utf8')) as LabDescription;
    const cloud = new Cloud(lab.apiAddress, secrets?.keystone.admin ?? '');
    await waitForComputes(
      cloud,
      state.hosts.filter(isCompute).map(({ name }) => name),
      10_000,
    );
    return { ...base, state: 'up', problem: '' };
  } catch (error) {
    return { ...base, state: 'partial', problem: error instanceof Error ? error.message : String(error) };
  }
}

async function hostStatus(paths: LabPaths, state: LabState, host: Host): Promise<HostStatus> {
  const { name, address, cpuSets, topology } = host;
  const pid = (await runningHost(paths, name))?.pid;
  const pids = await hostProcesses(state, name);
  const memory = await Promise.all(pids.map(proportionalSize));
  return {
    name,
    address,
    pid,
    processes: pids.length,
    memoryMiB: Math.round(memory.reduce((sum, kib) => sum + kib, 0) / 1024),
    dedicatedCpus: cpuSets.dedicated,
    sharedCpus: cpuSets.shared,
    emulated: topology !== undefined,
    computes: isCompute(host),
    // A host that boots or hangs tells nothing, which is no error here.
    facts:
      pid === undefined || !isCompute(host)
        ? undefined
        : await readHostFacts(paths, name).catch(() => undefined),
  };
}

/** Memory of a process in KiB, shared pages counted in parts; 0 for one that has ended. */
async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
}

/** What a person reads. */
export function showStatus(found: LabStatus, canvas: Canvas): string[] {
  const profile = found.profile === undefined ? '' : `  profile ${found.profile}`;
  const lines = [
    `${found.state}  ${found.directory}${profile}${found.problem === '' ? '' : `  ${found.problem}`}`,
  ];
  for (const fault of found.faults) lines.push(`broken on purpose: ${describeFault(fault)}`);
  for (const { name, address, pid, processes, memoryMiB, facts, computes, ...sets } of found.hosts) {
    const runs = pid === undefined ? 'stopped' : `pid ${pid}, ${processes} processes, ${memoryMiB} MiB`;
    lines.push('', `${name}  ${address}  ${runs}`);
    if (facts !== undefined) {
      const inner = { ...canvas, columns: canvas.columns - 2 };
      lines.push(...drawHost({ ...sets, facts }, inner).map((line) => `  ${line}`));
    } else if (pid !== undefined && computes) lines.push('  does not tell its topology');
  }
  if (found.hosts.some(({ facts }) => facts !== undefined)) lines.push('', legend(canvas));
  return lines;
}
