import type { BlockDeviceRow, InstanceExtra, MigrationRow } from '@whitebox/db';
import type { GuestSnapshot, HostSnapshot } from '@whitebox/invariants';
import { attempt } from './attempt.js';
import type { SourceReading } from './snapshot-sources.js';

/** A server that is looked at. */
export interface KnownGuest {
  readonly id: string;
  readonly name: string;
}

/** What the databases say of these servers: a statement for each table, however many they are. */
export async function readGuestRows(
  reading: SourceReading,
  guests: readonly KnownGuest[],
): Promise<readonly GuestSnapshot[]> {
  if (guests.length === 0) return [];
  const { database } = reading.sources;
  const limits = { signal: reading.signal };
  const uuids = guests.map(({ id }) => id);
  const [instances, extras, requestSpecs, blockDevices, systemMetadata, cells] = await Promise.all([
    attempt(database.instances({ uuids }, limits), reading),
    attempt(database.extras({ uuids }, limits), reading),
    attempt(database.requestSpecs(uuids, limits), reading),
    attempt(database.blockDevicesOf(uuids, limits), reading),
    attempt(database.systemMetadataOf(uuids, limits), reading),
    attempt(database.cellsOf(uuids, limits), reading),
  ]);
  const rows = new Map(instances?.map((row) => [row.uuid, row]));
  const more = new Map(extras?.map((extra) => [extra.instanceUuid, extra]));
  const disks = byServer(blockDevices ?? []);
  return guests.map(({ id, name }) => ({
    uuid: id,
    name,
    instance: instances === undefined ? undefined : (rows.get(id) ?? null),
    extra: extras === undefined ? undefined : (more.get(id) ?? null),
    requestSpec: requestSpecs === undefined ? undefined : (requestSpecs.get(id) ?? null),
    blockDevices: blockDevices === undefined ? undefined : (disks.get(id) ?? []),
    systemMetadata: systemMetadata === undefined ? undefined : (systemMetadata.get(id) ?? new Map()),
    mappedCell: cells === undefined ? undefined : (cells.get(id)?.uuid ?? null),
  }));
}

function byServer(rows: readonly BlockDeviceRow[]): ReadonlyMap<string, readonly BlockDeviceRow[]> {
  const servers = new Map<string, BlockDeviceRow[]>();
  for (const row of rows) {
    const known = servers.get(row.instanceUuid ?? '');
    if (known === undefined) servers.set(row.instanceUuid ?? '', [row]);
    else known.push(row);
  }
  return servers;
}

/** What the databases say of one compute and of all servers on it. */
export async function readHostRows(
  reading: SourceReading,
  host: string,
): Promise<Omit<HostSnapshot, 'name'>> {
  const { database } = reading.sources;
  const limits = { signal: reading.signal };
  const [nodes, services, instances, extras, pciDevices, mappings] = await Promise.all([
    attempt(database.computeNodes({ host }, limits), reading),
    attempt(database.services({ host, binary: 'nova-compute' }, limits), reading),
    attempt(database.instances({ host }, limits), reading),
    attempt(database.extras({ host }, limits), reading),
    attempt(database.pciDevices({ host }, limits), reading),
    attempt(database.hostMappings({ host }, limits), reading),
  ]);
  return {
    computeNode: nodes === undefined ? undefined : (nodes[0] ?? null),
    service: services === undefined ? undefined : (services[0] ?? null),
    instances,
    extras,
    pciDevices,
    mappedCell: mappings === undefined ? undefined : (mappings.get(host)?.uuid ?? null),
  };
}

/** Migrations of these servers and those in progress of these computes; with `instance_extra` of whom the latter move. */
export async function readMigrations(
  reading: SourceReading,
  uuids: readonly string[],
  hosts: readonly string[],
): Promise<{
  readonly rows: readonly MigrationRow[] | undefined;
  readonly extras: Promise<readonly InstanceExtra[] | undefined>;
}> {
  const { database } = reading.sources;
  const limits = { signal: reading.signal };
  const found = await attempt(
    Promise.all([
      ...(uuids.length === 0 ? [] : [database.migrations({ instanceUuids: uuids }, limits)]),
      ...hosts.map((host) => database.migrations({ host, inProgress: true }, limits)),
    ]),
    reading,
  );
  const rows = found && [...new Map(found.flat().map((row) => [`${row.cell.uuid} ${row.id}`, row])).values()];
  const moving = (rows ?? []).flatMap(({ inProgress, instanceUuid }) =>
    inProgress && instanceUuid !== null ? [instanceUuid] : [],
  );
  if (moving.length === 0) return { rows, extras: Promise.resolve(rows === undefined ? undefined : []) };
  return { rows, extras: attempt(database.extras({ uuids: moving }, limits), reading) };
}
