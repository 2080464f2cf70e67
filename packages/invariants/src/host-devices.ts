import type { Domain } from '@whitebox/libvirt-xml';

/** PCI addresses of the host that a guest has for itself. */
export function addresses({ devices }: Domain): readonly string[] {
  return [...devices.hostdevs, ...devices.interfaces].flatMap(({ hostPci }) => hostPci ?? []).sort();
}
