import type { Undo } from './broken-lab.suite.js';
import type { CloudSession } from './session.js';

type Session = Pick<CloudSession, 'openstack'>;
type Resources = Readonly<Record<string, number>>;
type Shares = Readonly<Record<string, { readonly resources: Resources }>>;

interface Allocations {
  readonly allocations: Shares;
  readonly consumer_generation: number | null;
  readonly project_id: string;
  readonly user_id: string;
}

/** A request to Placement. */
export async function placement(
  { openstack }: Session,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const { client } = openstack.placement;
  const { body } = await client.call({ action: `${method} ${path}`, method, path, json });
  return (body ?? {}) as Readonly<Record<string, unknown>>;
}

export async function allocationsOf(session: Session, consumer: string): Promise<Allocations> {
  return (await placement(session, 'GET', `/allocations/${consumer}`)) as unknown as Allocations;
}

/** The generation that Placement asks for is read just before. */
export async function allocate(
  session: Session,
  consumer: string,
  allocations: Shares,
  owner: Pick<Allocations, 'project_id' | 'user_id'>,
): Promise<void> {
  const now: Partial<Allocations> = await allocationsOf(session, consumer);
  await placement(session, 'PUT', `/allocations/${consumer}`, {
    allocations,
    consumer_generation: now.consumer_generation ?? null,
    project_id: owner.project_id,
    user_id: owner.user_id,
    consumer_type: 'INSTANCE',
  });
}

/** A consumer has other shares of its providers, until it is given back what it had. */
export async function reallocate(
  session: Session,
  consumer: string,
  change: (now: Resources) => Resources,
  more: Shares = {},
): Promise<Undo> {
  const held = await allocationsOf(session, consumer);
  const changed = Object.entries(held.allocations).map(
    ([id, { resources }]) => [id, { resources: change(resources) }] as const,
  );
  await allocate(session, consumer, { ...Object.fromEntries(changed), ...more }, held);
  return () =>
    allocate(
      session,
      consumer,
      Object.fromEntries(
        Object.entries(held.allocations).map(([id, { resources }]) => [id, { resources }] as const),
      ),
      held,
    );
}

/** A provider below the one of a compute, as Nova makes them of devices. */
export async function childProvider(
  session: Session,
  child: {
    readonly id: string;
    readonly name: string;
    readonly parentId: string;
    readonly total: Resources;
    readonly traits: readonly string[];
  },
): Promise<Undo> {
  const path = `/resource_providers/${child.id}`;
  await placement(session, 'POST', '/resource_providers', {
    uuid: child.id,
    name: child.name,
    parent_provider_uuid: child.parentId,
  });
  const remove = async (): Promise<void> => {
    await placement(session, 'DELETE', path);
  };
  try {
    const resource_provider_generation = 0;
    const inventories = Object.fromEntries(
      Object.entries(child.total).map(([name, total]) => [name, { total }] as const),
    );
    await placement(session, 'PUT', `${path}/inventories`, { resource_provider_generation, inventories });
    if (child.traits.length > 0) {
      const now = await placement(session, 'GET', `${path}/traits`);
      await placement(session, 'PUT', `${path}/traits`, { ...now, traits: child.traits });
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
