import { CpuSet } from '@whitebox/core';
import { readTopology, type CpuTopology } from './domain-cpu.js';
import type { ElementReader } from './element-reader.js';
import { openDocument } from './open-document.js';
import type { XmlOptions } from './xml-document.js';

/** What libvirt says of the machine that it runs on: https://libvirt.org/formatcaps.html */
export interface Capabilities {
  readonly host: HostCapabilities;
  readonly guests: readonly GuestCapabilities[];
}

export interface HostCapabilities {
  readonly uuid: string | undefined;
  readonly cpu: HostCpu | undefined;
  /** NUMA cells of the machine; CPUs that are offline are in none. */
  readonly cells: readonly HostCell[];
  /** All CPUs of all cells. */
  readonly cpus: CpuSet;
  readonly iommu: boolean | undefined;
  /** selinux, apparmor, dac, none */
  readonly secModels: readonly string[];
}

export interface HostCpu {
  readonly arch: string;
  readonly model: string | undefined;
  readonly vendor: string | undefined;
  readonly topology: CpuTopology | undefined;
  readonly features: readonly string[];
  /** Sizes of pages that the machine supports. */
  readonly pageSizesKib: readonly number[];
}

export interface HostCell {
  readonly id: number;
  readonly memoryKib: number | undefined;
  /** Size of a page in KiB -> number of such pages, as they were when libvirt started. */
  readonly pages: ReadonlyMap<number, number>;
  /** Cell -> distance. */
  readonly distances: ReadonlyMap<number, number>;
  readonly cpus: readonly HostCellCpu[];
  readonly cpuset: CpuSet;
}

export interface HostCellCpu {
  readonly id: number;
  readonly socket: number | undefined;
  readonly die: number | undefined;
  readonly core: number | undefined;
  /** Threads of the same core, this one included. */
  readonly siblings: CpuSet | undefined;
}

export interface GuestCapabilities {
  /** hvm, ... */
  readonly osType: string;
  readonly arch: string;
  readonly wordSize: number | undefined;
  readonly emulator: string | undefined;
  readonly machines: readonly Machine[];
  /** qemu, kvm */
  readonly domainTypes: readonly string[];
}

export interface Machine {
  readonly name: string;
  /** What the name stands for today: `pc-q35-7.2` for `q35`. */
  readonly canonical: string | undefined;
  readonly maxCpus: number | undefined;
  readonly deprecated: boolean;
}

/**
 * @param xml what `virsh capabilities` prints
 * @throws XmlError; the codes are listed there
 */
export function parseCapabilities(xml: string | Uint8Array, options: XmlOptions = {}): Capabilities {
  const capabilities = openDocument(xml, 'capabilities', options);
  const host = capabilities.needChild('host');
  const cells = (host.child('topology')?.child('cells')?.all('cell') ?? []).map(readCell);
  const cpu = host.child('cpu');
  return {
    host: {
      uuid: host.textOf('uuid')?.toLowerCase(),
      cpu: cpu && readHostCpu(cpu),
      cells,
      cpus: cells.reduce((all, { cpuset }) => all.union(cpuset), CpuSet.empty),
      iommu: host.child('iommu')?.flag('support'),
      secModels: host.all('secmodel').map((model) => model.needText('model')),
    },
    guests: capabilities.all('guest').map(readGuest),
  };
}

function readHostCpu(cpu: ElementReader): HostCpu {
  return {
    arch: cpu.needText('arch'),
    model: cpu.textOf('model'),
    vendor: cpu.textOf('vendor'),
    topology: readTopology(cpu),
    features: cpu.all('feature').map((feature) => feature.need('name')),
    pageSizesKib: cpu.all('pages').map((pages) => pages.kib('size')),
  };
}

function readCell(cell: ElementReader): HostCell {
  const cpus = (cell.child('cpus')?.all('cpu') ?? []).map((cpu) => ({
    id: cpu.needInteger('id'),
    socket: cpu.integer('socket_id'),
    die: cpu.integer('die_id'),
    core: cpu.integer('core_id'),
    siblings: cpu.cpuSet('siblings'),
  }));
  return {
    id: cell.needInteger('id'),
    memoryKib: cell.child('memory')?.kib(),
    pages: new Map(cell.all('pages').map((pages) => [pages.kib('size'), pages.asInteger()])),
    distances: new Map(
      (cell.child('distances')?.all('sibling') ?? []).map((sibling) => [
        sibling.needInteger('id'),
        sibling.needInteger('value'),
      ]),
    ),
    cpus,
    cpuset: CpuSet.from(cpus.map(({ id }) => id)),
  };
}

function readGuest(guest: ElementReader): GuestCapabilities {
  const arch = guest.needChild('arch');
  return {
    osType: guest.needText('os_type'),
    arch: arch.need('name'),
    wordSize: arch.integerOf('wordsize'),
    emulator: arch.textOf('emulator'),
    machines: arch.all('machine').map((machine) => ({
      name: machine.text,
      canonical: machine.attribute('canonical'),
      maxCpus: machine.integer('maxCpus'),
      deprecated: machine.flag('deprecated') ?? false,
    })),
    domainTypes: arch.all('domain').map((domain) => domain.need('type')),
  };
}
