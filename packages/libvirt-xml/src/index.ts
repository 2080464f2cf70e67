export { CpuSet, CpuSetError, type CpuSetDialect } from '@whitebox/core';
export { parseCapabilities } from './capabilities.js';
export type {
  Capabilities,
  GuestCapabilities,
  HostCapabilities,
  HostCell,
  HostCellCpu,
  HostCpu,
  Machine,
} from './capabilities.js';
export type { DeviceAddress, DeviceCommon } from './device-address.js';
export type { Disk, DiskEncryption, DiskSource, Filesystem, MemoryDevice } from './device-disk.js';
export type { Hostdev, NetworkInterface, VirtualPort } from './device-network.js';
export type {
  CharacterDevice,
  Controller,
  Graphics,
  Input,
  Iommu,
  Rng,
  SecLabel,
  Tpm,
  Video,
  Watchdog,
} from './device-other.js';
export type { Clock, DomainFeatures, DomainOs, LaunchSecurity, Loader, Timer } from './domain-boot.js';
export type { CpuTopology, CpuTune, DomainCpu, GuestNumaCell, Scheduling, Vcpus } from './domain-cpu.js';
export { parseDomainCapabilities, type DomainCapabilities } from './domain-capabilities.js';
export type { DomainDevices } from './domain-devices.js';
export type { Hugepages, MemoryBacking, NumaPlacement, NumaTune } from './domain-memory.js';
export { parseDomain, type Domain } from './domain.js';
export { xmlEngine, type XmlEngineName } from './engine-choice.js';
export { VirshError, XmlError } from './errors.js';
export type { NovaFlavor, NovaImage, NovaMetadata, NovaOwner, NovaPort } from './nova-metadata.js';
export { parseSecret, type Secret, type SecretUsage } from './secret.js';
export { parseBlockList, parseSecretList, parseVirshTable, parseVolumeList } from './virsh-table.js';
export type { BlockDevice, SecretSummary, VirshRow, Volume } from './virsh-table.js';
export {
  Virsh,
  type DomainState,
  type DomainSummary,
  type DomainXmlOptions,
  type PinOptions,
  type VirshOptions,
  type VirshVersion,
} from './virsh.js';
export { XmlDocument, type XmlOptions } from './xml-document.js';
export type { ParsedXml, XmlEngine, XPathResult } from './xml-engine.js';
export type { XmlAttribute, XmlElement, XmlNamespaces, XmlNode, XmlText } from './xml-node.js';
