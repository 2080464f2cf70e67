import type { InstanceExtra, MigrationRow } from '@whitebox/db';
import type { GuestSnapshot, HostSnapshot } from '@whitebox/invariants';
import type { CloudSession } from '../session.js';
import { attempt } from './attempt.js';

interface Reading {
  readonly session: CloudSession;
  readonly signal: AbortSignal;
}

const gone = ['WB_NOVA_DB_NO_INSTANCE', 'WB_NOVA_DB_NOT_IN_A_CELL'];

/** What the databases say of one server. */
export async function readGuestRows(
  { session: { database }, signal }: Reading,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<GuestSnapshot> {
  const limits = { signal };
  const none = { codes: gone, value: null };
  const [instances, extras, requestSpec, blockDevices, systemMetadata, cell] = await Promise.all([
    attempt(database.instances({ uuids: [id] }, limits), signal),
    attempt(database.extras({ uuids: [id] }, limits), signal),
    attempt(database.requestSpec(id, limits), signal, { codes: ['WB_NOVA_DB_NO_REQUEST_SPEC'], value: null }),
    attempt(database.blockDevices(id, limits), signal, { codes: gone, value: [] }),
    attempt(database.systemMetadata(id, limits), signal, {
      codes: gone,
      value: new Map<string, string | null>(),
    }),
    attempt(database.cellOf(id, limits), signal, none),
  ]);
  return {
    uuid: id,
    name,
    instance: instances === undefined ? undefined : (instances[0] ?? null),
    extra: extras === undefined ? undefined : (extras[0] ?? null),
    requestSpec,
    blockDevices,
    systemMetadata,
    mappedCell: cell === null ? null : cell?.uuid,
  };
}

/** What the databases say of one compute and of all servers on it. */
export async function readHostRows(
  { session: { database }, signal }: Reading,
  host: string,
): Promise<Omit<HostSnapshot, 'name'>> {
  const limits = { signal };
  const [nodes, services, instances, extras, pciDevices, mappings] = await Promise.all([
    attempt(database.computeNodes({ host }, limits), signal),
    attempt(database.services({ host, binary: 'nova-compute' }, limits), signal),
    attempt(database.instances({ host }, limits), signal),
    attempt(database.extras({ host }, limits), signal),
    attempt(database.pciDevices({ host }, limits), signal),
    attempt(database.hostMappings(limits), signal),
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
  { session: { database }, signal }: Reading,
  uuids: readonly string[],
  hosts: readonly string[],
): Promise<{
  readonly rows: readonly MigrationRow[] | undefined;
  readonly extras: Promise<readonly InstanceExtra[] | undefined>;
}> {
  const limits = { signal };
  const found = await attempt(
    Promise.all([
      ...uuids.map((instanceUuid) => database.migrations({ instanceUuid }, limits)),
      ...hosts.map((host) => database.migrations({ host, inProgress: true }, limits)),
    ]),
    signal,
  );
  const rows = found && [...new Map(found.flat().map((row) => [`${row.cell.uuid} ${row.id}`, row])).values()];
  const moving = (rows ?? []).flatMap(({ inProgress, instanceUuid }) =>
    inProgress && instanceUuid !== null ? [instanceUuid] : [],
  );
  if (moving.length === 0) return { rows, extras: Promise.resolve(rows === undefined ? undefined : []) };
  return { rows, extras: attempt(database.extras({ uuids: moving }, limits), signal) };
}
