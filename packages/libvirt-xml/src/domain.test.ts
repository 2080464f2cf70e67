import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDomain, type Domain } from './domain.js';
import { xmlEngine } from './engine-choice.js';
import { XmlError } from './errors.js';
import { XmlDocument } from './xml-document.js';

function fixture(name: string): string {
  return readFileSync(new URL(`../testdata/${name}.xml`, import.meta.url), 'utf8');
}

/** As it would be printed: CPU sets as text, maps as objects. */
function plain(value: unknown): unknown {
  const unmap = (_: string, item: unknown): unknown =>
    item instanceof Map ? Object.fromEntries<unknown>(item as Map<string, unknown>) : item;
  return JSON.parse(JSON.stringify(value, unmap)) as unknown;
}

describe('parseDomain of recorded servers', () => {
  it('reads a server with dedicated CPUs', () => {
    const domain = parseDomain(fixture('pinned'));
    expect(domain).toMatchObject({ type: 'qemu', id: 1, name: 'instance-00000002' });
    expect(domain.uuid).toBe('df3c4ecd-132b-4771-996d-c4361946539e');
    expect(plain([domain.vcpus, domain.cpuTune])).toEqual([
      { maximum: 2, current: 2, placement: 'static' },
      {
        vcpuPins: { 0: '2', 1: '3' },
        emulatorPin: '0-1',
        ioThreadPins: {},
        vcpuScheds: [],
        ioThreadScheds: [],
        limits: {},
      },
    ]);
    expect(domain.ioThreads).toBe(0);
    expect(plain(domain.numaTune)).toEqual({
      memory: { mode: 'strict', nodeset: '0' },
      memNodes: { 0: { mode: 'strict', nodeset: '0' } },
    });
    expect(plain(domain.cpu?.numaCells)).toEqual([{ id: 0, cpus: '0-1', memoryKib: 131_072, distances: {} }]);
    expect(domain.features.states.get('pmu')).toBe(false);
    expect(domain.features.states.get('acpi')).toBe(true);
    expect(domain.features.states.has('smm')).toBe(false);
  });

  it('reads the definition that its next start uses', () => {
    const live = parseDomain(fixture('pinned'));
    const inactive = parseDomain(fixture('pinned-inactive'));
    expect(inactive.id).toBeUndefined();
    expect(inactive.cpuTune).toEqual(live.cpuTune);
    expect(inactive.devices.disks[0]).toMatchObject({ alias: undefined, backing: [] });
  });

  it('reads a server with shared CPUs: it has no pins, and the XML says so by saying nothing', () => {
    const domain = parseDomain(fixture('shared'));
    expect(domain.cpuTune.vcpuPins.size).toBe(0);
    expect(domain.cpuTune.emulatorPin).toBeUndefined();
    expect(String(domain.vcpus.cpuset)).toBe('0-1');
    expect(domain.numaTune).toBeUndefined();
    expect(domain.memoryBacking.hugepages).toBeUndefined();
  });

  it('reads a server with one dedicated and one shared CPU', () => {
    const { cpuTune, devices } = parseDomain(fixture('mixed'));
    expect(plain(cpuTune.vcpuPins)).toEqual({ 0: '2-3', 1: '0' });
    expect(devices.watchdogs).toMatchObject([{ model: 'i6300esb', action: 'reset' }]);
  });

  it('reads what Nova noted', () => {
    expect(plain(parseDomain(fixture('pinned')).nova)).toEqual({
      name: 'libvirtxml-pinned',
      packageVersion: '26.2.2',
      creationTime: '2026-11-22 18:20:26',
      flavor: {
        name: 'libvirtxml-pinned',
        memoryMib: 128,
        diskGib: 1,
        swapMib: 0,
        ephemeralGib: 0,
        vcpus: 2,
      },
      owner: {
        user: { uuid: '8a3fd9f0be5c4651b91ba376762a1377', name: 'admin' },
        project: { uuid: '2de8ba4bc2924f009bbd4e860ae8da17', name: 'admin' },
      },
      root: { type: 'image', uuid: '3a024715-b3c3-485e-b7c6-4b109f9ee750' },
      ports: [
        {
          uuid: '820b9ec1-3358-43cc-9e6a-e7667e525380',
          ips: [{ type: 'fixed', address: '10.1.0.60', version: 4 }],
        },
      ],
    });
  });

  it('reads its devices', () => {
    const { devices } = parseDomain(fixture('pinned'));
    expect(devices.disks).toMatchObject([
      {
        type: 'file',
        device: 'disk',
        source: { path: '/var/lib/nova/instances/df3c4ecd-132b-4771-996d-c4361946539e/disk' },
        backing: [{ path: '/var/lib/nova/instances/_base/4e56a9b1c54b4831225c3685549db6ad3564e6f4' }],
        targetDev: 'vda',
        targetBus: 'virtio',
        driver: { type: 'qcow2', cache: 'none' },
        address: { type: 'pci', pci: '0000:00:03.0' },
      },
    ]);
    expect(devices.interfaces).toMatchObject([
      {
        type: 'bridge',
        mac: 'fa:16:3e:5c:72:aa',
        source: { bridge: 'brqc3743c47-23' },
        mtu: 1450,
        hostPci: undefined,
      },
    ]);
    expect(devices.serials).toMatchObject([{ type: 'pty', source: { path: '/dev/pts/0' }, targetPort: 0 }]);
    expect(devices.rngs).toMatchObject([{ backend: 'random', path: '/dev/urandom' }]);
    expect(devices.hostdevs).toEqual([]);
  });

  it('reads huge pages, cells, IOThreads and real time of a domain that ran', () => {
    const domain = parseDomain(fixture('nfv'));
    expect(domain.nova).toBeUndefined();
    expect(plain(domain.vcpus)).toEqual({ maximum: 4, current: 3, placement: 'static' });
    expect(domain.ioThreads).toBe(2);
    expect(domain.ioThreadIds).toEqual([1, 2]);
    expect(plain(domain.cpuTune)).toMatchObject({
      vcpuPins: { 0: '1', 1: '2', 2: '3' },
      emulatorPin: '0',
      ioThreadPins: { 1: '0-1' },
      vcpuScheds: [
        { ids: '1', scheduler: 'fifo', priority: 1 },
        { ids: '2', scheduler: 'fifo', priority: 1 },
      ],
    });
    expect(plain(domain.memoryBacking)).toEqual({
      hugepages: [{ sizeKib: 2048, nodeset: '0' }],
      locked: false,
      noSharePages: true,
      source: 'memfd',
      access: 'shared',
      discard: false,
    });
    expect(plain(domain.cpu?.numaCells)).toEqual([
      { id: 0, cpus: '0-1', memoryKib: 65_536, memAccess: 'shared', distances: { 0: 10, 1: 21 } },
      { id: 1, cpus: '2-3', memoryKib: 32_768, distances: { 0: 21, 1: 10 } },
    ]);
  });
});

