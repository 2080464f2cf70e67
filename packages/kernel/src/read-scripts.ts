import { cpuTopologyPatterns } from './cpu-topology.js';
import { guestFilesScript } from './guest-files.js';
import { filesScript } from './kernel-files.js';
import { numaCellsPatterns } from './numa-cells.js';
import { numaMapsPatterns } from './numa-maps.js';
import { pciFunctionsScript } from './pci-functions.js';
import { processScript } from './process-target.js';
import { qemuThreadsPatterns } from './qemu-threads.js';

/** What a reader has the machine's sh run, as `sh -c SCRIPT sh ARGUMENTS`; for those who let nothing else pass. */
export interface ReadScript {
  /** "where the memory of a guest lies" */
  readonly reads: string;
  readonly script: string;
  /** What its arguments are; each is data to the script and never a part of it. */
  readonly arguments: readonly ('pid' | 'domain')[];
}

/** All scripts of the readers of a compute and its guests. */
export const readScripts: readonly ReadScript[] = [
  { reads: 'CPUs, cores, sockets, governors', script: filesScript(cpuTopologyPatterns), arguments: [] },
  { reads: 'NUMA cells and hugepages', script: filesScript(numaCellsPatterns), arguments: [] },
  { reads: 'PCI functions', script: pciFunctionsScript, arguments: [] },
  {
    reads: 'threads of a guest: where they may run, and how they are scheduled',
    script: processScript(qemuThreadsPatterns),
    arguments: ['pid', 'domain'],
  },
  {
    reads: 'where the memory of a guest lies',
    script: processScript(numaMapsPatterns),
    arguments: ['pid', 'domain'],
  },
  {
    reads: 'which files a guest has open, and which its disks are',
    script: guestFilesScript,
    arguments: ['domain'],
  },
];
