import { openDocument } from './open-document.js';
import type { XmlOptions } from './xml-document.js';

/** What libvirt says of the guests that its hypervisor can have: https://libvirt.org/formatdomaincaps.html */
export interface DomainCapabilities {
  /** kvm, qemu */
  readonly domainType: string;
  readonly arch: string;
  /** "pc-i440fx-7.2" */
  readonly machine: string | undefined;
  /** Hyper-V enlightenments by their names in domain XML; undefined: a libvirt that does not tell them (before 9.0). */
  readonly hyperv: readonly string[] | undefined;
}

/**
 * @param xml what `virsh domcapabilities` prints
 * @throws XmlError; the codes are listed there
 */
export function parseDomainCapabilities(
  xml: string | Uint8Array,
  options: XmlOptions = {},
): DomainCapabilities {
  const capabilities = openDocument(xml, 'domainCapabilities', options);
  const hyperv = capabilities.child('features')?.child('hyperv');
  const names = hyperv?.all('enum').filter((element) => element.attribute('name') === 'features') ?? [];
  return {
    domainType: capabilities.needText('domain'),
    arch: capabilities.needText('arch'),
    machine: capabilities.textOf('machine'),
    hyperv: hyperv && names.flatMap((element) => element.all('value').map(({ text }) => text)),
  };
}
