import { parseDomain } from '@whitebox/libvirt-xml';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import { device, everyExtra, everyXml, firstOf, of, withDevice } from './testing/change-snapshot.js';
import { goodSnapshot, numaId, type FullSnapshot } from './testing/good-snapshot.js';

const mac = 'fa:16:3e:81:00:01';

/** Interfaces as Nova makes them of ports on a VF: get_config_hw_veb and get_config_vdpa of nova/virt/libvirt/vif.py. */
const interfaces = {
  direct: `<interface type='hostdev' managed='yes'><mac address='${mac}'/><driver name='vfio'/>
    <source><address type='pci' domain='0x0000' bus='0x81' slot='0x00' function='0x1'/></source>
    <vlan><tag id='100'/></vlan></interface>`,
  macvtap: `<interface type='direct'><mac address='${mac}'/><source dev='enp129s0f0v0' mode='passthrough'/>
    <vlan><tag id='100'/></vlan><target dev='macvtap0'/><model type='virtio'/></interface>`,
  vdpa: `<interface type='vdpa'><mac address='${mac}'/><source dev='/dev/vhost-vdpa-0'/><model type='virtio'/></interface>`,
};

function domainWith(devices: string): ReturnType<typeof parseDomain> {
  return parseDomain(
    `<domain type='kvm'><name>x</name><uuid>${numaId}</uuid><memory>1</memory><vcpu>1</vcpu>
     <os><type>hvm</type></os><devices>${devices}</devices></domain>`,
  );
}

/** The pinned guest with a port whose device is a virtual function. */
function withPort(vnicType: keyof typeof interfaces): FullSnapshot {
  const s = goodSnapshot();
  const row = withDevice(s);
  const [, virtual] = of.host(s).pciFunctions;
  if (virtual === undefined) throw new Error('no virtual function');
  if (vnicType === 'macvtap') Object.assign(virtual, { driver: 'ixgbevf', netDevices: ['enp129s0f0v0'] });
  if (vnicType === 'vdpa') {
    Object.assign(virtual, { driver: 'mlx5_core', vdpaDevices: ['/dev/vhost-vdpa-0'] });
    row.type = 'vdpa';
  }
  everyXml(s, of.pinned(s), (xml) => {
    xml.devices.hostdevs = [];
    xml.devices.interfaces = [...domainWith(interfaces[vnicType]).devices.interfaces] as never;
  });
  of.pinned(s).ports = [
    {
      id: '55555555-5555-4555-8555-555555555555',
      mac,
      vnicType,
      vifType: vnicType === 'vdpa' ? 'ovs' : 'hw_veb',
      bindingHost: 'compute1',
      pciSlot: '0000:81:00.1',
      pciVendorInfo: '8086:10ed',
      vlan: vnicType === 'vdpa' ? undefined : 100,
    },
  ];
  return s;
}

const texts = (s: FullSnapshot): string[] => judge(s).violations.map(({ text }) => text);
const kinds = ['direct', 'macvtap', 'vdpa'] as const;

describe('a port on a virtual function', () => {
  it.each(kinds)('is as it should be: %s', (kind) => {
    const { violations, looked } = judge(withPort(kind));
    expect(violations).toEqual([]);
    expect(looked).toEqual(expect.arrayContaining(['I25', 'I26', 'I29', 'I30']));
  });

  it.each(kinds)('is not in the XML, which I25 and I30 say: %s', (kind) => {
    const s = withPort(kind);
    everyXml(s, of.pinned(s), (xml) => (xml.devices.interfaces = []));
    expect(texts(s)).toEqual([
      expect.stringMatching(/^I25 .*expected 0000:81:00.1 \(pci_devices\), found none \(domain XML\)/),
      expect.stringMatching(/^I30 .*interface of port 5555.*: expected one with fa:16/),
    ]);
  });

  it.each(kinds)('has a device that the database has given to nobody, which I26 says: %s', (kind) => {
    const s = withPort(kind);
    everyExtra(s, of.pinned(s), (extra) => (extra.pciRequests = []));
    const { requestSpec } = of.pinned(s);
    if (requestSpec !== null) requestSpec.pciRequests = [];
    const [row] = of.host(s).pciDevices;
    Object.assign(row ?? {}, { status: 'unavailable', instanceUuid: null, requestId: null });
    expect(texts(s)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^I26 .*device 0000:81:00.1: expected allocated to it.*found unavailable, nobody's/,
        ),
      ]),
    );
  });

  it.each(['macvtap', 'vdpa'] as const)('is used by a second domain, which I26 says: %s', (kind) => {
    const s = withPort(kind);
    const xml = { ...domainWith(interfaces[kind]), name: 'instance-00000002' };
    const second = of.host(s).domains.find(({ uuid }) => uuid !== numaId);
    if (second?.xml === undefined) throw new Error('no second domain');
    second.xml.devices.interfaces = xml.devices.interfaces as never;
    expect(texts(s)).toEqual([
      expect.stringMatching(
        /^I26 .*device 0000:81:00.1: expected in one domain, found in instance-00000002 too/,
      ),
    ]);
  });

  it('cannot be judged by name where the functions of the host were not read', () => {
    const s = withPort('macvtap');
    const hosts = s.hosts.map((host) => ({ ...host, pciFunctions: undefined }));
    const { violations, unchecked } = judge({ ...s, hosts });
    expect(violations).toEqual([]);
    expect(unchecked.map(({ id }) => id)).toEqual(['I25', 'I26', 'I29']);
  });

  it('is none where the macvtap agent plugs a guest into an interface of the host', () => {
    const s = goodSnapshot();
    firstOf(of.host(s).pciFunctions).netDevices = ['enp129s0f0v0'];
    everyXml(s, of.pinned(s), (xml) => {
      xml.devices.interfaces = [...domainWith(interfaces.macvtap).devices.interfaces] as never;
    });
    expect(texts(s)).toEqual([]);
  });

  it.each([
    [
      'pciSlot',
      '0000:81:00.7',
      /^I30 .*pci_slot of port 5555.*: expected one of 0000:81:00.1 .*, found 0000:81:00.7/,
    ],
    [
      'pciVendorInfo',
      '15b3:101e',
      /^I30 .*pci_vendor_info .*expected 8086:10ed .*found 15b3:101e \(Neutron\)/,
    ],
    ['vlan', 200, /^I30 .*VLAN of port 5555.*: expected 200 \(Neutron\), found 100 \(domain XML\)/],
  ])('has another %s in Neutron, which I30 says', (field, value, text) => {
    const s = withPort('direct');
    Object.assign(firstOf(of.pinned(s).ports), { [field]: value });
    expect(texts(s)).toEqual([expect.stringMatching(text)]);
  });

  it('is not judged for who sees no bindings', () => {
    const s = withPort('direct');
    Object.assign(firstOf(of.pinned(s).ports), { vifType: null, bindingHost: null });
    const { violations, unchecked } = judge(s);
    expect(violations).toEqual([]);
    expect(unchecked.map(({ id }) => id)).toEqual(['I30']);
  });
});

