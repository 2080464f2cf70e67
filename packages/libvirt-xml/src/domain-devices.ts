import { readDisk, readFilesystem, readMemoryDevice } from './device-disk.js';
import type { Disk, Filesystem, MemoryDevice } from './device-disk.js';
import { readHostdev, readInterface, type Hostdev, type NetworkInterface } from './device-network.js';
import {
  readCharacterDevice,
  readController,
  readGraphics,
  readInput,
  readIommu,
  readRng,
  readTpm,
  readVideo,
  readWatchdog,
} from './device-other.js';
import type {
  CharacterDevice,
  Controller,
  Graphics,
  Input,
  Iommu,
  Rng,
  Tpm,
  Video,
  Watchdog,
} from './device-other.js';
import type { ElementReader } from './element-reader.js';

/** `<devices>` by kind, each in the order of the XML. What is not here can be had by XPath. */
export interface DomainDevices {
  readonly emulator: string | undefined;
  readonly disks: readonly Disk[];
  readonly filesystems: readonly Filesystem[];
  readonly interfaces: readonly NetworkInterface[];
  readonly hostdevs: readonly Hostdev[];
  readonly controllers: readonly Controller[];
  readonly memory: readonly MemoryDevice[];
  readonly videos: readonly Video[];
  readonly graphics: readonly Graphics[];
  readonly watchdogs: readonly Watchdog[];
  readonly tpms: readonly Tpm[];
  readonly rngs: readonly Rng[];
  readonly iommus: readonly Iommu[];
  readonly inputs: readonly Input[];
  readonly serials: readonly CharacterDevice[];
  readonly consoles: readonly CharacterDevice[];
  readonly channels: readonly CharacterDevice[];
  /** Models of sound cards. */
  readonly sounds: readonly string[];
  /** virtio, none, ...; undefined when nothing is said. */
  readonly memballoon: string | undefined;
  /** Context id of the vsock device. */
  readonly vsockCid: number | undefined;
}

export function readDevices(domain: ElementReader): DomainDevices {
  const devices = domain.needChild('devices');
  const read = <T>(name: string, one: (element: ElementReader) => T): T[] => devices.all(name).map(one);
  return {
    emulator: devices.textOf('emulator'),
    disks: read('disk', readDisk),
    filesystems: read('filesystem', readFilesystem),
    interfaces: read('interface', readInterface),
    hostdevs: read('hostdev', readHostdev),
    controllers: read('controller', readController),
    memory: read('memory', readMemoryDevice),
    videos: read('video', readVideo),
    graphics: read('graphics', readGraphics),
    watchdogs: read('watchdog', readWatchdog),
    tpms: read('tpm', readTpm),
    rngs: read('rng', readRng),
    iommus: read('iommu', readIommu),
    inputs: read('input', readInput),
    serials: read('serial', readCharacterDevice),
    consoles: read('console', readCharacterDevice),
    channels: read('channel', readCharacterDevice),
    sounds: read('sound', (sound) => sound.need('model')),
    memballoon: devices.child('memballoon')?.need('model'),
    vsockCid: devices.child('vsock')?.child('cid')?.integer('address'),
  };
}