describe('parseDomain of every kind of device', () => {
  const domain = parseDomain(fixture('devices'));

  it('reads names, sizes with units and CPU sets', () => {
    expect(domain.uuid).toBe('4dea22b3-1d52-d8f3-2516-782e98ab3fa0');
    expect(domain.title).toBe('an NFV guest');
    expect(domain.description).toBeUndefined();
    expect(domain.maxMemoryKib).toBe(64 * 1024 * 1024);
    expect(domain.memoryKib).toBe(8 * 1024 * 1024);
    expect(domain.currentMemoryKib).toBe(8000 * 1024);
    expect(String(domain.vcpus.cpuset)).toBe('1-2,4,6');
    expect(plain(domain.memoryBacking)).toEqual({
      hugepages: [
        { sizeKib: 1_048_576, nodeset: '0-1,3' },
        { sizeKib: 2048, nodeset: '2' },
      ],
      locked: true,
      noSharePages: true,
      source: 'file',
      access: 'shared',
      allocation: 'immediate',
      discard: true,
    });
  });

  it('reads the tuning of threads', () => {
    expect(plain(domain.cpuTune)).toEqual({
      vcpuPins: { 0: '4', 1: '5', 2: '20', 3: '21' },
      emulatorPin: '0,16',
      ioThreadPins: { 1: '0,16' },
      vcpuScheds: [{ ids: '1-3', scheduler: 'fifo', priority: 1 }],
      ioThreadScheds: [{ ids: '1', scheduler: 'batch' }],
      emulatorSched: { scheduler: 'rr', priority: 2 },
      shares: 4096,
      limits: { period: 100_000, quota: -1, emulator_period: 50_000 },
    });
  });

  it('reads firmware, features, CPU and clock', () => {
    expect(domain.os).toEqual({
      type: 'hvm',
      arch: 'x86_64',
      machine: 'pc-q35-8.2',
      firmware: 'efi',
      loader: {
        path: '/usr/share/OVMF/OVMF_CODE.secboot.fd',
        type: 'pflash',
        readonly: true,
        secure: true,
        stateless: undefined,
      },
      nvram: {
        path: '/var/lib/libvirt/qemu/nvram/instance-0000002a_VARS.fd',
        template: '/usr/share/OVMF/OVMF_VARS.fd',
      },
      bootDevices: ['hd', 'network'],
      kernel: undefined,
      initrd: undefined,
      commandLine: undefined,
      smbios: 'sysinfo',
    });
    expect(plain(domain.features)).toMatchObject({
      states: { acpi: true, pmu: false, smm: true, vmcoreinfo: true, 'async-teardown': false },
      hyperv: { relaxed: true, vapic: true, spinlocks: true, stimer: false },
      hypervMode: 'custom',
      kvm: { hidden: true },
      ioapicDriver: 'qemu',
    });
    expect(plain(domain.cpu)).toMatchObject({
      mode: 'host-model',
      check: 'partial',
      migratable: true,
      model: 'Cascadelake-Server',
      fallback: 'allow',
      vendor: 'Intel',
      topology: { sockets: 2, dies: 1, clusters: 1, cores: 1, threads: 2 },
      features: { pcid: 'require', hle: 'disable' },
      cacheMode: 'passthrough',
      maxPhysAddr: { mode: 'passthrough' },
      numaCells: [
        { id: 0, cpus: '0-1', memoryKib: 4_194_304, memAccess: 'shared', discard: true, distances: {} },
        { id: 1, cpus: '2-3', memoryKib: 4_194_304, distances: { 0: 21, 1: 10 } },
        { id: 2, cpus: '', memoryKib: 1_000_000 },
      ],
    });
    expect(domain.clock).toEqual({
      offset: 'timezone',
      timezone: 'Europe/Berlin',
      timers: [
        { name: 'pit', present: undefined, tickPolicy: 'delay' },
        { name: 'hpet', present: false, tickPolicy: undefined },
      ],
    });
    expect(plain(domain.launchSecurity)).toEqual({
      type: 'sev',
      parameters: { policy: '0x0033', cbitpos: '47', reducedPhysBits: '1' },
    });
    expect(domain.secLabels.map(({ model, label }) => [model, label])).toEqual([
      ['selinux', 'system_u:system_r:svirt_t:s0:c1,c2'],
      ['dac', '+107:+107'],
    ]);
  });

  it('reads disks on the network, on block devices and empty ones', () => {
    const [rbd, lun, cdrom] = domain.devices.disks;
    expect(rbd).toMatchObject({
      type: 'network',
      source: {
        path: undefined,
        protocol: 'rbd',
        name: 'volumes/volume-88ffc4ff',
        hosts: [
          { name: '192.0.2.1', port: 6789 },
          { name: '192.0.2.2', port: 6789 },
        ],
      },
      serial: '88ffc4ff-1d52-d8f3-2516-782e98ab3fa0',
      driver: { discard: 'unmap', iothread: '1', queues: '4' },
      encryption: { format: 'luks2', secretUuid: 'f65cf69d-58a8-4a34-b2b6-a0a65b62b4a4' },
      bootOrder: 1,
      readonly: false,
    });
    expect([...(rbd?.ioTune ?? [])]).toEqual([
      ['total_bytes_sec', 10_485_760],
      ['read_iops_sec', 500],
    ]);
    expect(lun).toMatchObject({
      device: 'lun',
      source: { path: '/dev/dm-3' },
      shareable: true,
      wwn: '600140532b4d5a5f',
      address: { type: 'drive', pci: undefined, attributes: { unit: '1' } },
    });
    expect(cdrom).toMatchObject({ device: 'cdrom', source: undefined, readonly: true });
    expect(domain.devices.filesystems).toMatchObject([
      { driver: 'virtiofs', sourceDir: '/var/lib/nova/mnt/share1', target: 'share1', readonly: true },
    ]);
  });

  it('reads SR-IOV, macvtap, vhost-user, vDPA and OVS interfaces', () => {
    const [sriov, macvtap, vhostuser, vdpa, ovs] = domain.devices.interfaces;
    expect(sriov).toMatchObject({
      type: 'hostdev',
      mac: '52:54:00:6d:90:02',
      hostPci: '0000:81:11.2',
      managed: true,
      driver: { name: 'vfio' },
      vlanTags: [42],
      vlanTrunk: false,
      teaming: { type: 'transient', persistent: 'ua-backup0' },
      address: { pci: '0000:00:05.0' },
    });
    expect(macvtap).toMatchObject({
      type: 'direct',
      source: { dev: 'enp5s0f1v3', mode: 'passthrough' },
      hostPci: undefined,
      vlanTags: [43, 44],
      vlanTrunk: true,
      trustGuestRxFilters: true,
    });
    expect(vhostuser).toMatchObject({
      type: 'vhostuser',
      source: { type: 'unix', path: '/var/run/openvswitch/vhu820b9ec1-33', mode: 'server' },
      targetDev: 'vhu820b9ec1-33',
      driver: { queues: '4', rx_queue_size: '1024', tx_queue_size: '512', iommu: 'on' },
      mtu: 9000,
      linkState: 'down',
    });
    expect(vdpa).toMatchObject({ type: 'vdpa', source: { dev: '/dev/vhost-vdpa-0' } });
    expect(ovs).toMatchObject({
      source: { bridge: 'br-int' },
      virtualPort: {
        type: 'openvswitch',
        parameters: { interfaceid: '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f' },
      },
      filter: 'nova-instance-1',
      bootOrder: 2,
    });
  });

  it('reads PCI devices and mediated devices of the host', () => {
    expect(domain.devices.hostdevs).toMatchObject([
      {
        type: 'pci',
        mode: 'subsystem',
        managed: true,
        hostPci: '0000:84:00.1',
        mdevUuid: undefined,
        alias: 'hostdev1',
        address: { pci: '0000:06:00.0' },
      },
      {
        type: 'mdev',
        model: 'vfio-pci',
        managed: false,
        hostPci: undefined,
        mdevUuid: 'c2177883-f1bb-47f0-914d-32a22e3a8804',
        display: true,
        ramfb: true,
      },
    ]);
  });

  it('reads memory modules, persistent ones too', () => {
    const [nvdimm, dimm] = domain.devices.memory;
    expect(nvdimm).toMatchObject({
      model: 'nvdimm',
      access: 'shared',
      sourcePath: '/dev/dax0.1',
      alignSizeKib: 2048,
      pmem: true,
      sizeKib: 4_194_304,
      labelSizeKib: 2048,
      node: 0,
      address: { type: 'dimm' },
    });
    expect(dimm).toMatchObject({
      model: 'dimm',
      sizeKib: 524_288,
      node: 1,
      pmem: false,
      sourcePath: undefined,
    });
    expect(String(dimm?.sourceNodes)).toBe('1-3');
  });

  it('reads the other devices', () => {
    const { devices } = domain;
    expect(devices.controllers).toMatchObject([
      { type: 'pci', index: 0, model: 'pcie-root', address: undefined },
      { model: 'pcie-expander-bus', numaNode: 1 },
      { type: 'scsi', driver: { queues: '4', iothread: '1' }, address: { type: 'pci', pci: undefined } },
    ]);
    expect(devices.tpms).toMatchObject([
      {
        model: 'tpm-crb',
        backend: 'emulator',
        version: '2.0',
        secretUuid: '6dd3e4a5-1d76-44ce-961f-f119f5aad935',
        persistentState: true,
      },
    ]);
    expect(devices.iommus).toMatchObject([{ model: 'intel', driver: { intremap: 'on', aw_bits: '48' } }]);
    expect(devices.watchdogs).toMatchObject([{ model: 'itco', action: 'pause' }]);
    expect(devices.videos).toMatchObject([{ model: 'virtio', heads: 1, vramKib: 16_384 }]);
    expect(devices.graphics).toEqual([{ type: 'vnc', port: 5900, autoport: true, listen: '192.0.2.9' }]);
    expect(devices.rngs).toMatchObject([{ rate: { bytes: 2048, periodMs: 1000 } }]);
    expect(devices.inputs.map(({ type, bus }) => [type, bus])).toEqual([
      ['tablet', 'usb'],
      ['keyboard', 'ps2'],
    ]);
    expect(devices.serials).toMatchObject([
      { type: 'tcp', source: { service: '10000' }, logFile: '/var/lib/nova/instances/x/console.log' },
    ]);
    expect(devices.consoles).toMatchObject([{ targetType: 'serial' }]);
    expect(devices.channels).toMatchObject([{ targetName: 'org.qemu.guest_agent.0' }]);
    expect(devices).toMatchObject({
      sounds: ['ich6'],
      memballoon: 'none',
      vsockCid: 3,
      emulator: '/usr/libexec/qemu-kvm',
    });
  });

  it('reads the extra specs that newer versions of Nova note', () => {
    expect(domain.nova).toMatchObject({ name: 'vnf <1> caf\u00e9', packageVersion: '30.0.0' });
    expect(domain.nova?.flavor?.id).toBe('11111111-2222-3333-4444-555555555555');
    expect(plain(domain.nova?.flavor?.extraSpecs)).toEqual({
      'hw:cpu_policy': 'dedicated',
      'hw:mem_page_size': '1048576',
    });
    expect(plain(domain.nova?.image)).toEqual({
      uuid: '22222222-3333-4444-5555-666666666666',
      containerFormat: 'bare',
      diskFormat: 'raw',
      minDiskGib: 20,
      minRamMib: 0,
      properties: { hw_machine_type: 'q35', hw_emulator_threads_policy: 'share' },
    });
    expect(domain.nova?.ports.map(({ ips }) => ips.length)).toEqual([2, 0]);
  });
});

