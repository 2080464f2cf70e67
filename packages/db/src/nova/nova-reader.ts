import type { Limits } from '@whitebox/core';
import type { Cell } from './cell.js';
import type { InstanceExtra } from './instance-extra.js';
import type { InstanceNumaTopology } from './instance-numa-topology.js';
import type { RequestSpec } from './request-spec.js';
import type { BlockDeviceRow } from './rows/block-device.js';
import type { ComputeNodeRow } from './rows/compute-node.js';
import type { InstanceRow } from './rows/instance.js';
import type { MigrationRow } from './rows/migration.js';
import type { PciDeviceRow } from './rows/pci-device.js';
import type { ServiceRow } from './rows/service.js';

/** Fields that are given have to match, all of them. */
export interface InstanceFilter {
  readonly uuids?: Iterable<string> | undefined;
  readonly host?: string | undefined;
  /** On some host, but on none of these. */
  readonly notOn?: Iterable<string> | undefined;
  readonly node?: string | undefined;
  readonly projectId?: string | undefined;
}

export interface ComputeNodeFilter {
  readonly host?: string | undefined;
  /** `hypervisor_hostname` */
  readonly node?: string | undefined;
}

export interface PciDeviceFilter {
  readonly instanceUuid?: string | undefined;
  /** Devices of the compute nodes of this host. */
  readonly host?: string | undefined;
}

export interface MigrationFilter {
  readonly instanceUuid?: string | undefined;
  readonly instanceUuids?: Iterable<string> | undefined;
  /** The host that it comes from or goes to. */
  readonly host?: string | undefined;
  /** `migration`, `resize`, `live-migration` or `evacuation`. */
  readonly type?: string | undefined;
  readonly inProgress?: boolean | undefined;
  /** Only rows made after the one with this id, of the same cell. */
  readonly afterId?: number | undefined;
}

export interface HostMappingFilter {
  readonly host?: string | undefined;
}

export interface ServiceFilter {
  readonly host?: string | undefined;
  readonly binary?: string | undefined;
}

/**
 * What Nova's databases say, over all cells, cell0 and disabled ones included; deleted rows are left out. Rows come in
 * the order in which they were made, within each cell. What consumers should ask for, so that they can be tested
 * without a database.
 */
export interface NovaReader {
  cells(limits?: Limits): Promise<readonly Cell[]>;

  /** @throws NovaDataError `WB_NOVA_DB_NO_INSTANCE`, `WB_NOVA_DB_NOT_IN_A_CELL` while it is being scheduled */
  cellOf(instanceUuid: string, limits?: Limits): Promise<Cell>;

  /** @throws NovaDataError `WB_NOVA_DB_NO_INSTANCE`, also for a deleted one, `WB_NOVA_DB_NOT_IN_A_CELL` */
  instance(uuid: string, limits?: Limits): Promise<InstanceRow>;

  instances(filter?: InstanceFilter, limits?: Limits): Promise<readonly InstanceRow[]>;

  /** All of `instance_extra` decoded. @throws as {@link instance} */
  extra(instanceUuid: string, limits?: Limits): Promise<InstanceExtra>;

  extras(filter?: InstanceFilter, limits?: Limits): Promise<readonly InstanceExtra[]>;

  /** Null for a server without NUMA. @throws as {@link instance} */
  numaTopology(instanceUuid: string, limits?: Limits): Promise<InstanceNumaTopology | null>;

  /** @throws NovaDataError `WB_NOVA_DB_NO_REQUEST_SPEC` */
  requestSpec(instanceUuid: string, limits?: Limits): Promise<RequestSpec>;

  /** What the server has in `instance_system_metadata`: `vtpm_secret_uuid`, `image_...`. @throws as {@link instance} */
  systemMetadata(instanceUuid: string, limits?: Limits): Promise<ReadonlyMap<string, string | null>>;

  blockDevices(instanceUuid: string, limits?: Limits): Promise<readonly BlockDeviceRow[]>;

  /** Of many servers with one statement; a server without one is left out. */
  requestSpecs(instanceUuids: Iterable<string>, limits?: Limits): Promise<ReadonlyMap<string, RequestSpec>>;

  /** Of many servers with one statement for each cell; a server without any is left out. */
  systemMetadataOf(
    instanceUuids: Iterable<string>,
    limits?: Limits,
  ): Promise<ReadonlyMap<string, ReadonlyMap<string, string | null>>>;

  /** The disks of many servers, with one statement for each cell. */
  blockDevicesOf(instanceUuids: Iterable<string>, limits?: Limits): Promise<readonly BlockDeviceRow[]>;

  /** The cells of many servers from `instance_mappings`; one without a mapping, or without a cell yet, is left out. */
  cellsOf(instanceUuids: Iterable<string>, limits?: Limits): Promise<ReadonlyMap<string, Cell>>;

  computeNodes(filter?: ComputeNodeFilter, limits?: Limits): Promise<readonly ComputeNodeRow[]>;

  pciDevices(filter?: PciDeviceFilter, limits?: Limits): Promise<readonly PciDeviceRow[]>;

  migrations(filter?: MigrationFilter, limits?: Limits): Promise<readonly MigrationRow[]>;

  services(filter?: ServiceFilter, limits?: Limits): Promise<readonly ServiceRow[]>;

  /** Compute host to cell, from `host_mappings`. */
  hostMappings(filter?: HostMappingFilter, limits?: Limits): Promise<ReadonlyMap<string, Cell>>;
}
