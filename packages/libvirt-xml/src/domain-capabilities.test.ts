import { expect, it } from 'vitest';
import { parseDomainCapabilities } from './domain-capabilities.js';

const xml = (features: string): string => `<domainCapabilities>
  <path>/usr/bin/qemu-system-x86_64</path>
  <domain>qemu</domain>
  <machine>pc-i440fx-7.2</machine>
  <arch>x86_64</arch>
  <features>${features}</features>
</domainCapabilities>`;

it('reads the Hyper-V enlightenments of a hypervisor', () => {
  const hyperv = `<hyperv supported='yes'>
    <enum name='features'><value>spinlocks</value><value>vendor_id</value></enum>
    <enum name='other'><value>no enlightenment</value></enum>
  </hyperv>`;
  expect(parseDomainCapabilities(xml(hyperv))).toEqual({
    domainType: 'qemu',
    arch: 'x86_64',
    machine: 'pc-i440fx-7.2',
    hyperv: ['spinlocks', 'vendor_id'],
  });
});

it('tells a hypervisor without enlightenments from a libvirt that does not tell them', () => {
  expect(parseDomainCapabilities(xml("<hyperv supported='no'/>")).hyperv).toEqual([]);
  expect(parseDomainCapabilities(xml("<sev supported='no'/>")).hyperv).toBeUndefined();
});

it('takes nothing else for domain capabilities', () => {
  expect(() => parseDomainCapabilities('<capabilities/>')).toThrow(/domainCapabilities/);
});