describe('parseDomain', () => {
  it.each(['pinned', 'pinned-inactive', 'shared', 'mixed', 'nfv', 'devices'])(
    'gives the same values for %s with either engine',
    (name) => {
      const xml = fixture(name);
      const values: Domain[] = [];
      for (const engine of [xmlEngine(), xmlEngine('libxml2-wasm')])
        values.push(parseDomain(xml, { engine }));
      expect(values[0]).toEqual(values[1]);
    },
  );

  const minimal = `<domain type='kvm'><name>a</name><uuid>u</uuid><memory>1024</memory><vcpu>2</vcpu>
    <cputune><vcpupin vcpu='0' cpuset='1'/></cputune><os><type>hvm</type></os><devices/></domain>`;

  it('reads the least that a domain has', () => {
    expect(parseDomain(minimal)).toMatchObject({ memoryKib: 1024, currentMemoryKib: 1024, cpu: undefined });
  });

  it.each([
    ['', []],
    ['<iothreads>3</iothreads>', [1, 2, 3]],
    ["<iothreads>4</iothreads><iothreadids><iothread id='2'/><iothread id='9'/></iothreadids>", [1, 2, 3, 9]],
    ["<iothreadids><iothread id='7' thread_pool_min='2'/></iothreadids>", [7]],
  ])('numbers the IOThreads of %j as libvirt does', (xml, ids) => {
    const domain = parseDomain(minimal.replace('<cputune>', `${xml}<cputune>`));
    expect(domain).toMatchObject({ ioThreads: ids.length, ioThreadIds: ids });
  });

  it.each([
    ['no name', '<name>a</name>', '', 'domain/name'],
    ['an empty uuid', '<uuid>u</uuid>', '<uuid/>', 'domain/uuid/text()'],
    ['no type', " type='kvm'", '', 'domain/@type'],
    ['memory that is no number', '1024', 'much', 'domain/memory'],
    ['an unknown unit', '<memory>', "<memory unit='pages'>", 'domain/memory/@unit'],
    ['a vCPU count that is no number', '<vcpu>2', '<vcpu>2.5', 'domain/vcpu'],
    ['a pin without CPUs', " cpuset='1'", '', 'domain/cputune/vcpupin/@cpuset'],
    ['a pin to an empty set', "cpuset='1'", "cpuset=''", 'domain/cputune/vcpupin/@cpuset'],
    ['a pin to no CPU set', "cpuset='1'", "cpuset='1-x'", 'domain/cputune/vcpupin/@cpuset'],
    ['a pin to a huge range', "cpuset='1'", "cpuset='0-99999999'", 'domain/cputune/vcpupin/@cpuset'],
    [
      'a vCPU that is pinned twice',
      '</cputune>',
      "<vcpupin vcpu='0' cpuset='2'/></cputune>",
      'domain/cputune/vcpupin[2]',
    ],
    ['IOThreads without end', '<cputune>', '<iothreads>9999999999</iothreads><cputune>', 'domain/iothreads'],
    ['a flag that is none', '<os>', "<cpu migratable='maybe'/><os>", 'domain/cpu/@migratable'],
  ])('says where it has %s', (_, what, instead, path) => {
    const xml = minimal.replace(what, instead);
    expect(xml).not.toBe(minimal);
    try {
      parseDomain(xml);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(XmlError);
      expect(error).toMatchObject({ code: 'WB_XML_VALUE', action: `read ${path}` });
    }
  });

  it.each([
    ['<capabilities/>', 'WB_XML_OTHER_DOCUMENT'],
    ["<domain xmlns='urn:other'/>", 'WB_XML_OTHER_DOCUMENT'],
    ['', 'WB_XML_SYNTAX'],
    ["error: failed to get domain 'x'", 'WB_XML_SYNTAX'],
    ['<!DOCTYPE domain><domain/>', 'WB_XML_REFUSED'],
  ])('refuses %j', (xml, code) => {
    expect(() => parseDomain(xml)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('leaves the rest to XPath', () => {
    const document = XmlDocument.parse(fixture('devices'));
    expect(document.find('devices/disk[target/@dev="vda"]/auth/@username')).toMatchObject([
      { value: 'cinder' },
    ]);
    expect(
      document.find('metadata/n:instance/n:name/text()', {
        n: 'http://openstack.org/xmlns/libvirt/nova/1.1',
      }),
    ).toEqual([{ kind: 'text', value: 'vnf <1> caf\u00e9' }]);
  });
});