describe('I29', () => {
  it('holds for the virtual functions that have gone with a physical one that is given away', () => {
    const s = goodSnapshot();
    of.host(s).pciDevices = [device({ status: 'unavailable' })];
    of.host(s).pciFunctions.pop();
    expect(texts(s).filter((text) => text.startsWith('I29'))).toEqual([]);
  });
});

describe('I44', () => {
  const secret = '66666666-6666-4666-8666-666666666666';
  /** As Nova writes it: LibvirtConfigGuestVTPM of nova/virt/libvirt/config.py. */
  const tpm = `<tpm model='tpm-crb'><backend type='emulator' version='2.0'><encryption secret='${secret}'/></backend></tpm>`;
  const withTpm = (security: string | undefined, row: string | null): FullSnapshot => {
    const s = goodSnapshot();
    everyXml(s, of.pinned(s), (xml) => (xml.devices.tpms = [...domainWith(tpm).devices.tpms] as never));
    of.pinned(s).systemMetadata.set('vtpm_secret_uuid', row);
    if (security !== undefined)
      everyExtra(s, of.pinned(s), ({ flavors }) => {
        Object.assign(flavors?.current.extraSpecs ?? {}, { 'hw:tpm_secret_security': security });
      });
    return s;
  };

  it('holds for a vTPM whose secret Nova has taken away when the guest had started', () => {
    const { violations, looked } = judge(withTpm(undefined, secret));
    expect(violations).toEqual([]);
    expect(looked).toContain('I44');
  });

  it('asks for the secret of a vTPM that the host keeps', () => {
    expect(texts(withTpm('host', secret))).toEqual([
      expect.stringMatching(/^I44 .*vTPM: expected secret 6666.*, found none \(libvirt\)/),
    ]);
    const kept = withTpm('host', secret);
    of.host(kept).secrets = [secret];
    expect(texts(kept)).toEqual([]);
  });

  it('wants the secret of the database in the XML', () => {
    expect(texts(withTpm(undefined, null))).toEqual([
      expect.stringMatching(
        /^I44 .*secret of the vTPM: expected none \(instance_system_metadata\), found 6666/,
      ),
    ]);
  });

  it('wants the key manager to have the secret of a vTPM, and says where it does not know', () => {
    const s = withTpm(undefined, secret);
    of.pinned(s).keys.set(secret, false);
    expect(texts(s)).toEqual([
      expect.stringMatching(
        /^I44 .*secret of the vTPM in the key manager: expected 6666.* \(instance_system_metadata\), found none \(Barbican\)/,
      ),
    ]);
    of.pinned(s).keys.set(secret, true);
    expect(texts(s)).toEqual([]);
    const guests = s.guests.map((guest) => ({ ...guest, keys: undefined }));
    expect(judge({ ...s, guests }).unchecked).toEqual([expect.objectContaining({ id: 'I44' })]);
  });

  it('holds for an encrypted volume whose secret libvirt has', () => {
    const s = goodSnapshot();
    everyXml(s, of.floating(s), ({ devices: { disks } }) => {
      firstOf(disks).encryption = { format: 'luks', secretUuid: secret };
    });
    of.host(s).secrets = [secret];
    expect(texts(s)).toEqual([]);
  });
});

describe('I46', () => {
  it('says which host has an older Nova', () => {
    const s = goodSnapshot();

    const [host] = s.hosts;
    if (host?.service == null) throw new Error('no service');
    s.hosts.push({ ...host, name: 'compute2', service: { ...host.service, version: 67 } });
    expect(texts(s).filter((text) => text.startsWith('I46'))).toEqual([
      'I46 compute1: service version: expected 67, as another host has, found 66',
    ]);
  });

  it('leaves a service alone that an operator has forced down', () => {
    const s = goodSnapshot();
    Object.assign(of.host(s).service ?? {}, { forcedDown: true, lastSeenUp: null });
    expect(texts(s)).toEqual([]);
  });
});
