import { FakeHost } from '@whitebox/host/testing';
import { Virsh } from '@whitebox/libvirt-xml';
import { describe, expect, it } from 'vitest';
import { customCpuModel, hypervEnlightenments, kvm } from './hypervisor-needs.js';
import type { Discovered } from './needs.js';

interface Compute {
  /** Options of [libvirt] in force. */
  readonly libvirt?: Readonly<Record<string, string>>;
  /** Enlightenments of `virsh domcapabilities`; undefined: it does not tell. */
  readonly hyperv?: readonly string[];
}

function cloud(hosts: Readonly<Record<string, Compute>>): Discovered {
  const computes = Object.entries(hosts).map(([name, { libvirt = {}, hyperv }]) => {
    const values = hyperv?.map((value) => `<value>${value}</value>`).join('') ?? '';
    const told =
      hyperv === undefined ? '' : `<hyperv supported='yes'><enum name='features'>${values}</enum></hyperv>`;
    const xml = `<domainCapabilities><domain>kvm</domain><arch>x86_64</arch><features>${told}</features></domainCapabilities>`;
    const machine = new FakeHost({ name }).on('virsh', () => xml);
    const config = {
      effective: (section: string, option: string) => {
        const value = section === 'libvirt' ? libvirt[option] : undefined;
        return value === undefined ? undefined : { value };
      },
    };
    return { name, machine, virsh: new Virsh(machine), libvirtMachine: machine, config };
  });
  return { computes } as unknown as Discovered;
}

const emulated = { virt_type: 'qemu' };

it.each([
  ['KVM is the default', { a: {}, b: { libvirt: { virt_type: 'kvm' } } }, undefined],
  ['emulation on one', { a: {}, b: { libvirt: emulated } }, 'b: [libvirt] virt_type qemu'],
])('KVM: %s', async (_, hosts, evidence) => {
  expect((await kvm().missing(cloud(hosts)))?.evidence).toBe(evidence);
});

describe('Hyper-V enlightenments', () => {
  const need = hypervEnlightenments(['vapic', 'synic']);

  it.each<[string, Record<string, Compute>, string | undefined]>([
    ['all and more', { a: { hyperv: ['relaxed', 'vapic', 'synic'] } }, undefined],
    [
      'some, on one',
      { a: { hyperv: ['vapic', 'synic'] }, b: { hyperv: ['vapic'] } },
      'b: its libvirt offers vapic for kvm',
    ],
    ['none', { a: { hyperv: [], libvirt: emulated } }, 'a: its libvirt offers none for qemu'],
    ['not told, KVM', { a: {} }, undefined],
    ['not told, emulation', { a: { libvirt: emulated } }, 'a: [libvirt] virt_type qemu'],
  ])('%s', async (_, hosts, evidence) => {
    expect((await need.missing(cloud(hosts)))?.evidence).toBe(evidence);
  });
});

it.each<[string, Record<string, Compute>, string | undefined]>([
  ['custom', { a: { libvirt: { cpu_mode: 'custom' } } }, undefined],
  ['host-model', { a: { libvirt: { cpu_mode: 'host-model' } } }, 'a: cpu_mode host-model'],
  ['unset', { a: {} }, 'a: cpu_mode unset'],
])('a CPU model of its own: %s', async (_, hosts, evidence) => {
  expect((await customCpuModel().missing(cloud(hosts)))?.evidence).toBe(evidence);
});
