import { expect, type Cloud, type ComputeHost, type TestServer } from '@whitebox/testkit';

/** A guest that is on another host, while nova-compute of the one that it left is still stopped. */
export interface Evacuated {
  readonly source: ComputeHost;
  /** Starts nova-compute there and expects that nothing of the guest is left. */
  sourceIsBack(): Promise<void>;
}

interface EvacuationOptions {
  readonly to?: ComputeHost | undefined;
  readonly microversion?: string | undefined;
}

/** Makes the host of a guest as good as dead, its nova-compute stopped and the guest killed, and evacuates the guest. */
export async function evacuate(
  cloud: Cloud,
  server: TestServer,
  options: EvacuationOptions = {},
): Promise<Evacuated> {
  const source = server.host;
  const service = await cloud.stopService(source, 'nova-compute');
  const { state } = await source.virsh.domstate(server.domain);
  // A guest that still ran would write to its volumes from two hosts.
  if (state !== 'shut off') await source.virsh.run(['destroy', '--domain', server.domain]);
  await server.evacuate(options);

  expect(server.host.name, 'host after the evacuation').not.toBe(source.name);
  if (options.to !== undefined) expect(server.host.name).toBe(options.to.name);
  expect(await evacuationOf(cloud, server)).toMatchObject({
    status: 'done',
    sourceCompute: source.name,
    destCompute: server.host.name,
  });
  return {
    source,
    sourceIsBack: async () => {
      await service.start();
      const what = `look for what ${server.name} left on ${source.name}`;
      await cloud.act('act', what, () => expectNothingLeft(cloud, server, source), server);
    },
  };
}

/** Status of a running guest after its evacuation: since compute API 2.95 (2023.1) it stays stopped. */
export function statusAfterEvacuation(cloud: Cloud): 'SHUTOFF' | 'ACTIVE' {
  return cloud.release.atLeast(27) ? 'SHUTOFF' : 'ACTIVE';
}

/** _destroy_evacuated_instances of nova/compute/manager.py: what a host does first when it is back. */
async function expectNothingLeft(cloud: Cloud, server: TestServer, source: ComputeHost): Promise<void> {
  const { signal } = cloud;
  expect((await evacuationOf(cloud, server))?.status, 'migration after the source is back').toBe('completed');

  const domains = (await source.virsh.list({ signal })).map(({ name }) => name);
  expect(domains, `domains of ${source.name}, which still knows the guest`).not.toContain(server.domain);

  const [there, here] = await Promise.all([providersOf(cloud, server.host), providersOf(cloud, source)]);
  const allocations = await cloud.openstack.placement.allocations(server.id, { signal });
  const providers = allocations.map(({ providerId }) => providerId);
  expect(
    providers.filter((id) => here.has(id)),
    `allocations on ${source.name}`,
  ).toEqual([]);
  expect(providers.length, 'providers with allocations').toBeGreaterThan(0);
  expect(
    providers.filter((id) => !there.has(id)),
    'allocations elsewhere',
  ).toEqual([]);
}

async function evacuationOf(cloud: Cloud, server: TestServer) {
  const filter = { instanceUuid: server.id, type: 'evacuation' };
  const rows = await cloud.database.migrations(filter, { signal: cloud.signal });
  expect(rows, 'evacuations of the guest').toHaveLength(1);
  return rows[0];
}

/** Ids of all resource providers of a compute. */
async function providersOf(cloud: Cloud, { name }: ComputeHost): Promise<ReadonlySet<string>> {
  const { signal, openstack, database } = cloud;
  const ids: string[] = [];
  for (const { hypervisorHostname } of await database.computeNodes({ host: name }, { signal })) {
    const [root] = await openstack.placement.providers({ name: hypervisorHostname ?? name }, { signal });
    if (root === undefined) continue;
    const tree = await openstack.placement.providers({ inTree: root.id }, { signal });
    ids.push(...tree.map(({ id }) => id));
  }
  expect(ids.length, `resource providers of ${name}`).toBeGreaterThan(0);
  return new Set(ids);
}
