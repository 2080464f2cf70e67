import { CpuSet } from '@whitebox/core';
import type { InstanceNumaTopology } from '@whitebox/db';
import type { CellCapacity } from '@whitebox/testkit';

/** What a guest may ask for of the cell of its PCI device. */
export interface FakePolicies {
  readonly port: string | undefined;
  readonly flavor: string | undefined;
  readonly image: string | undefined;
}

const cells = [
  { id: 0, cpus: '0-3', dedicated: '2-3' },
  { id: 1, cpus: '4-7', dedicated: '6-7' },
  { id: 2, cpus: '8-11', dedicated: '10-11' },
].map(({ id, cpus, dedicated }) => ({
  id,
  cpus: CpuSet.parse(cpus, 'kernel'),
  dedicated: CpuSet.parse(dedicated, 'nova'),
}));

/** Cells for the guests of a policy, the best first. All cards are in cell 0, which has its socket in common with cell 1. */
const cellsOf: Readonly<Record<string, readonly number[]>> = {
  required: [0],
  socket: [0, 1],
  preferred: [0, 2, 1],
};

/** The cells of each made-up compute, and the CPUs that its guests have there. */
export class FakeNuma {
  readonly sockets = new Map([
    ['0', [0, 1]],
    ['1', [2]],
  ]);
  readonly dedicated = cells.reduce((all, cell) => all.union(cell.dedicated), CpuSet.empty);
  readonly cpus: ReadonlyMap<number, CpuSet> = new Map(cells.map((cell) => [cell.id, cell.cpus]));
  /** Which policy counts: nova/network/neutron.py, create_resource_requests. */
  policyOf: (asked: FakePolicies) => string | undefined = ({ port, flavor, image }) =>
    port ?? flavor ?? image;
  /** Server -> its host and its CPUs there, in the order of its vCPUs. */
  readonly #guests = new Map<string, { readonly host: string; readonly cpus: CpuSet }>();

  /** @throws Error where no cell that the policy allows has room */
  place(serverId: string, host: string, vcpus: number, asked: FakePolicies): void {
    const allowed = cellsOf[this.policyOf(asked) ?? 'preferred'] ?? [];
    const cell = allowed.find((id) => this.#free(host, id).size >= vcpus);
    if (cell === undefined) throw new Error('No valid host was found: NUMA topology');
    this.#guests.set(serverId, { host, cpus: CpuSet.from(this.#free(host, cell).ids.slice(0, vcpus)) });
  }

  /** Has a guest run in another cell than the one that was chosen. */
  moveTo(serverId: string, cell: number): void {
    const guest = this.#guests.get(serverId);
    const { dedicated = CpuSet.empty } = cells[cell] ?? {};
    if (guest === undefined) throw new Error(`${serverId} has no dedicated CPUs`);
    this.#guests.set(serverId, { ...guest, cpus: CpuSet.from(dedicated.ids.slice(0, guest.cpus.size)) });
  }

  release(serverId: string): void {
    this.#guests.delete(serverId);
  }

  capacity(host: string): readonly CellCapacity[] {
    return cells.map(({ id, dedicated }) => ({
      id,
      dedicated,
      taken: dedicated.difference(this.#free(host, id)),
      shared: CpuSet.empty,
      siblings: [],
      hugepages: new Map(),
    }));
  }

  /** `<vcpu>` and `<cputune>` of a guest. */
  xmlOf(serverId: string): string {
    const guest = this.#guests.get(serverId);
    if (guest === undefined) return '<vcpu>1</vcpu>';
    const { cpus } = guest;
    const pins = cpus.ids.map((cpu, vcpu) => `<vcpupin vcpu='${vcpu}' cpuset='${cpu}'/>`).join('');
    return `<vcpu>${cpus.size}</vcpu><cputune>${pins}<emulatorpin cpuset='${cpus.toString()}'/></cputune>`;
  }

  topologyOf(serverId: string): InstanceNumaTopology | null {
    const guest = this.#guests.get(serverId);
    if (guest === undefined) return null;
    const { ids } = guest.cpus;
    const cell = {
      id: cells.find(({ dedicated }) => guest.cpus.isSubsetOf(dedicated))?.id ?? -1,
      cpuset: CpuSet.empty,
      pcpuset: CpuSet.from(ids.map((_, vcpu) => vcpu)),
      cpuPinning: new Map(ids.map((cpu, vcpu) => [vcpu, cpu])),
      cpusetReserved: CpuSet.empty,
      memoryMiB: 128,
      pagesizeKiB: null,
      pagesizeWish: null,
      cpuPolicy: 'dedicated',
      cpuThreadPolicy: null,
      version: '1.6',
    };
    return { cells: [cell], emulatorThreadsPolicy: null, version: '1.3', raw: null };
  }

  /** What the kernel says of the threads of a guest, as one command prints it. */
  threadsOf(serverId: string, domain: string): string {
    const all = this.#guests.get(serverId)?.cpus ?? CpuSet.empty;
    const stat = (tid: number, name: string): string =>
      `${tid} (${name}) S ${[1, ...Array<number>(36).fill(0), 0, 0].join(' ')}`;
    const thread = (tid: number, name: string, cpus: CpuSet): string[] => [
      `task/${tid}/stat:${stat(tid, name)}`,
      `task/${tid}/status:Cpus_allowed_list:\t${cpus.toString()}`,
      `task/${tid}/status:Mems_allowed_list:\t0-2`,
    ];
    return [
      'pid:100',
      `stat:${stat(100, 'qemu-kvm')}`,
      ...thread(100, 'qemu-kvm', all),
      ...all.ids.flatMap((cpu, vcpu) => thread(101 + vcpu, `CPU ${vcpu}/KVM`, CpuSet.of(cpu))),
      '==command line==',
      `/usr/bin/qemu-kvm\0-name\0guest=${domain},debug-threads=on\0`,
    ].join('\n');
  }

  /** What the kernel says of the CPUs of a compute. */
  cpuFiles(): string {
    const cpu = '/sys/devices/system/cpu';
    return [
      `${cpu}/online:0-11`,
      `${cpu}/possible:0-11`,
      `${cpu}/offline:`,
      ...cells.flatMap(({ id, cpus }) => [
        `/sys/devices/system/node/node${id}/cpulist:${cpus.toString()}`,
        ...cpus.ids.flatMap((one) => [
          `${cpu}/cpu${one}/topology/physical_package_id:${id === 2 ? 1 : 0}`,
          `${cpu}/cpu${one}/topology/core_id:${one}`,
          `${cpu}/cpu${one}/topology/thread_siblings_list:${one}`,
        ]),
      ]),
    ].join('\n');
  }

  #free(host: string, cell: number): CpuSet {
    const { dedicated = CpuSet.empty } = cells[cell] ?? {};
    return [...this.#guests.values()]
      .filter((guest) => guest.host === host)
      .reduce((free, { cpus }) => free.difference(cpus), dedicated);
  }
}
