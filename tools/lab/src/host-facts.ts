import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LabError } from './errors.js';
import { runAnyway } from './exec.js';
import type { LabPaths } from './names.js';

/** A NUMA cell as the kernel of a host shows it. */
export interface CellFacts {
  readonly id: number;
  readonly socket: number;
  readonly memoryMib: number;
  readonly freeMib: number;
  readonly hugepages: readonly { readonly sizeKib: number; readonly total: number; readonly free: number }[];
  /** The CPUs of each core: one, or as many as it has threads. An offline CPU is a core of its own. */
  readonly cores: readonly (readonly number[])[];
}

export interface ThreadFacts {
  /** CPUs on which the kernel lets it run: `0-3,8`. */
  readonly allowed: string;
  /** The CPU on which it ran last. */
  readonly lastOn: number;
}

export interface GuestFacts {
  /** libvirt's name: instance-00000001 */
  readonly domain: string;
  /** Nova's id of the server. */
  readonly id: string;
  /** Nova's name of the server. */
  readonly name: string | null;
  readonly pid: number;
  readonly vcpus: readonly (ThreadFacts & { readonly id: number })[];
  readonly ioThreads: readonly (ThreadFacts & { readonly id: number })[];
  /** The main thread of QEMU. */
  readonly emulator: ThreadFacts;
}

/** What a host shows now (probe/host-facts.py). */
export interface HostFacts {
  readonly online: string;
  readonly offline: string;
  readonly cells: readonly CellFacts[];
  readonly guests: readonly GuestFacts[];
}

export const probeFile = fileURLToPath(new URL('../probe/host-facts.py', import.meta.url));

/** Asks a host over SSH. @throws LabError `WB_LAB_FACTS` */
export async function readHostFacts(paths: LabPaths, host: string, signal?: AbortSignal): Promise<HostFacts> {
  const ssh = ['ssh', '-F', paths.sshConfig, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5'];
  const { code, stdout, stderr } = await runAnyway([...ssh, host, 'sudo python3 -'], {
    input: await readFile(probeFile, 'utf8'),
    timeoutMs: 30_000,
    signal,
  });
  if (code === 0) return JSON.parse(stdout) as HostFacts;
  throw new LabError(
    'WB_LAB_FACTS',
    `${host} does not tell its topology (exit code ${code}): ${stderr.trim()}`,
    {
      advice: `Look into it: lab ssh ${host} ls /sys/devices/system/node`,
    },
  );
}
