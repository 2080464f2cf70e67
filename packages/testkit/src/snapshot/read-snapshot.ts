import type { InstanceRow } from '@whitebox/db';
import type { GuestSnapshot, HostSnapshot, Snapshot } from '@whitebox/invariants';
import type { Reading } from './attempt.js';
import { readAttachments } from './read-attachments.js';
import { readGuestRows, readHostRows, readMigrations, type KnownGuest } from './read-database.js';
import { hostConfig } from './host-config.js';
import { readHost, type ReadHost } from './read-host.js';
import { readAllocations, readProviders } from './read-placement.js';
import { readKeys } from './read-keys.js';
import { readPorts } from './read-ports.js';
import type { SnapshotSources } from './snapshot-sources.js';

/** What is looked at. */
export interface Scope {
  readonly guests: readonly KnownGuest[];
  /** Names of computes. */
  readonly hosts: readonly string[];
}

/**
 * Reads what every layer says of these guests and hosts, each layer once and all at the same time. What cannot be read (a
 * host that is down, a libvirt that is stopped) is undefined in the snapshot.
 */
export async function readSnapshot(
  sources: SnapshotSources,
  scope: Scope,
  signal: AbortSignal,
  trouble?: Reading['trouble'],
): Promise<Snapshot> {
  const takenAt = new Date();
  const reading = { sources, signal, trouble };
  const rows = readGuestRows(reading, scope.guests);
  const hostRows = Promise.all(scope.hosts.map((host) => readHostRows(reading, host)));
  const uuids = scope.guests.map(({ id }) => id);
  const computes = scope.hosts.map((name) => sources.compute(name));
  const hosts = Promise.all(
    computes.map(async (compute) => (compute === undefined ? undefined : readHost(compute, uuids, reading))),
  );
  const providers = hostRows.then((all) =>
    Promise.all(all.map(({ computeNode }) => readProviders(reading, computeNode))),
  );
  const allocations = Promise.all(uuids.map((uuid) => readAllocations(reading, uuid)));
  const ports = readPorts(reading, uuids);
  const attachments = rows.then((all) => Promise.all(all.map((guest) => readAttachments(reading, guest))));
  const keys = rows.then((all) => Promise.all(all.map((guest) => readKeys(reading, guest))));
  const migrations = readMigrations(reading, uuids, scope.hosts);
  const [readRows, readHostsRows, readHosts, readTrees, readShares, portsOf, volumes, secrets, moves] =
    await Promise.all([rows, hostRows, hosts, providers, allocations, ports, attachments, keys, migrations]);
  const extras = await moves.extras;
  return {
    takenAt,
    novaVersions: sources.release.majorVersions,
    migrations: moves.rows,
    hosts: scope.hosts.map((name, index): HostSnapshot => {
      const host = readHosts[index];
      const of = readHostsRows[index];
      const compute = computes[index];
      return {
        name,
        ...of,
        cpus: host?.cpus,
        numaCells: host?.numaCells,
        domains: host?.domains,
        secrets: host?.secrets,
        pciFunctions: host?.pciFunctions,
        configFiles: host?.configFiles,
        extras: of?.extras === undefined || extras === undefined ? undefined : [...of.extras, ...extras],
        providers: readTrees[index],
        config: compute === undefined ? undefined : hostConfig(compute),
      };
    }),
    guests: readRows.map((guest, index): GuestSnapshot => {
      const at = scope.hosts.indexOf(hostOf(guest.instance));
      return {
        ...guest,
        allocations: readShares[index],
        ports: portsOf?.get(guest.uuid),
        attachments: volumes[index],
        keys: secrets[index],
        ...processOf(guest.uuid, readHosts[at]),
      };
    }),
  };
}

function hostOf(instance: InstanceRow | null | undefined): string {
  return instance?.host ?? '';
}

function processOf(
  uuid: string,
  host: ReadHost | undefined,
): Pick<GuestSnapshot, 'live' | 'inactive' | 'threads' | 'memory' | 'files'> {
  return host?.guests.get(uuid) ?? {};
}
