import type { NetworkInterface } from '@whitebox/libvirt-xml';
import { alignRows } from '../align-rows.js';
import type { Layers } from '../layers.js';
import { pmemClass, type DeviceEvidence, type DevicePort, type DeviceRow } from './device-evidence.js';
import { mdevDisagreements, mdevsIn } from './mdev-rules.js';
import { addressesIn, pciDisagreements } from './pci-rules.js';
import { nvdimmsIn, pmemDisagreements } from './pmem-rules.js';
import { interfaceOf, portDisagreements } from './port-rules.js';

/** A virtual GPU of a guest. */
export interface GuestMdev {
  readonly uuid: string;
  /** PCI address of the GPU; undefined where the kernel has no such device. */
  readonly parent: string | undefined;
  readonly type: string | undefined;
}

/** A port of a guest that is a device of the host, with what each layer has of it. */
export interface GuestPort extends DevicePort {
  readonly row: DeviceRow | undefined;
  /** undefined for a whole network card. */
  readonly interface: NetworkInterface | undefined;
}

export interface GuestNvdimm {
  readonly path: string | undefined;
  readonly sizeKib: number;
}

/**
 * Devices of the host that a guest has, PCI devices, ports, virtual GPUs and persistent memory, as domain XML, inactive XML,
 * database, Neutron, Placement and kernel have them.
 */
export class DevicePlacement implements Layers {
  readonly #evidence: DeviceEvidence;

  constructor(evidence: DeviceEvidence) {
    this.#evidence = evidence;
  }

  get serverName(): string {
    return this.#evidence.serverName;
  }

  get hostName(): string {
    return this.#evidence.hostName;
  }

  get vacuous(): string | undefined {
    const { live, inactive, rows, requests, resources, ports, allocations } = this.#evidence;
    const inXml = [live, inactive].flatMap((xml) => [...xml.hostdevs, ...nvdimmsIn(xml)]);
    const counts = [inXml, rows, requests, resources, ports].map(({ length }) => length);
    const allocated = allocations.some((each) =>
      Object.keys(each.resources).some((name) => name === 'VGPU' || pmemClass.test(name)),
    );
    if (allocated || counts.some((count) => count > 0)) return undefined;
    return 'no layer has a device of the host';
  }

  /** Addresses on the host, as the live XML has them, without those of macvtap and vDPA ports; sorted. */
  get pciAddresses(): readonly string[] {
    return addressesIn(this.#evidence.live);
  }

  /** Rows of the database on the server's host; those elsewhere are disagreements. */
  get rows(): readonly DeviceRow[] {
    return this.#evidence.rows.filter(({ host }) => host === this.hostName);
  }

  get mdevs(): readonly GuestMdev[] {
    return mdevsIn(this.#evidence.live).map((uuid) => {
      const device = this.#evidence.mdevs.find((each) => each.uuid === uuid);
      return { uuid, parent: device?.parent, type: device?.type };
    });
  }

  get nvdimms(): readonly GuestNvdimm[] {
    return nvdimmsIn(this.#evidence.live).map(({ sourcePath: path, sizeKib }) => ({ path, sizeKib }));
  }

  get ports(): readonly GuestPort[] {
    const { ports, requests, live } = this.#evidence;
    return ports.map((port) => {
      const request = requests.find(({ requesterId }) => requesterId === port.id);
      const row = this.rows.find(({ requestId }) => requestId === request?.requestId);
      return { ...port, row, interface: interfaceOf(port, live) };
    });
  }

  disagreements(): string[] {
    return [
      ...pciDisagreements(this.#evidence),
      ...portDisagreements(this.#evidence),
      ...mdevDisagreements(this.#evidence),
      ...pmemDisagreements(this.#evidence),
    ];
  }

  table(): string {
    const { live, inactive, rows, requests, ports, resources, allocations } = this.#evidence;
    const all = (...texts: readonly string[]): string => texts.join(', ') || 'none';
    const inXml = (xml: typeof live): string =>
      all(
        ...addressesIn(xml),
        ...mdevsIn(xml),
        ...nvdimmsIn(xml).map(({ sourcePath, sizeKib }) => `${sourcePath ?? '?'} ${sizeKib} KiB`),
      );
    return alignRows([
      ['domain XML', inXml(live)],
      ['inactive XML', inXml(inactive)],
      ['database', all(...rows.map((row) => `${row.address} ${row.type} ${row.status} on ${row.host}`))],
      [
        'requests',
        all(...requests.map((each) => `${each.count} of ${each.aliasName ?? each.requesterId ?? '?'}`)),
      ],
      ['resources', all(...resources.map((each) => `${each.resourceClass} ${each.identifier}`))],
      [
        'Neutron',
        all(...ports.map((port) => `${port.vnicType} ${port.pciSlot ?? '-'} on ${port.host ?? '-'}`)),
      ],
      [
        'Placement',
        all(
          ...allocations.map(
            (each) =>
              `${each.providerName}: ${Object.entries(each.resources)
                .map(([name, amount]) => `${amount} ${name}`)
                .join(' ')}`,
          ),
        ),
      ],
    ]);
  }
}
