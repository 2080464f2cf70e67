import type { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { guestMemoryOf, type GuestMemory } from './guest-memory.js';
import type { KernelFiles } from './kernel-files.js';
import { readProcessFiles, type ProcessTarget } from './process-target.js';

/** Where the memory of a process lies. */
export interface NumaMaps {
  readonly pid: number;
  readonly mappings: readonly NumaMapping[];
  /** The mappings that are the memory of the guest, one entry for each memory backend of QEMU. */
  readonly guestMemory: readonly GuestMemory[];
}

/** A mapping of a process: /proc/PID/maps and /proc/PID/numa_maps (numa(7)). */
export interface NumaMapping {
  /** Hexadecimal, as the kernel prints it. */
  readonly address: string;
  readonly sizeKib: number;
  /** rw-p */
  readonly permissions: string;
  /** As the kernel names it: default, local, bind, interleave, weighted interleave, prefer, prefer (many). */
  readonly policy: string;
  /** Nodes of the policy; undefined when it names none. */
  readonly policyNodes: CpuSet | undefined;
  /** Path of the file, `[heap]`, `/memfd:...`; undefined for anonymous memory. */
  readonly file: string | undefined;
  /** Size of the pages that are counted; undefined when none is there. */
  readonly pageSizeKib: number | undefined;
  /** Node -> pages that lie there. */
  readonly pages: ReadonlyMap<number, number>;
}

/** The files below /proc/PID. */
export const numaMapsPatterns: readonly string[] = ['maps', 'numa_maps'];

/**
 * Pages per node and size. Only root and the user of the process may read that.
 *
 * @throws KernelError `WB_KERNEL_NO_PROCESS`, `WB_KERNEL_DENIED`, `WB_KERNEL_UNREADABLE`, `WB_KERNEL_GUEST_MEMORY`;
 *   HostError
 */
export async function readNumaMaps(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<NumaMaps> {
  const reading = await readProcessFiles(host, 'read the NUMA maps', target, numaMapsPatterns, limits);
  const mappings = numaMappingsOf(reading.files);
  return { pid: reading.pid, mappings, guestMemory: guestMemoryOf(reading, mappings) };
}

function numaMappingsOf(files: KernelFiles): NumaMapping[] {
  const policies = new Map<string, string>();
  for (const line of files.get('numa_maps').split('\n')) {
    policies.set(line.slice(0, line.indexOf(' ')), line);
  }
  const mappings: NumaMapping[] = [];
  for (const line of files.get('maps').split('\n')) {
    const match = /^([\da-f]+)-([\da-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/.exec(line);
    if (match === null) throw files.notUnderstood('maps', line);
    const [, start = '', end = '', permissions = '', file = ''] = match;
    // Not there: it came between the two reads, or it is one of the kernel's own ([vsyscall]).
    const policyLine = policies.get(start) ?? policies.get(start.padStart(8, '0'));
    if (policyLine === undefined) continue;
    mappings.push({
      address: start,
      // Both are multiples of a page, which a double holds exactly up to the last of 64 bits.
      sizeKib: (Number.parseInt(end, 16) - Number.parseInt(start, 16)) / 1024,
      permissions,
      file: file === '' ? undefined : file,
      ...placement(files, policyLine),
    });
  }
  return mappings;
}

/**
 * Address, policy, flags and nodes: `7f00 bind:0-1`, `7f00 prefer (many):0`, `7f00 interleave=static:0-1` (mpol_to_str
 * of Linux's mm/mempolicy.c). The flags say what a change of the cpuset does to it, and are left out.
 */
const policyPattern = /^[\da-f]+ (prefer \(many\)|weighted interleave|[\w-]+)(?:=[^ :]+)?(?::(\S+))?(?= |$)/;

function placement(
  files: KernelFiles,
  line: string,
): Pick<NumaMapping, 'policy' | 'policyNodes' | 'pageSizeKib' | 'pages'> {
  const match = policyPattern.exec(line);
  if (match === null) throw files.notUnderstood('numa_maps', line);
  const [policyText, policy = '', nodes] = match;
  const pages = new Map<number, number>();
  let pageSizeKib: number | undefined;
  const field = / (?:N(\d+)|kernelpagesize_kB)=(\d+)(?= |$)/g;
  field.lastIndex = policyText.length;
  for (let found = field.exec(line); found !== null; found = field.exec(line)) {
    if (found[1] === undefined) pageSizeKib = Number(found[2]);
    else pages.set(Number(found[1]), Number(found[2]));
  }
  return {
    policy,
    policyNodes: nodes === undefined ? undefined : files.toCpuSet('numa_maps', nodes),
    pageSizeKib,
    pages,
  };
}
