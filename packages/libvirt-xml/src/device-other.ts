import { readAddress, readAlias, type DeviceCommon } from './device-address.js';
import type { ElementReader } from './element-reader.js';

export interface Controller extends DeviceCommon {
  /** pci, usb, scsi, virtio-serial, sata, ... */
  readonly type: string;
  readonly index: number | undefined;
  /** pcie-root-port, virtio-scsi, ... */
  readonly model: string | undefined;
  /** Attributes of `<driver>`: queues, iothread, iommu, ... */
  readonly driver: Readonly<Record<string, string>>;
  /** NUMA node of the guest that an expander bus belongs to. */
  readonly numaNode: number | undefined;
}

export interface Video extends DeviceCommon {
  /** virtio, qxl, vga, cirrus, none, ... */
  readonly model: string;
  readonly vramKib: number | undefined;
  readonly heads: number | undefined;
}

export interface Watchdog extends DeviceCommon {
  readonly model: string;
  /** reset, poweroff, pause, none, ... */
  readonly action: string;
}

export interface Tpm extends DeviceCommon {
  /** tpm-tis, tpm-crb, ... */
  readonly model: string | undefined;
  /** emulator, passthrough or external. */
  readonly backend: string;
  /** 1.2 or 2.0. */
  readonly version: string | undefined;
  /** UUID of the libvirt secret with which its state is encrypted. */
  readonly secretUuid: string | undefined;
  readonly persistentState: boolean | undefined;
}

export interface Rng extends DeviceCommon {
  readonly model: string;
  /** random, egd or builtin. */
  readonly backend: string;
  /** File for backend random. */
  readonly path: string | undefined;
  readonly rate: { readonly bytes: number; readonly periodMs: number | undefined } | undefined;
}

export interface Iommu extends DeviceCommon {
  /** intel, smmuv3, virtio, amd. */
  readonly model: string;
  /** Attributes of `<driver>`: intremap, caching_mode, eim, iotlb, aw_bits, ... */
  readonly driver: Readonly<Record<string, string>>;
}

export interface Input extends DeviceCommon {
  readonly type: string;
  readonly bus: string | undefined;
}

/** `<serial>`, `<console>`, `<channel>`, `<parallel>` */
export interface CharacterDevice extends DeviceCommon {
  /** pty, file, tcp, unix, spicevmc, ... */
  readonly type: string;
  /** Attributes of `<source>`: path, mode, host, service, ... */
  readonly source: Readonly<Record<string, string>>;
  readonly targetType: string | undefined;
  readonly targetPort: number | undefined;
  /** Name of a channel: org.qemu.guest_agent.0 */
  readonly targetName: string | undefined;
  readonly logFile: string | undefined;
}

export interface Graphics {
  /** vnc, spice, egl-headless, ... */
  readonly type: string;
  /** -1: chosen when the domain starts. */
  readonly port: number | undefined;
  readonly autoport: boolean | undefined;
  readonly listen: string | undefined;
}

/** `<seclabel>` of the domain. */
export interface SecLabel {
  /** dynamic, static or none. */
  readonly type: string | undefined;
  /** selinux, apparmor, dac. */
  readonly model: string | undefined;
  readonly relabel: boolean | undefined;
  readonly label: string | undefined;
  readonly imageLabel: string | undefined;
}

export function readController(controller: ElementReader): Controller {
  return {
    alias: readAlias(controller),
    address: readAddress(controller),
    type: controller.need('type'),
    index: controller.integer('index'),
    model: controller.attribute('model'),
    driver: controller.child('driver')?.attributes() ?? {},
    numaNode: controller.child('target')?.integerOf('node'),
  };
}

export function readVideo(video: ElementReader): Video {
  const model = video.needChild('model');
  return {
    alias: readAlias(video),
    address: readAddress(video),
    model: model.need('type'),
    vramKib: model.integer('vram'),
    heads: model.integer('heads'),
  };
}

export function readWatchdog(watchdog: ElementReader): Watchdog {
  // reset is what libvirt takes when nothing is said (virDomainWatchdogDefParseXML, src/conf/domain_conf.c).
  return {
    alias: readAlias(watchdog),
    address: readAddress(watchdog),
    model: watchdog.need('model'),
    action: watchdog.attribute('action') ?? 'reset',
  };
}

export function readTpm(tpm: ElementReader): Tpm {
  const backend = tpm.needChild('backend');
  return {
    alias: readAlias(tpm),
    address: readAddress(tpm),
    model: tpm.attribute('model'),
    backend: backend.need('type'),
    version: backend.attribute('version'),
    secretUuid: backend.child('encryption')?.attribute('secret'),
    persistentState: backend.flag('persistent_state'),
  };
}

export function readRng(rng: ElementReader): Rng {
  const backend = rng.needChild('backend');
  const rate = rng.child('rate');
  return {
    alias: readAlias(rng),
    address: readAddress(rng),
    model: rng.need('model'),
    backend: backend.need('model'),
    path: backend.text === '' ? undefined : backend.text,
    rate: rate && { bytes: rate.needInteger('bytes'), periodMs: rate.integer('period') },
  };
}

export function readIommu(iommu: ElementReader): Iommu {
  return {
    alias: readAlias(iommu),
    address: readAddress(iommu),
    model: iommu.need('model'),
    driver: iommu.child('driver')?.attributes() ?? {},
  };
}

export function readInput(input: ElementReader): Input {
  return {
    alias: readAlias(input),
    address: readAddress(input),
    type: input.need('type'),
    bus: input.attribute('bus'),
  };
}

export function readCharacterDevice(device: ElementReader): CharacterDevice {
  const target = device.child('target');
  return {
    alias: readAlias(device),
    address: readAddress(device),
    type: device.need('type'),
    source: device.child('source')?.attributes() ?? {},
    targetType: target?.attribute('type'),
    targetPort: target?.integer('port'),
    targetName: target?.attribute('name'),
    logFile: device.child('log')?.attribute('file'),
  };
}

export function readGraphics(graphics: ElementReader): Graphics {
  return {
    type: graphics.need('type'),
    port: graphics.integer('port'),
    autoport: graphics.flag('autoport'),
    listen: graphics.attribute('listen') ?? graphics.child('listen')?.attribute('address'),
  };
}

export function readSecLabel(label: ElementReader): SecLabel {
  return {
    type: label.attribute('type'),
    model: label.attribute('model'),
    relabel: label.flag('relabel'),
    label: label.textOf('label'),
    imageLabel: label.textOf('imagelabel'),
  };
}
