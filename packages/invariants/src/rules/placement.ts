import type { InstanceExtra } from '@whitebox/db';
import type { Invariant } from '../invariant.js';
import { guestRule, hostRule } from '../rule.js';
import { listed, show, sum } from '../said.js';
import type { GuestSnapshot, Provider, Snapshot } from '../snapshot.js';
import { dedicatedVcpus } from '../topology.js';

/** The classes whose amounts follow from flavor and topology alone. */
const classes = ['VCPU', 'PCPU', 'MEMORY_MB', 'DISK_GB'];

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

function rootOf({ providers }: { readonly providers: readonly Provider[] }): Provider | undefined {
  return providers.find(({ parentId }) => parentId === null);
}

const amounts: Invariant = guestRule({
  id: 'I36',
  statement: 'Placement allocates to a server what its flavor asks for, all of it of its host',
  source: 'nova/scheduler/utils.py, ResourceRequest; nova/conductor/manager.py',
  transient: true,
  layers: ['Placement', 'database'],
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
});

function amountsOf(resources: Readonly<Record<string, number>>): string {
  return listed(Object.entries(resources).map(([name, amount]) => `${name} ${amount}`));
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

const consumers: Invariant = hostRule({
  id: 'I37',
  statement: 'whoever has an allocation of a compute is a server on it or a migration from or to it',
  source: 'nova/compute/resource_tracker.py, _remove_deleted_instances_allocations',
  transient: true,
  layers: ['Placement', 'database'],
  host: ['providers', 'instances'],
  migrations: true,
  check: ({ name, providers, instances }, { snapshot, violated }) => {
    const known = new Set(instances.map(({ uuid }) => uuid));
    for (const {
      uuid,
      instanceUuid,
      inProgress,
      type,
      status,
      sourceCompute,
      destCompute,
    } of snapshot.migrations ?? []) {
      if (![sourceCompute, destCompute].includes(name)) continue;
      if (!inProgress && !(type === 'evacuation' && status !== 'completed')) continue;
      if (uuid !== null) known.add(uuid);
      // While it is under way the server itself may have allocations on either side; afterwards only where it is.
      if (instanceUuid !== null && status !== 'finished') known.add(instanceUuid);
    }
    for (const provider of providers) {
      for (const [consumer, resources] of Object.entries(provider.allocations)) {
        if (known.has(consumer)) continue;
        violated({
          point: `consumer ${consumer} of ${provider.name}`,
          expected: `a server on ${name}, or a migration`,
          found: `neither, with ${amountsOf(resources)}`,
        });
      }
    }
  },
});

const inventory: Invariant = hostRule({
  id: 'I38',
  statement:
    'the inventory of a compute is its CPU sets, no more of it is used than there is, and a disabled one says so',
  source:
    'nova/virt/libvirt/driver.py, update_provider_tree; nova/compute/manager.py, update_compute_provider_status',
  transient: true,
  layers: ['Placement', 'configuration', 'database'],
  host: ['providers', 'config', 'cpus', 'service'],
  check: ({ providers, config, cpus, service }, { violated }) => {
    const root = rootOf({ providers });
    if (root === undefined) {
      violated({ point: 'root resource provider', expected: 'one', found: 'none' });
      return;
    }
    const { sharedSet, dedicatedSet } = config;
    const floating = sharedSet?.size ?? (dedicatedSet === undefined ? cpus.online.size : 0);
    for (const [resource, expected, set] of [
      ['VCPU', floating, sharedSet],
      ['PCPU', dedicatedSet?.size ?? 0, dedicatedSet],
    ] as const) {
      const found = root.inventories[resource]?.total ?? 0;
      if (found !== expected)
        violated({
          point: `inventory of ${resource}`,
          expected: `${expected} (CPUs ${set === undefined ? 'unset' : show(set)})`,
          found: `${found} (Placement)`,
        });
    }
    for (const { name, inventories, allocations } of providers) {
      for (const [resource, { total, reserved, allocationRatio }] of Object.entries(inventories)) {
        const used = sum(Object.values(allocations).map((each) => each[resource] ?? 0));
        const most = Math.floor((total - reserved) * allocationRatio);
        if (used > most)
          violated({
            point: `${resource} of ${name}`,
            expected: `at most ${most} used`,
            found: String(used),
          });
      }
    }
    const disabled = root.traits.includes('COMPUTE_STATUS_DISABLED');
    if (service !== null && disabled !== service.disabled)
      violated({
        point: 'COMPUTE_STATUS_DISABLED',
        expected: `${service.disabled ? 'set' : 'not set'} (services)`,
        found: disabled ? 'set (Placement)' : 'not set (Placement)',
      });
  },
});

const tree: Invariant = hostRule({
  id: 'I39',
  statement: 'the root resource provider of a host is its compute node, by uuid and by name',
  source: 'nova/scheduler/client/report.py, get_provider_tree_and_ensure_root (lp#1829479)',
  layers: ['Placement', 'database'],
  host: ['providers', 'computeNode'],
  check: ({ providers, computeNode }, { violated }) => {
    const root = rootOf({ providers });
    const found = root === undefined ? 'none' : `${root.id} ${root.name}`;
    const expected =
      computeNode === null ? 'none' : `${computeNode.uuid ?? ''} ${computeNode.hypervisorHostname ?? ''}`;
    if (found !== expected)
      violated({
        point: 'root resource provider',
        expected: `${expected} (compute_nodes)`,
        found: `${found} (Placement)`,
      });
  },
});

export const placement: readonly Invariant[] = [amounts, consumers, inventory, tree];
