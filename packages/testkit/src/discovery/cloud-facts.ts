import type { CpuSet, Secret } from '@whitebox/core';
import type { ComputeNodeRow, PciDeviceRow } from '@whitebox/db';
import type { CpuTopology, NumaCell } from '@whitebox/kernel';
import type { ServiceType } from '@whitebox/openstack';
import type { FlavourName } from '@whitebox/services';
import type { Release } from '../release.js';

/** What discovery asks of one compute; each is read when it is asked for, and once. */
export interface ComputeFacts {
  readonly name: string;
  /** CPU sets as they are in force or said. */
  readonly dedicated: CpuSet;
  readonly shared: CpuSet;
  /** How it is deployed. */
  readonly flavour: FlavourName;
  /** Systemd unit of nova-compute; undefined where a container runtime alone runs it. */
  readonly unit: string | undefined;
  /** Of the container of nova-compute; undefined where it runs in none. */
  readonly containerRuntime: 'docker' | 'podman' | undefined;
  /** The values of an option of nova-compute in force: several of a repeated one, none where it is unset or empty. */
  inForce(section: string, option: string, olderNames?: readonly string[]): readonly string[];
  topology(): Promise<CpuTopology>;
  numaCells(): Promise<readonly NumaCell[]>;
  /** Kinds of firmware that libvirt offers: "efi". */
  firmware(): Promise<readonly string[]>;
  /** Traits of its resource provider. */
  traits(): Promise<readonly string[]>;
}

/** An account of the database server, in the words of `[whitebox-database]`. */
export interface DatabaseAccount {
  readonly address: string;
  readonly user: string;
  readonly password: Secret | undefined;
}

/** What discovery asks of a cloud. */
export interface CloudFacts {
  readonly computes: readonly ComputeFacts[];
  readonly release: Release;
  readonly maxMicroversion: string;
  /** The account with which the databases were opened. */
  readonly database: DatabaseAccount;
  /** Name of the database of the first cell that can have servers. */
  cellDatabaseName(): Promise<string | undefined>;
  pciDevices(): Promise<readonly PciDeviceRow[]>;
  computeNodes(): Promise<readonly Pick<ComputeNodeRow, 'pciPools'>[]>;
  /** Ids of the active images. */
  images(): Promise<readonly string[]>;
  hasService(type: ServiceType): Promise<boolean>;
  /** Whether the catalogue has a service of that type. */
  inCatalogue(type: string): Promise<boolean>;
  /** GB that Cinder could give now, over all its pools; undefined where it cannot tell. */
  freeStorageGb(): Promise<number | undefined>;
  /** `[filter_scheduler] enabled_filters` in force on a control host; empty: the defaults of Nova. */
  schedulerFilters(): Promise<readonly string[]>;
}

/** The computes do not agree on something of which the configuration has one value. */
class DisagreementError extends Error {
  constructor(each: readonly { readonly name: string; readonly value: string }[]) {
    super(`the computes differ: ${each.map(({ name, value }) => `${name}: ${value}`).join('; ')}`);
  }
}

/** The value that all computes have. @throws DisagreementError */
export async function sameOnAll<T>(
  { computes }: CloudFacts,
  read: (compute: ComputeFacts) => T | Promise<T>,
  show: (value: T) => string = String,
): Promise<T | undefined> {
  const each = await Promise.all(
    computes.map(async (compute) => ({ name: compute.name, value: await read(compute) })),
  );
  const [first] = each;
  if (first === undefined) return undefined;
  if (each.every(({ value }) => show(value) === show(first.value))) return first.value;
  throw new DisagreementError(each.map(({ name, value }) => ({ name, value: show(value) })));
}

/** Whether it is so on every compute. */
export async function onEvery(
  { computes }: CloudFacts,
  holds: (compute: ComputeFacts) => boolean | Promise<boolean>,
): Promise<boolean> {
  return (await Promise.all(computes.map(async (compute) => holds(compute)))).every(Boolean);
}
