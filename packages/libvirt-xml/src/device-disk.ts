import type { CpuSet } from '@whitebox/core';
import { readAddress, readAlias, type DeviceCommon } from './device-address.js';
import type { ElementReader } from './element-reader.js';

export interface Disk extends DeviceCommon {
  /** file, block, network, volume, vhostuser, nvme, ... */
  readonly type: string;
  /** disk, cdrom, lun or floppy. */
  readonly device: string;
  /** undefined for an empty drive. */
  readonly source: DiskSource | undefined;
  readonly targetDev: string;
  readonly targetBus: string | undefined;
  /** Cinder's volume id for a volume. */
  readonly serial: string | undefined;
  readonly wwn: string | undefined;
  readonly readonly: boolean;
  readonly shareable: boolean;
  /** Attributes of `<driver>`: name, type, cache, io, discard, iothread, queues, ... */
  readonly driver: Readonly<Record<string, string>>;
  /** Sources below this one (`backingStore`), the nearest first. */
  readonly backing: readonly DiskSource[];
  readonly encryption: DiskEncryption | undefined;
  readonly bootOrder: number | undefined;
  /** Limit -> value: total_bytes_sec, read_iops_sec, ... */
  readonly ioTune: ReadonlyMap<string, number>;
}

export interface DiskSource {
  /** Path of the file or block device, socket or directory; undefined for the network and for volumes. */
  readonly path: string | undefined;
  /** rbd, iscsi, nbd, ... */
  readonly protocol: string | undefined;
  /** Name of the image, target or volume: `pool/volume-<id>` for rbd. */
  readonly name: string | undefined;
  readonly hosts: readonly { readonly name: string | undefined; readonly port: number | undefined }[];
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DiskEncryption {
  /** luks, luks2, qcow */
  readonly format: string;
  /** UUID of the libvirt secret with the passphrase. */
  readonly secretUuid: string | undefined;
}

/** `<filesystem>`: a directory of the host in the guest, as for Manila shares. */
export interface Filesystem extends DeviceCommon {
  readonly type: string;
  /** virtiofs, path, handle, ... */
  readonly driver: string | undefined;
  readonly sourceDir: string | undefined;
  /** Mount tag. */
  readonly target: string;
  readonly readonly: boolean;
}

/** `<memory>`: a module of memory: dimm, nvdimm, virtio-mem, virtio-pmem. */
export interface MemoryDevice extends DeviceCommon {
  readonly model: string;
  readonly access: string | undefined;
  /** Path of the persistent memory of the host. */
  readonly sourcePath: string | undefined;
  readonly sourceNodes: CpuSet | undefined;
  readonly alignSizeKib: number | undefined;
  readonly pmem: boolean;
  readonly sizeKib: number;
  readonly labelSizeKib: number | undefined;
  /** NUMA cell of the guest. */
  readonly node: number | undefined;
  readonly readonly: boolean;
}

export function readDisk(disk: ElementReader): Disk {
  const target = disk.needChild('target');
  const source = disk.child('source');
  // Since libvirt 3.9 the encryption can also stand in the source.
  const encryption = disk.child('encryption') ?? source?.child('encryption');
  return {
    alias: readAlias(disk),
    address: readAddress(disk),
    type: disk.need('type'),
    device: disk.attribute('device') ?? 'disk',
    source: source && readSource(source),
    targetDev: target.need('dev'),
    targetBus: target.attribute('bus'),
    serial: disk.textOf('serial'),
    wwn: disk.textOf('wwn'),
    readonly: disk.has('readonly'),
    shareable: disk.has('shareable'),
    driver: disk.child('driver')?.attributes() ?? {},
    backing: readBacking(disk),
    encryption: encryption && {
      format: encryption.need('format'),
      secretUuid: encryption.child('secret')?.attribute('uuid'),
    },
    bootOrder: disk.child('boot')?.integer('order'),
    ioTune: new Map(
      (disk.child('iotune')?.children() ?? [])
        .filter(({ name }) => name !== 'group_name')
        .map((limit) => [limit.name, limit.asInteger()]),
    ),
  };
}

function readSource(source: ElementReader): DiskSource {
  const attributes = source.attributes();
  return {
    path: attributes['file'] ?? attributes['dev'] ?? attributes['dir'] ?? attributes['path'],
    protocol: attributes['protocol'],
    name: attributes['name'] ?? attributes['volume'],
    hosts: source.all('host').map((host) => ({ name: host.attribute('name'), port: host.integer('port') })),
    attributes,
  };
}

function readBacking(disk: ElementReader): DiskSource[] {
  const chain: DiskSource[] = [];
  for (let store = disk.child('backingStore'); store !== undefined; store = store.child('backingStore')) {
    const source = store.child('source');
    if (source !== undefined) chain.push(readSource(source));
  }
  return chain;
}

export function readFilesystem(filesystem: ElementReader): Filesystem {
  const source = filesystem.child('source');
  return {
    alias: readAlias(filesystem),
    address: readAddress(filesystem),
    type: filesystem.attribute('type') ?? 'mount',
    driver: filesystem.child('driver')?.attribute('type'),
    sourceDir: source?.attribute('dir') ?? source?.attribute('socket'),
    target: filesystem.needChild('target').need('dir'),
    readonly: filesystem.has('readonly'),
  };
}

export function readMemoryDevice(memory: ElementReader): MemoryDevice {
  const source = memory.child('source');
  const target = memory.needChild('target');
  return {
    alias: readAlias(memory),
    address: readAddress(memory),
    model: memory.need('model'),
    access: memory.attribute('access'),
    sourcePath: source?.textOf('path'),
    sourceNodes: source?.child('nodemask')?.asCpuSet(),
    alignSizeKib: source?.child('alignsize')?.kib(),
    pmem: source?.has('pmem') ?? false,
    sizeKib: target.needChild('size').kib(),
    labelSizeKib: target.child('label')?.child('size')?.kib(),
    node: target.integerOf('node'),
    readonly: target.has('readonly'),
  };
}
