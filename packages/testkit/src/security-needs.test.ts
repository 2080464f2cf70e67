import { FakeHost } from '@whitebox/host/testing';
import { Virsh } from '@whitebox/libvirt-xml';
import { expect, it } from 'vitest';
import type { Discovered, Need } from './needs.js';
import {
  encryptedConsoles,
  encryptedVolumes,
  imageFormat,
  keyManager,
  securityModel,
} from './security-needs.js';

interface Facts {
  readonly secModels?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** Of the container of libvirt; without it libvirt runs on the host. */
  readonly inContainer?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

function cloud({ secModels = [], files = {}, inContainer, options = {} }: Facts): Discovered {
  const models = secModels.map((model) => `<secmodel><model>${model}</model><doi>0</doi></secmodel>`);
  const xml = `<capabilities><host><cpu><arch>x86_64</arch></cpu>${models.join('')}</host></capabilities>`;
  const machine = new FakeHost({ name: 'a' }).on('virsh', () => xml);
  for (const [path, text] of Object.entries(files)) machine.files.write(path, text);
  const container = new FakeHost({ name: 'libvirt@a' });
  for (const [path, text] of Object.entries(inContainer ?? {})) container.files.write(path, text);
  return {
    capacity: () => Promise.reject(new Error('not asked for')),
    computes: [
      {
        name: 'a',
        machine,
        virsh: new Virsh(machine),
        libvirtMachine: inContainer === undefined ? machine : container,
        get config(): never {
          throw new Error('not asked for');
        },
      },
    ],
    hostDevices: () => Promise.resolve([]),
    novaApis: () => Promise.resolve({ services: [], obstacle: undefined }),
    maxMicroversion: '2.93',
    options: {
      explain: (group, key) =>
        Promise.resolve({
          group,
          key,
          value: options[key] ?? true,
          kind: 'found',
          origin: 'here',
          note: undefined,
        }),
    },
  };
}

const conf = '/etc/libvirt/qemu.conf';
const lsm = '/sys/kernel/security/lsm';

it.each<[string, Need, Facts, string | undefined]>([
  ['SELinux', securityModel('selinux'), { secModels: ['selinux', 'dac'] }, undefined],
  [
    'no SELinux, and the kernel says what it has',
    securityModel('selinux'),
    { secModels: ['apparmor', 'dac'], files: { [lsm]: 'lockdown,capability,apparmor\n' } },
    'a: libvirt has apparmor, dac, kernel: lockdown,capability,apparmor',
  ],
  [
    'no security module at all',
    securityModel('selinux'),
    {},
    'a: libvirt has none, its kernel tells of no security module',
  ],
  [
    'encrypted consoles',
    encryptedConsoles(),
    { files: { [conf]: '#vnc_tls = 0\nvnc_tls = 1\n vnc_tls_x509_verify=1\n' } },
    undefined,
  ],
  [
    'consoles that ask nobody for a certificate',
    encryptedConsoles(),
    { files: { [conf]: 'vnc_tls = 1\n#vnc_tls_x509_verify = 1\n' } },
    `a: vnc_tls_x509_verify not on in ${conf}`,
  ],
  [
    'consoles that are off after all',
    encryptedConsoles(),
    { files: { [conf]: 'vnc_tls = 1\nvnc_tls = 0\n' } },
    `a: vnc_tls and vnc_tls_x509_verify not on in ${conf}`,
  ],
  [
    'encrypted consoles of a libvirt in a container, beside a file of the host that nobody reads',
    encryptedConsoles(),
    { files: { [conf]: '' }, inContainer: { [conf]: 'vnc_tls = 1\nvnc_tls_x509_verify = 1\n' } },
    undefined,
  ],
  [
    'consoles in the clear of a libvirt in a container',
    encryptedConsoles(),
    { files: { [conf]: 'vnc_tls = 1\nvnc_tls_x509_verify = 1\n' }, inContainer: { [conf]: '' } },
    `a: vnc_tls and vnc_tls_x509_verify not on in ${conf}`,
  ],
  ['no libvirt where it is looked for', encryptedConsoles(), {}, `a: no ${conf}`],
  ['a key manager', keyManager(), {}, undefined],
  [
    'no key manager',
    keyManager(),
    { options: { barbican: false } },
    '[service_available] barbican is off: here',
  ],
  ['encrypted volumes', encryptedVolumes(), {}, undefined],
  [
    'no volumes',
    encryptedVolumes(),
    { options: { cinder: false } },
    '[service_available] cinder is off: here',
  ],
  ['a format', imageFormat('iso'), { options: { disk_formats: ['raw', 'iso'] } }, undefined],
  ['no such format', imageFormat('iso'), { options: { disk_formats: ['raw'] } }, 'raw: here'],
])('%s', async (_, need, facts, evidence) => {
  expect((await need.missing(cloud(facts)))?.evidence).toBe(evidence);
});
