import type { CpuSet } from '@whitebox/core';
import type { CpuTopology } from '@whitebox/kernel';
import { sameOnAll, type CloudFacts, type ComputeFacts } from './cloud-facts.js';
import { only, type Finder, type Finders } from './finder.js';

// What the kernels of the computes tell, and the PCI devices that Nova knows.

type Numbers = ReadonlyMap<string, readonly number[]>;

function grouped(pairs: Iterable<readonly [key: number, member: number]>): Numbers {
  const groups = new Map<number, Set<number>>();
  for (const [key, member] of pairs) groups.set(key, (groups.get(key) ?? new Set()).add(member));
  const byNumber = (a: number, b: number): number => a - b;
  return new Map(
    [...groups]
      .sort(([a], [b]) => a - b)
      .map(([key, members]) => [String(key), [...members].sort(byNumber)] as const),
  );
}

function showNumbers(numbers: Numbers): string {
  return [...numbers].map(([key, members]) => `${key}: [${members.join(',')}]`).join(', ');
}

/** CPUs of each NUMA node; on a kernel without NUMA all of them are of node 0. */
function cpusOfNodes({ cpus }: CpuTopology): Numbers {
  return grouped([...cpus.values()].map(({ numaNode, id }) => [numaNode ?? 0, id]));
}

function nodesOfSockets({ cpus }: CpuTopology): Numbers {
  return grouped([...cpus.values()].map(({ socket, numaNode }) => [socket, numaNode ?? 0]));
}

/** The smallest share that a NUMA node has of a CPU set, over the nodes and computes that have any of it. */
function smallestShare(setOf: (compute: ComputeFacts) => CpuSet): Finder<number> {
  return async ({ computes }) => {
    const shares = await Promise.all(
      computes.map(async (compute) =>
        [...cpusOfNodes(await compute.topology()).values()].map(
          (cpus) => cpus.filter((cpu) => setOf(compute).has(cpu)).length,
        ),
      ),
    );
    const some = shares.flat().filter((count) => count > 0);
    return some.length === 0 ? 0 : Math.min(...some);
  };
}

async function hugepageSizes({ computes }: CloudFacts): Promise<readonly number[]> {
  const sizes = await Promise.all(
    computes.map(async (compute) =>
      (await compute.numaCells()).flatMap(({ hugepages }) =>
        [...hugepages].filter(([, { total }]) => total > 0).map(([size]) => size),
      ),
    ),
  );
  const [first = [], ...others] = sizes;
  return [...new Set(first)]
    .filter((size) => others.every((other) => other.includes(size)))
    .sort((a, b) => a - b);
}

async function hostsWithThreads({ computes }: CloudFacts): Promise<readonly string[]> {
  const each = await Promise.all(
    computes.map(async (compute) => ({
      name: compute.name,
      cpus: [...(await compute.topology()).cpus.values()],
    })),
  );
  return each.filter(({ cpus }) => cpus.some(({ siblings }) => siblings.size > 1)).map(({ name }) => name);
}

/** Devices for ports: those whose pool has a physical network (nova/pci/stats.py keeps the tags of `device_spec`). */
async function networkPools(facts: CloudFacts, network?: string) {
  const nodes = await facts.computeNodes();
  return nodes
    .flatMap(({ pciPools }) => pciPools)
    .filter(({ tags }) => {
      const tag = tags['physical_network'];
      return tag !== undefined && tag !== null && (network === undefined || tag === network);
    });
}

function ofNetworkDevices(
  type: 'type-PF' | 'type-VF',
  field: 'vendorId' | 'productId',
  what: string,
): Finder<string> {
  return async (facts) =>
    only(
      (await networkPools(facts)).filter(({ tags }) => tags['dev_type'] === type).map((pool) => pool[field]),
      what,
    );
}

async function physicalNetwork(facts: CloudFacts): Promise<string | undefined> {
  return only(
    (await networkPools(facts)).map(({ tags }) => tags['physical_network'] ?? ''),
    'physical networks',
  );
}

async function numaNodeOfNetwork(facts: CloudFacts): Promise<number | undefined> {
  const network = await physicalNetwork(facts);
  if (network === undefined) return undefined;
  return only(
    (await networkPools(facts, network)).flatMap(({ numaNode }) => numaNode ?? []),
    `NUMA nodes with devices of ${network}`,
  );
}

async function socketOfNetwork(facts: CloudFacts): Promise<number | undefined> {
  const node = await numaNodeOfNetwork(facts);
  if (node === undefined) return undefined;
  const sockets = await sameOnAll(
    facts,
    async (compute) => nodesOfSockets(await compute.topology()),
    showNumbers,
  );
  const found = [...(sockets ?? [])].find(([, nodes]) => nodes.includes(node));
  return found === undefined ? undefined : Number(found[0]);
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Values of a key in the JSON objects of a repeated option; each value of it may be one object or a list. */
function jsonValues(compute: ComputeFacts, option: string, older: readonly string[], key: string): string[] {
  const objects = compute.inForce('pci', option, older).flatMap((value): readonly JsonObject[] => {
    const parsed = JSON.parse(value) as JsonObject | readonly JsonObject[];
    return Array.isArray(parsed) ? (parsed as readonly JsonObject[]) : [parsed as JsonObject];
  });
  return objects.flatMap((object) => (typeof object[key] === 'string' ? object[key] : []));
}

function ofPciOption(option: string, older: readonly string[], key: string, what: string): Finder<string> {
  return ({ computes }) =>
    only(
      computes.flatMap((compute) => jsonValues(compute, option, older, key)),
      what,
    );
}

/** Devices that are for flavors, not for ports. */
async function passthroughAddresses(facts: CloudFacts): Promise<readonly string[] | undefined> {
  const devices = (await facts.pciDevices()).filter(({ type }) => type === 'type-PCI');
  return devices.length === 0 ? undefined : [...new Set(devices.map(({ address }) => address))].sort();
}

export const hardwareFinders: Finders<'whitebox-hardware'> = {
  sriov_nic_vendor_id: ofNetworkDevices('type-VF', 'vendorId', 'vendors of virtual functions'),
  sriov_vf_product_id: ofNetworkDevices('type-VF', 'productId', 'products that are virtual functions'),
  sriov_pf_product_id: ofNetworkDevices('type-PF', 'productId', 'products that are physical functions'),
  sriov_physnet: physicalNetwork,
  physnet_numa_affinity: numaNodeOfNetwork,
  socket_affinity: socketOfNetwork,
  socket_topology: (facts) =>
    sameOnAll(facts, async (compute) => nodesOfSockets(await compute.topology()), showNumbers),
  cpu_topology: (facts) =>
    sameOnAll(facts, async (compute) => cpusOfNodes(await compute.topology()), showNumbers),
  smt_hosts: hostsWithThreads,
  configured_hugepage_sizes: hugepageSizes,
  dedicated_cpus_per_numa: smallestShare(({ dedicated }) => dedicated),
  shared_cpus_per_numa: smallestShare(({ shared }) => shared),
  pci_passthrough_alias: ofPciOption('alias', [], 'name', 'aliases'),
  pci_passthrough_addresses: passthroughAddresses,
  pci_passthrough_resource_class: ofPciOption(
    'device_spec',
    ['passthrough_whitelist'],
    'resource_class',
    'resource classes',
  ),
};
