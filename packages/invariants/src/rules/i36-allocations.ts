import type { InstanceExtra } from '@whitebox/db';
import { guestRule } from '../rule.js';
import { listed, sum } from '../said.js';
import type { GuestSnapshot, Snapshot } from '../snapshot.js';
import { dedicatedVcpus, eitherSide } from '../topology.js';
import { inProgress } from '../instances.js';
import { rootOf, amountsOf } from '../placement-tree.js';

/** The classes whose amounts follow from flavor and topology alone. */
const classes = ['VCPU', 'PCPU', 'MEMORY_MB', 'DISK_GB'];

export const i36 = guestRule({
  id: 'I36',
  statement: 'Placement allocates to a server what its flavor asks for, all of it of its host',
  source: 'nova/scheduler/utils.py, ResourceRequest; nova/conductor/manager.py',
  transience: 'transient',
  confidence: 'certain',
  remedy:
    'nova-manage placement heal_allocations --instance SERVER --dry-run, then with --force where amounts are wrong',
  reads: ['Placement', 'database'],
  guest: ['extra', 'allocations', 'blockDevices'],
  host: ['providers'],
  applies: ({ extra }) => extra?.flavors != null,
  check: (guest, { name, providers }, { snapshot, violated }) => {
    const { extra, allocations } = guest;
    if (extra === null) return;
    const mine = new Set(providers.map(({ id }) => id));
    const shared = ({ resources }: (typeof allocations)[number]): boolean =>
      Object.keys(resources).every((resource) => resource === 'DISK_GB');
    for (const { providerId, resources } of allocations) {
      if (mine.has(providerId) || (shared({ providerId, resources }) && !ofAnyHost(providerId, snapshot)))
        continue;
      if (evacuatedFrom(guest, providerId, snapshot)) continue;
      violated({
        point: `allocation of ${nameOf(providerId, snapshot)}`,
        expected: `none, as it is on ${name}`,
        found: amountsOf(resources),
      });
    }
    const local = allocations.filter(
      ({ providerId }) => mine.has(providerId) || !ofAnyHost(providerId, snapshot),
    );
    const hasPcpus = rootOf({ providers })?.inventories['PCPU'] !== undefined;
    const expected = expectedResources(extra, { bootsFromVolume: bootsFromVolume(guest), hasPcpus });
    for (const resource of classes) {
      const found = sum(local.map(({ resources }) => resources[resource] ?? 0));
      const wanted = expected[resource] ?? 0;
      if (found === wanted) continue;
      violated({
        point: resource,
        expected: `${wanted} (flavor)`,
        found: `${found} (Placement)`,
        layers: [
          { layer: 'flavor', says: amountsOf(expected) },
          { layer: 'Placement', says: listed(local.map(({ resources }) => amountsOf(resources))) },
        ],
      });
    }
  },
  inFlight: ({ uuid, extra, blockDevices, instance }, { name, providers }, { snapshot, violated }) => {
    if (extra === null) return;
    const options = {
      bootsFromVolume: bootsFromVolume({ uuid, name, instance, blockDevices }),
      hasPcpus: rootOf({ providers })?.inventories['PCPU'] !== undefined,
    };
    const wanted = either(extra).map((side) => expectedResources(side, options));
    const consumers = [uuid, ...inProgress(uuid, snapshot.migrations ?? []).map((each) => each.uuid)];
    const held = consumers.map((consumer) => {
      const mine = providers.map(({ allocations }) => allocations[consumer ?? ''] ?? {});
      return Object.fromEntries(
        classes.map((resource) => [resource, sum(mine.map((of) => of[resource] ?? 0))] as const),
      );
    });
    const fits = (has: Readonly<Record<string, number>>): boolean =>
      wanted.some((side) => classes.every((resource) => has[resource] === (side[resource] ?? 0)));
    if (held.some(fits)) return;
    const some = held.map((has) =>
      Object.fromEntries(Object.entries(has).filter(([, amount]) => amount > 0)),
    );
    violated({
      point: `allocation of ${name}`,
      expected: `${[...new Set(wanted.map(amountsOf))].join(' or ')} (flavor) of the server or its migration`,
      found: `${listed(some.flatMap((has) => (Object.keys(has).length === 0 ? [] : [amountsOf(has)])))} (Placement)`,
    });
  },
});

/** What a resize comes from and goes to; each flavor with each topology, as they are not written at once. */
function either(extra: InstanceExtra): readonly InstanceExtra[] {
  const { flavors } = extra;
  if (flavors === null) return [];
  return [flavors.current, flavors.old, flavors.new].flatMap((current) =>
    current === null
      ? []
      : eitherSide(extra).map((numaTopology) => ({
          ...extra,
          numaTopology,
          flavors: { ...flavors, current },
        })),
  );
}

/** _translate_pinning_policies and from_request_spec of nova/scheduler/utils.py. */
export function expectedResources(
  { flavors, numaTopology }: InstanceExtra,
  { bootsFromVolume, hasPcpus }: { readonly bootsFromVolume: boolean; readonly hasPcpus: boolean },
): Readonly<Record<string, number>> {
  const flavor = flavors?.current;
  if (flavor === undefined) return {};
  const dedicated = numaTopology === null ? 0 : dedicatedVcpus(numaTopology).size;
  const isolated = dedicated > 0 && numaTopology?.emulatorThreadsPolicy === 'isolate' ? 1 : 0;
  const resources: Record<string, number> = {
    VCPU: hasPcpus ? flavor.vcpus - dedicated : flavor.vcpus + isolated,
    PCPU: hasPcpus ? dedicated + isolated : 0,
    MEMORY_MB: flavor.memoryMiB,
    DISK_GB: (bootsFromVolume ? 0 : flavor.rootGiB) + flavor.ephemeralGiB + Math.ceil(flavor.swapMiB / 1024),
  };
  for (const [spec, value] of Object.entries(flavor.extraSpecs)) {
    const name = /^resources:(.+)$/.exec(spec)?.[1];
    if (name !== undefined) resources[name] = Number(value);
  }
  return Object.fromEntries(Object.entries(resources).filter(([, amount]) => amount !== 0));
}

function bootsFromVolume({ instance, blockDevices = [] }: GuestSnapshot): boolean {
  const root = blockDevices.find(({ bootIndex }) => bootIndex === 0);
  if (root !== undefined) return root.destinationType === 'volume';
  return (instance?.imageRef ?? '') === '';
}

function ofAnyHost(providerId: string, { hosts }: Snapshot): boolean {
  return hosts.some(({ providers = [] }) => providers.some(({ id }) => id === providerId));
}

function nameOf(providerId: string, { hosts }: Snapshot): string {
  const found = hosts.flatMap(({ providers = [] }) => providers).find(({ id }) => id === providerId);
  return found?.name ?? `provider ${providerId}`;
}

/** A host that was evacuated gives back its allocations when its nova-compute returns. */
function evacuatedFrom(
  { uuid }: GuestSnapshot,
  providerId: string,
  { hosts, migrations = [] }: Snapshot,
): boolean {
  return migrations.some(
    ({ instanceUuid, type, status, sourceCompute }) =>
      instanceUuid === uuid &&
      type === 'evacuation' &&
      status !== 'completed' &&
      hosts.some(
        ({ name, providers = [] }) => name === sourceCompute && providers.some(({ id }) => id === providerId),
      ),
  );
}
