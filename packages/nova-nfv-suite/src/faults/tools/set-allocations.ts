import type { Break } from '../fault.js';
import { otherHost, serverOf } from './server-of.js';

/** Placement alone: the server has what it has, on the other host or on both. */
export function setAllocations(where: 'other host' | 'both hosts'): Break {
  return async (step, session) => {
    const server = serverOf(step);
    const { placement } = session.openstack;
    const path = `/allocations/${server.id}`;
    const call = { action: `change the allocations of ${server.id}`, path } as const;
    const original = (await placement.client.call({ ...call, method: 'GET' })).body as Allocations;
    const { name } = otherHost(step, session);
    const [other] = await placement.providers({ name });
    if (other === undefined) throw new Error(`Placement has no provider ${name}.`);
    const [own] = Object.values(original.allocations);
    if (own === undefined) throw new Error('The server has no allocation.');
    const added = { [other.id]: { resources: own.resources } };
    const put = async (allocations: Allocations['allocations']): Promise<void> => {
      const now = (await placement.client.call({ ...call, method: 'GET' })).body as Allocations;
      // Of old allocations Placement says "unknown", and does not take that back.
      const consumer_type = now.consumer_type === 'unknown' ? 'INSTANCE' : now.consumer_type;
      const json = { ...now, ...(consumer_type === undefined ? {} : { consumer_type }), allocations };
      await placement.client.call({ ...call, method: 'PUT', json });
    };
    step.atEnd('put the allocations back', () => put(original.allocations));
    await put(where === 'both hosts' ? { ...original.allocations, ...added } : added);
  };
}

interface Allocations {
  /** Since 1.38. */
  readonly consumer_type?: string;
  readonly allocations: Readonly<Record<string, { readonly resources: Readonly<Record<string, number>> }>>;
}
