import type { MemoryDevice } from '@whitebox/libvirt-xml';
import { pmemClass, type DeviceEvidence, type XmlDevices } from './device-evidence.js';

export function nvdimmsIn({ memory }: XmlDevices): MemoryDevice[] {
  return memory.filter(({ model }) => model === 'nvdimm');
}

/**
 * The namespaces of persistent memory that the database names are the NVDIMMs of the guest, live and inactive, of the size that
 * they have on the host, and Placement allocates as many of each class.
 *
 * Nova writes the whole namespace as the size and its alignment beside it (nova/virt/libvirt/driver.py, _guest_add_vpmems).
 */
export function* pmemDisagreements(evidence: DeviceEvidence): Generator<string> {
  const { live, inactive, resources, namespaces, allocations } = evidence;
  const given = resources.filter(({ resourceClass }) => pmemClass.test(resourceClass));
  const expected = given.map(({ identifier }) => namespaces.find(({ name }) => name === identifier));
  for (const [index, found] of expected.entries()) {
    if (found === undefined) {
      yield `the database has persistent memory ${given[index]?.identifier ?? ''}, the host has not`;
    }
  }
  for (const [what, xml] of [
    ['domain XML', live],
    ['inactive XML', inactive],
  ] as const) {
    const nvdimms = nvdimmsIn(xml);
    for (const namespace of expected) {
      if (namespace === undefined) continue;
      const device = nvdimms.find(({ sourcePath }) => sourcePath === namespace.path);
      const where = `persistent memory ${namespace.name} (${namespace.path})`;
      if (device === undefined) yield `${where}: ${what} has no NVDIMM with it`;
      else if (device.sizeKib !== namespace.sizeKib) {
        yield `${where}: ${what} ${device.sizeKib} KiB, the host ${namespace.sizeKib} KiB`;
      }
    }
    for (const { sourcePath } of nvdimms) {
      if (!expected.some((namespace) => namespace?.path === sourcePath)) {
        yield `${what} has an NVDIMM ${sourcePath ?? 'of nothing'}, the database has not`;
      }
    }
  }
  const classes = allocations.flatMap((allocation) => Object.keys(allocation.resources));
  for (const name of new Set([...classes, ...given.map(({ resourceClass }) => resourceClass)])) {
    if (!pmemClass.test(name)) continue;
    const allocated = allocations.reduce((sum, allocation) => sum + (allocation.resources[name] ?? 0), 0);
    const held = given.filter(({ resourceClass }) => resourceClass === name).length;
    if (allocated !== held) yield `${name}: Placement ${allocated}, the database ${held}`;
  }
}
