import type { InstanceNumaTopology, PciRequest } from '@whitebox/db';
import type { Invariant } from '../invariant.js';
import { inProgress } from '../instances.js';
import { guestRule, hostRule } from '../rule.js';
import { listed } from '../said.js';

/** Hours after which a move is not one that is under way. */
const longHours = 12;

const request: Invariant = guestRule({
  id: 'I40',
  statement:
    'the request spec of a server asks for the flavor, the NUMA shape and the devices that the server has',
  source:
    'nova/compute/api.py, resize and revert_resize; nova/objects/request_spec.py (lp#1983753, lp#1941005)',
  layers: ['database'],
  guest: ['requestSpec', 'extra'],
  check: ({ requestSpec, extra }, _, { violated }) => {
    if (extra === null) return;
    if (requestSpec === null) {
      violated({ point: 'request spec', expected: 'one', found: 'none' });
      return;
    }
    const compare = (point: string, expected: string, found: string): void => {
      if (expected === found) return;
      violated({
        point,
        expected: `${expected} (instance_extra)`,
        found: `${found} (request_specs)`,
        layers: [
          { layer: 'instance_extra', says: expected },
          { layer: 'request_specs', says: found },
        ],
      });
    };
    const flavor = extra.flavors?.current;
    if (flavor !== undefined) compare('flavor', flavor.flavorId, requestSpec.flavor.flavorId);
    const [have, asked] = shapes(extra.numaTopology, requestSpec.numaTopology);
    compare('NUMA topology', have, asked);
    compare('PCI requests', aliases(extra.pciRequests), aliases(requestSpec.pciRequests));
  },
});

/** What both must have alike; a page size that was asked for by word may have become any. */
function shapes(have: InstanceNumaTopology | null, asked: InstanceNumaTopology | null): [string, string] {
  const wish = asked?.cells.some(({ pagesizeWish }) => pagesizeWish !== null) ?? false;
  const shape = (topology: InstanceNumaTopology | null): string => {
    if (topology === null) return 'none';
    const cells = topology.cells.map(
      ({ cpuset, pcpuset, memoryMiB, pagesizeKiB, cpuPolicy, cpuThreadPolicy }) =>
        `${cpuset.size} floating and ${pcpuset.size} dedicated vCPUs, ${memoryMiB} MiB` +
        `${wish || pagesizeKiB === null ? '' : ` in ${pagesizeKiB} KiB`}, ${cpuPolicy ?? 'shared'}, ${cpuThreadPolicy ?? 'any threads'}`,
    );
    return `${cells.join('; ')}; emulator threads ${topology.emulatorThreadsPolicy ?? 'anywhere'}`;
  };
  return [shape(have), shape(asked)];
}

/** Devices of ports are not in every request spec. */
function aliases(requests: readonly PciRequest[]): string {
  return listed(
    requests.flatMap(({ aliasName, count }) => (aliasName === null ? [] : [`${count} ${aliasName}`])).sort(),
  );
}

const objects: Invariant = guestRule({
  id: 'I41',
  statement:
    'dedicated vCPUs are in objects of a version that has them, and only a server that moves has a migration context',
  source:
    'nova/objects/instance_numa.py and request_spec.py (lp#1952941); nova/objects/instance.py, drop_migration_context',
  layers: ['database'],
  guest: ['extra', 'requestSpec'],
  check: ({ uuid, instance, extra, requestSpec }, _, { snapshot, violated }) => {
    const topologies = [
      ['instance_extra', extra?.numaTopology],
      ['request_specs', requestSpec?.numaTopology],
    ] as const;
    for (const [table, topology] of topologies) {
      for (const [index, { pcpuset, version }] of (topology?.cells ?? []).entries()) {
        const [major = 0, minor = 0] = version.split('.').map(Number);
        if (pcpuset.isEmpty || major > 1 || minor >= 5) continue;
        violated({
          point: `cell ${index} of ${table}`,
          expected: 'version 1.5 or newer, as it has dedicated vCPUs',
          found: version,
        });
      }
    }
    const moving = instance?.vmState === 'resized' || inProgress(uuid, snapshot.migrations ?? []).length > 0;
    const context = extra?.migrationContext ?? null;
    if (context !== null && !moving)
      violated({
        point: 'migration context',
        expected: 'none, as nothing is under way',
        found: `that of migration ${context.migrationId}`,
      });
  },
});

const migrations: Invariant = hostRule({
  id: 'I42',
  statement:
    'a migration that is finished waits for its server to be confirmed, and none is in progress for ever',
  source: 'nova/compute/manager.py, _confirm_resize and _revert_resize; nova/db/main/api.py',
  transient: true,
  layers: ['database'],
  host: ['instances'],
  migrations: true,
  check: ({ name, instances }, { snapshot, violated }) => {
    for (const migration of snapshot.migrations ?? []) {
      const { id, instanceUuid, status, createdAt, destCompute, sourceCompute } = migration;
      if (!migration.inProgress) continue;
      const instance = instances.find(({ uuid }) => uuid === instanceUuid);
      if (
        status === 'finished' &&
        destCompute === name &&
        instance?.taskState === null &&
        instance.vmState !== 'resized'
      ) {
        violated({
          point: `migration ${id} of ${instanceUuid ?? ''}`,
          expected: 'vm_state resized, as the migration is finished',
          found: instance.vmState ?? '',
        });
      }
      const hours = createdAt === null ? 0 : (snapshot.takenAt.getTime() - createdAt.getTime()) / 3_600_000;
      if (status !== 'finished' && hours > longHours && [sourceCompute, destCompute].includes(name)) {
        violated({
          point: `migration ${id} of ${instanceUuid ?? ''}`,
          expected: `over within ${longHours} hours`,
          found: `${status ?? ''} since ${hours.toFixed(0)} hours`,
        });
      }
    }
  },
});

export const requests: readonly Invariant[] = [request, objects, migrations];
