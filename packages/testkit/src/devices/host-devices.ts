import type { NovaReader } from '@whitebox/db';
import { readMdevs } from '@whitebox/kernel';
import type { OpenStack } from '@whitebox/openstack';
import type { ComputeHost } from '../compute-host.js';
import { parentOf } from './mdev-rules.js';

/** Devices of one compute of which guests get some, as Nova, Placement and the kernel tell them. */
export interface HostDevices {
  readonly name: string;
  /** Free PCI devices: `compute_nodes.pci_stats`. */
  readonly pools: readonly HostPool[];
  /** Rows of `pci_devices`, by `dev_type`: how many, whoever has them. */
  readonly known: ReadonlyMap<string, number>;
  /** `[pci] device_spec` in force, an entry each. */
  readonly deviceSpec: readonly string[];
  /** Of its GPUs. */
  readonly gpus: readonly HostGpu[];
  /** Types of mediated devices that the kernel offers. */
  readonly mdevTypes: readonly string[];
  /** Label of Nova's `pmem_namespaces` in upper case -> namespaces of Placement. */
  readonly pmem: ReadonlyMap<string, { readonly total: number; readonly free: number }>;
}

export interface HostPool {
  readonly type: string;
  readonly physicalNetwork: string | null;
  readonly vendorId: string;
  readonly productId: string;
  readonly numaNode: number | null;
  readonly count: number;
}

/** A provider of VGPU. */
export interface HostGpu {
  /** PCI address. */
  readonly parent: string;
  readonly total: number;
  readonly free: number;
  readonly traits: readonly string[];
}

export interface HostDeviceSources {
  readonly database: Pick<NovaReader, 'computeNodes' | 'pciDevices'>;
  readonly placement: OpenStack['placement'];
}

export async function readHostDevices(
  compute: Pick<ComputeHost, 'name' | 'machine' | 'config'>,
  { database, placement }: HostDeviceSources,
): Promise<HostDevices> {
  const { name, machine, config } = compute;
  const [nodes, rows, mdevs] = await Promise.all([
    database.computeNodes({ host: name }),
    database.pciDevices({ host: name }),
    readMdevs(machine),
  ]);
  const [root] = nodes.flatMap(({ uuid }) => uuid ?? []);
  const providers = root === undefined ? [] : await placement.providers({ inTree: root });
  const inventories = await Promise.all(
    providers.map(async (provider) => {
      const [inventory, usages] = await Promise.all([
        placement.inventories(provider.id),
        placement.usages(provider.id),
      ]);
      return { ...provider, inventory, usages };
    }),
  );
  const of = (resourceClass: RegExp) =>
    inventories.flatMap(({ id, name: provider, inventory, usages }) =>
      Object.entries(inventory)
        .filter(([one, { total }]) => resourceClass.test(one) && total > 0)
        .map(([one, { total, reserved }]) => ({
          id,
          provider,
          resourceClass: one,
          total,
          free: total - reserved - (usages[one] ?? 0),
        })),
    );
  const known = new Map<string, number>();
  for (const { type } of rows) known.set(type, (known.get(type) ?? 0) + 1);
  return {
    name,
    pools: nodes
      .flatMap(({ pciPools }) => pciPools)
      .map(({ tags, vendorId, productId, numaNode, count }) => ({
        type: tags['dev_type'] ?? 'type-PCI',
        physicalNetwork: tags['physical_network'] ?? null,
        vendorId,
        productId,
        numaNode,
        count,
      })),
    known,
    deviceSpec:
      config.effective('pci', 'device_spec', [{ section: 'pci', key: 'passthrough_whitelist' }])?.values ??
      [],
    gpus: await Promise.all(
      of(/^VGPU$/).map(async ({ id, provider, total, free }) => ({
        parent: parentOf(provider),
        total,
        free,
        traits: await placement.traits(id),
      })),
    ),
    mdevTypes: [...new Set(mdevs.types.map(({ type }) => type))],
    pmem: new Map(
      of(/^CUSTOM_PMEM_NAMESPACE_/).map(({ resourceClass, total, free }) => [
        resourceClass.replace('CUSTOM_PMEM_NAMESPACE_', ''),
        { total, free },
      ]),
    ),
  };
}
