import { readClock, readFeatures, readLaunchSecurity, readOs } from './domain-boot.js';
import type { Clock, DomainFeatures, DomainOs, LaunchSecurity } from './domain-boot.js';
import { readCpu, readCpuTune, readVcpus, type CpuTune, type DomainCpu, type Vcpus } from './domain-cpu.js';
import { readDevices, type DomainDevices } from './domain-devices.js';
import { readMemoryBacking, readNumaTune, type MemoryBacking, type NumaTune } from './domain-memory.js';
import { readSecLabel, type SecLabel } from './device-other.js';
import type { ElementReader } from './element-reader.js';
import { readNovaMetadata, type NovaMetadata } from './nova-metadata.js';
import { openDocument } from './open-document.js';
import type { XmlOptions } from './xml-document.js';

/**
 * A libvirt domain: https://libvirt.org/formatdomain.html. Plain values; undefined stands for what the XML does not
 * say, so that "not said" and "said to be the default" can be told apart. Sizes of memory are in KiB.
 */
export interface Domain {
  /** kvm, qemu, ... */
  readonly type: string;
  /** Of a running domain. */
  readonly id: number | undefined;
  readonly uuid: string;
  /** instance-0000002a */
  readonly name: string;
  readonly title: string | undefined;
  readonly description: string | undefined;
  readonly memoryKib: number;
  readonly currentMemoryKib: number;
  /** Up to which memory modules can be plugged in. */
  readonly maxMemoryKib: number | undefined;
  readonly vcpus: Vcpus;
  /** Number of IOThreads. */
  readonly ioThreads: number;
  /** Their ids, which pins and disks name: 1 and up, unless `<iothreadids>` says otherwise. */
  readonly ioThreadIds: readonly number[];
  readonly cpuTune: CpuTune;
  readonly numaTune: NumaTune | undefined;
  readonly memoryBacking: MemoryBacking;
  readonly cpu: DomainCpu | undefined;
  readonly os: DomainOs;
  readonly features: DomainFeatures;
  readonly clock: Clock | undefined;
  readonly launchSecurity: LaunchSecurity | undefined;
  readonly devices: DomainDevices;
  readonly secLabels: readonly SecLabel[];
  /** What Nova noted about the server; undefined for a domain that is not Nova's. */
  readonly nova: NovaMetadata | undefined;
}

const MAX_IO_THREADS = 10_000;

/**
 * @param xml what `virsh dumpxml` prints
 * @throws XmlError; the codes are listed there
 */
export function parseDomain(xml: string | Uint8Array, options: XmlOptions = {}): Domain {
  const domain = openDocument(xml, 'domain', options);
  const ioThreadIds = readIoThreadIds(domain);
  const memoryKib = domain.needChild('memory').kib();
  return {
    type: domain.need('type'),
    id: domain.integer('id'),
    uuid: domain.needText('uuid').toLowerCase(),
    name: domain.needText('name'),
    title: domain.textOf('title'),
    description: domain.textOf('description'),
    memoryKib,
    currentMemoryKib: domain.child('currentMemory')?.kib() ?? memoryKib,
    maxMemoryKib: domain.child('maxMemory')?.kib(),
    vcpus: readVcpus(domain),
    ioThreads: ioThreadIds.length,
    ioThreadIds,
    cpuTune: readCpuTune(domain),
    numaTune: readNumaTune(domain),
    memoryBacking: readMemoryBacking(domain),
    cpu: readCpu(domain),
    os: readOs(domain),
    features: readFeatures(domain),
    clock: readClock(domain),
    launchSecurity: readLaunchSecurity(domain),
    devices: readDevices(domain),
    secLabels: domain.all('seclabel').map(readSecLabel),
    nova: readNovaMetadata(domain),
  };
}

/** As virDomainIOThreadIDArrayInit of libvirt's src/conf/domain_conf.c: the lowest free ids fill up what is not named. */
function readIoThreadIds(domain: ElementReader): number[] {
  const named = (domain.child('iothreadids')?.all('iothread') ?? []).map((thread) =>
    thread.needInteger('id'),
  );
  const ids = new Set(named);
  const count = domain.integerOf('iothreads') ?? ids.size;
  if (count > MAX_IO_THREADS) domain.fail('domain/iothreads', `${count} are more than any guest has`);
  for (let id = 1; ids.size < count; id++) ids.add(id);
  return [...ids].sort((a, b) => a - b);
}
