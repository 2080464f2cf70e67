import type { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { unreadable } from './errors.js';
import type { KernelFiles } from './kernel-files.js';
import { parseProcStat, type SchedulingPolicy } from './proc-stat.js';
import { processInfoOf, type ProcessInfo } from './process.js';
import { readProcessFiles, type ProcessTarget } from './process-target.js';
import { threadRole, type ThreadRole } from './thread-role.js';

/** The threads of one QEMU process at one moment. */
export interface QemuThreads {
  readonly process: ProcessInfo;
  /** By tid; the main thread is the first. */
  readonly threads: readonly QemuThread[];
  /** vCPU -> its thread. With single-threaded TCG there is one thread for all, which counts as `other`. */
  readonly vcpus: ReadonlyMap<number, QemuThread>;
  /** IOThread id -> its thread. */
  readonly ioThreads: ReadonlyMap<number, QemuThread>;
  /** The main thread and the others that are there all the time and are no vCPU and no IOThread. */
  readonly emulator: readonly QemuThread[];
}

export interface QemuThread {
  readonly tid: number;
  /** "CPU 0/KVM", "IO iothread1", "qemu-system-x86": at most 15 characters. */
  readonly name: string;
  readonly role: ThreadRole;
  /** CPUs on which the kernel lets it run. */
  readonly allowedCpus: CpuSet;
  /** NUMA nodes from which its memory may come. */
  readonly allowedNodes: CpuSet;
  readonly policy: SchedulingPolicy;
  /** 1-99 for fifo and rr, else 0. */
  readonly priority: number;
  readonly nice: number;
}

/** The files below /proc/PID, as patterns of the shell. */
export const qemuThreadsPatterns: readonly string[] = ['stat', 'status'].map((name) => `task/[0-9]*/${name}`);

/**
 * Threads that end while they are read are left out. One whose files are there and cannot be understood is an error.
 *
 * @throws KernelError `WB_KERNEL_NO_PROCESS`, `WB_KERNEL_UNREADABLE`; HostError
 */
export async function readQemuThreads(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<QemuThreads> {
  const reading = await readProcessFiles(host, 'read the QEMU threads', target, qemuThreadsPatterns, limits);
  const { files } = reading;
  const process = processInfoOf(reading);
  const threads = files
    .paths(/^task\/(\d+)\/stat$/)
    .map((match) => Number(match[1]))
    .sort((a, b) => Number(b === process.pid) - Number(a === process.pid) || a - b)
    .flatMap((tid) => threadOf(files, tid, process.name) ?? []);
  const main = threads[0];
  if (main?.tid !== process.pid)
    throw unreadable(files.action, files.host, 'its main thread could not be read');
  const byIndex = (kind: 'vcpu' | 'iothread'): ReadonlyMap<number, QemuThread> =>
    new Map(
      threads.flatMap((thread) =>
        'index' in thread.role && thread.role.kind === kind ? [[thread.role.index, thread]] : [],
      ),
    );
  return {
    process,
    threads,
    vcpus: byIndex('vcpu'),
    ioThreads: byIndex('iothread'),
    emulator: threads.filter(({ role }) => role.kind === 'emulator'),
  };
}

function threadOf(files: KernelFiles, tid: number, mainName: string): QemuThread | undefined {
  const statPath = `task/${tid}/stat`;
  const status = files.find(`task/${tid}/status`);
  const statText = files.get(statPath);
  if (status === undefined) return undefined; // it ended between the two reads
  const stat = parseProcStat(statText);
  if (stat === undefined) throw files.notUnderstood(statPath, statText);
  // What has ended and was not waited for yet allows what its process allowed; it runs nowhere.
  if (stat.state === 'Z' || stat.state === 'X') return undefined;
  const list = (name: string): CpuSet => {
    const match = new RegExp(`^${name}:\\s*(\\S*)$`, 'm').exec(status);
    if (match === null) throw files.notUnderstood(`task/${tid}/status`, status);
    return files.toCpuSet(`task/${tid}/status`, match[1] ?? '');
  };
  return {
    tid,
    name: stat.name,
    role: threadRole(stat.name, mainName),
    allowedCpus: list('Cpus_allowed_list'),
    allowedNodes: list('Mems_allowed_list'),
    policy: stat.policy,
    priority: stat.priority,
    nice: stat.nice,
  };
}
