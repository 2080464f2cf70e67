import type { HostFile } from '../host-files.js';
import { cellOfCpu, cellsOf, cpusOf, socketOfCpu, type HostTopology } from './host-topology.js';
import { coreInSocket, topologyTree, type TreeEntry } from './tree.js';

/** Where the emulator keeps its configuration on a host; a host without this folder shows the machine as it is. */
const folder = '/etc/lab-topology';
/** Where lab-topology-mount has the tree made, anew at each start of the host. */
const tree = '/run/lab-topology/tree';

/** Mount of the tmpfs that stands for the hugetlbfs of a page size. */
const hugepageMounts = { 2048: '/dev/hugepages', 1048576: '/dev/hugepages1G' } as const;

/** What the emulator needs on a host, to be written when the host is prepared. Everything else is in the root filesystem. */
export function topologyFiles(topology: HostTopology): HostFile[] {
  const file = (name: string, content: string): HostFile => ({
    path: `${folder}/${name}`,
    content,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  });
  return [
    file('machine.conf', machineConfiguration(topology)),
    file('tree.conf', `${topologyTree(topology).map(tmpfilesLine).join('\n')}\n`),
  ];
}

/** What is put in place of `--boot` when systemd-nspawn starts a host: its first process runs in the emulated machine. */
export function nspawnStart(topology: HostTopology | undefined): readonly string[] {
  if (topology === undefined) return ['--boot'];
  // systemd-nspawn knows this signal by itself only with --boot: it asks systemd to power off.
  return ['--kill-signal=SIGRTMIN+3', '/usr/local/sbin/lab-topology', '/lib/systemd/systemd'];
}

/** One line per CPU, cell and page size (topology/src/machine.c reads it). */
export function machineConfiguration(topology: HostTopology): string {
  const cpus = cpusOf(topology).map(
    (cpu) =>
      `cpu ${cpu} cell ${cellOfCpu(topology, cpu)} socket ${socketOfCpu(topology, cpu)} core ${coreInSocket(topology, cpu)}`,
  );
  const cells = cellsOf(topology).map(
    (cell) => `cell ${cell} memory-kib ${topology.memoryMiBPerCell * 1024}`,
  );
  const pages = topology.hugepages.map(
    ({ sizeKiB }) => `hugepages-kib ${sizeKiB} mount ${hugepageMounts[sizeKiB]}`,
  );
  return `${[...cpus, ...cells, ...pages].join('\n')}\n`;
}

/** A line for systemd-tmpfiles, tmpfiles.d(5). */
export function tmpfilesLine(entry: TreeEntry): string {
  const path = `${tree}/${entry.path}`;
  if ('target' in entry) return `L+ ${path} - - - - ${entry.target}`;
  const content = entry.content.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\n', '\\n');
  return `f+ ${path} 0644 root root - ${content}`;
}
