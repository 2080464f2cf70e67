import type { NovaReader, PciDevice } from '@whitebox/db';
import type { OpenStack } from '@whitebox/openstack';
import { alignRows } from '../align-rows.js';
import type { Layers } from '../layers.js';

export type InventoryRow = Pick<
  PciDevice,
  'address' | 'type' | 'status' | 'instanceUuid' | 'parentAddress' | 'extraInfo'
>;

export interface PciInventoryEvidence {
  readonly hostName: string;
  /** Rows of `pci_devices` of the compute. */
  readonly rows: readonly InventoryRow[];
  /** `compute_nodes.pci_stats`. */
  readonly pools: readonly { readonly type: string; readonly count: number }[];
  /** Providers of PCI devices below the compute's: "compute1_0000:81:00.0". */
  readonly providers: readonly { readonly id: string; readonly name: string; readonly total: number }[];
}

/** The PCI devices of a compute as its resource tracker counts them: rows, pools, providers. */
export class PciInventory implements Layers {
  readonly #evidence: PciInventoryEvidence;
  readonly serverName = 'the PCI devices';

  constructor(evidence: PciInventoryEvidence) {
    this.#evidence = evidence;
  }

  get hostName(): string {
    return this.#evidence.hostName;
  }

  get vacuous(): string | undefined {
    const { rows, providers } = this.#evidence;
    return rows.length + providers.length > 0 ? undefined : 'no layer has any';
  }

  /** Addresses of the devices that a server holds, or is about to. */
  heldBy(serverId: string): readonly string[] {
    return this.#evidence.rows
      .filter(({ instanceUuid }) => instanceUuid === serverId)
      .map(({ address }) => address);
  }

  get free(): number {
    return this.#evidence.rows.filter(({ status }) => status === 'available').length;
  }

  disagreements(): string[] {
    return [...this.#ofPools(), ...this.#ofParents(), ...this.#ofRows(), ...this.#ofProviders()];
  }

  table(): string {
    const { rows, pools, providers } = this.#evidence;
    return alignRows([
      ...rows.map(({ address, type, status, instanceUuid }) => [address, type, status, instanceUuid ?? '-']),
      ...pools.map(({ type, count }) => ['pool', type, `${count} free`, '']),
      ...providers.map(({ name, total }) => ['provider', name, `${total}`, '']),
    ]);
  }

  /** lp#1892361: a device whose type changed stayed in the pool of the old one. */
  *#ofPools(): Generator<string> {
    const { rows, pools } = this.#evidence;
    const available = rows.filter(({ status }) => status === 'available');
    for (const type of new Set([...available, ...pools].map((each) => each.type))) {
      const inRows = available.filter((row) => row.type === type).length;
      const inPools = pools.reduce((sum, pool) => sum + (pool.type === type ? pool.count : 0), 0);
      if (inRows !== inPools) yield `free ${type}: pci_devices ${inRows}, pci_stats ${inPools}`;
    }
  }

  /** lp#1969496, lp#1567549: a card as a whole and its functions exclude each other. nova/objects/pci_device.py */
  *#ofParents(): Generator<string> {
    const { rows } = this.#evidence;
    for (const parent of rows.filter(({ type }) => type === 'type-PF')) {
      const functions = rows.filter(({ parentAddress }) => parentAddress === parent.address);
      const used = functions.filter(({ status }) => ['allocated', 'claimed'].includes(status));
      const free = functions.filter(({ status }) => status === 'available');
      if (parent.status === 'available' && used.length > 0) {
        yield `card ${parent.address} is available, and ${used.length} of its functions are given away`;
      }
      if (parent.status === 'unavailable' && functions.length > 0 && free.length === functions.length) {
        yield `card ${parent.address} is unavailable, and all of its functions are available`;
      }
      if (['allocated', 'claimed'].includes(parent.status) && free.length > 0) {
        yield `card ${parent.address} is ${parent.status}, and ${free.length} of its functions are available`;
      }
    }
  }

  /** lp#2115729: a device that is taken out of the configuration while a guest has it was deleted by half. nova/pci/manager.py */
  *#ofRows(): Generator<string> {
    for (const { address, status, instanceUuid } of this.#evidence.rows) {
      if (status === 'available' && instanceUuid !== null)
        yield `${address} is available, and of ${instanceUuid}`;
      if (['removed', 'deleted'].includes(status) && instanceUuid !== null)
        yield `${address} is ${status}, and of ${instanceUuid}`;
      if (status === 'allocated' && instanceUuid === null) yield `${address} is allocated to nobody`;
    }
  }

  /** lp#2115905: a provider without a device; nova/compute/pci_placement_translator.py names it by the address. */
  *#ofProviders(): Generator<string> {
    const { rows, providers } = this.#evidence;
    for (const { id, name, total } of providers) {
      const devices = rows.filter(
        ({ extraInfo, status }) => extraInfo['rp_uuid'] === id && !['removed', 'deleted'].includes(status),
      );
      if (devices.length !== total)
        yield `${name}: Placement ${total} devices, pci_devices ${devices.length}`;
    }
  }
}

export async function readPciInventory(
  hostName: string,
  {
    database,
    openstack,
  }: { readonly database: NovaReader; readonly openstack: Pick<OpenStack, 'placement'> },
): Promise<PciInventory> {
  const { placement } = openstack;
  const [nodes, rows] = await Promise.all([
    database.computeNodes({ host: hostName }),
    database.pciDevices({ host: hostName }),
  ]);
  const [root] = nodes.flatMap(({ uuid }) => uuid ?? []);
  const tree = root === undefined ? [] : await placement.providers({ inTree: root });
  const providers = tree.filter(({ name }) => /_[0-9A-F]{4}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-7]$/.test(name));
  return new PciInventory({
    hostName,
    rows,
    pools: nodes
      .flatMap(({ pciPools }) => pciPools)
      .map(({ tags, count }) => ({ type: tags['dev_type'] ?? 'type-PCI', count })),
    providers: await Promise.all(
      providers.map(async ({ id, name }) => {
        const inventories = Object.values(await placement.inventories(id));
        return { id, name, total: inventories.reduce((sum, { total }) => sum + total, 0) };
      }),
    ),
  });
}
