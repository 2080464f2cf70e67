import type { Domain } from '@whitebox/libvirt-xml';
import type { PciFunction } from '@whitebox/kernel';

export interface NamedDevices {
  /** PCI addresses of devices that the guest has as a whole, bound to vfio. */
  readonly whole: readonly string[];
  /** Devices of the host that the XML calls by name: "enp129s0f1v2" for macvtap, "/dev/vhost-vdpa-0" for vDPA. */
  readonly byName: readonly string[];
}

/** The devices of the host that a domain XML names, and how. Source: nova/virt/libvirt/designer.py. */
export function devicesNamedBy({ devices }: Domain): NamedDevices {
  return {
    whole: [...devices.hostdevs, ...devices.interfaces].flatMap(({ hostPci }) => hostPci ?? []).sort(),
    byName: devices.interfaces.flatMap(({ type, source }) =>
      type === 'direct' || type === 'vdpa' ? (source['dev'] ?? []) : [],
    ),
  };
}

/**
 * PCI addresses of the devices that a domain uses. Names that are no PCI function's are left out: the macvtap agent of
 * Neutron plugs guests into any interface of the host, which is no device of Nova's.
 */
export function addressesOf(domain: Domain, functions: readonly PciFunction[]): readonly string[] {
  const { whole, byName } = devicesNamedBy(domain);
  const named = functions.filter(({ netDevices, vdpaDevices }) =>
    [...netDevices, ...vdpaDevices].some((name) => byName.includes(name)),
  );
  return [...whole, ...named.map(({ address }) => address)].sort();
}
