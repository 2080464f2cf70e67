import type { CpuSet } from '@whitebox/core';
import type { Host, Limited } from '@whitebox/host';
import { guestMemoryOf, memoryBackends, type GuestMemory } from './guest-memory.js';
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

/**
 * As {@link readNumaMaps}, of the guest's memory alone: a QEMU has hundreds of other mappings, which are not taken apart.
 *
 * @throws as {@link readNumaMaps}
 */
export async function readGuestMemory(
  host: Host,
  target: ProcessTarget,
  limits: Limited = {},
): Promise<readonly GuestMemory[]> {
  const reading = await readProcessFiles(host, 'read the NUMA maps', target, numaMapsPatterns, limits);
  const sizes = memoryBackends(reading.commandLine).map(({ sizeKib }) => sizeKib);
  const some = numaMappingsOf(reading.files, new Set(sizes)).filter(({ permissions }) =>
    permissions.startsWith('rw'),
  );
  const many = (all: readonly number[], size: number): number => all.filter((one) => one === size).length;
  const found = some.map(({ sizeKib }) => sizeKib);
  // Where one of them is split up, its parts have other sizes.
  const isWhole = sizes.every((size) => many(found, size) >= many(sizes, size));
  return guestMemoryOf(reading, isWhole ? some : numaMappingsOf(reading.files));
}

/** @param sizes in KiB; of no other mapping; undefined: all */
function numaMappingsOf(files: KernelFiles, sizes?: ReadonlySet<number>): NumaMapping[] {
  const lines = files
    .get('maps')
    .split('\n')
    .filter((line) => sizes?.has(sizeKibOf(line)) ?? true);
  const starts = new Set(lines.map((line) => line.slice(0, line.indexOf('-')).padStart(8, '0')));
  const policies = new Map<string, string>();
  for (const line of files.get('numa_maps').split('\n')) {
    const start = line.slice(0, line.indexOf(' ')).padStart(8, '0');
    if (starts.has(start)) policies.set(start, line);
  }
  const mappings: NumaMapping[] = [];
  for (const line of lines) {
    const match = /^([\da-f]+)-([\da-f]+) (\S{4}) \S+ \S+ \d+ *(.*)$/.exec(line);
    if (match === null) throw files.notUnderstood('maps', line);
    const [, start = '', end = '', permissions = '', file = ''] = match;
    // Not there: it came between the two reads, or it is one of the kernel's own ([vsyscall]).
    const policyLine = policies.get(start.padStart(8, '0'));
    if (policyLine === undefined) continue;
    mappings.push({
      address: start,
      sizeKib: kibBetween(start, end),
      permissions,
      file: file === '' ? undefined : file,
      ...placement(files, policyLine),
    });
  }
  return mappings;
}

/** Of a line of /proc/PID/maps; NaN where it is none. */
function sizeKibOf(line: string): number {
  const dash = line.indexOf('-');
  return kibBetween(line.slice(0, dash), line.slice(dash + 1, line.indexOf(' ', dash)));
}

/** Both are multiples of a page, which a double holds exactly up to the last of 64 bits. */
function kibBetween(start: string, end: string): number {
  return (Number.parseInt(end, 16) - Number.parseInt(start, 16)) / 1024;
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
