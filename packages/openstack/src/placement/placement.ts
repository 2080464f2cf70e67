import { Fields, type JsonObject } from '../json.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';

export interface ResourceProvider {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  /** Since 1.14; null for a root. */
  readonly parentId: string | null;
  readonly rootId: string | null;
  readonly raw: JsonObject;
}

export interface Inventory {
  readonly total: number;
  readonly reserved: number;
  readonly allocationRatio: number;
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
}

/** Amount by resource class: `{ PCPU: 2, MEMORY_MB: 128 }`. */
export type Resources = Readonly<Record<string, number>>;

export interface Allocation {
  readonly providerId: string;
  readonly resources: Resources;
}

export interface ProviderFilter {
  readonly name?: string | undefined;
  /** A trait that it must have; needs 1.18. */
  readonly trait?: string | undefined;
  /** Id of any provider of the tree. */
  readonly inTree?: string | undefined;
}

/** Placement: what there is and who uses it. */
export class Placement {
  /** For requests that have no method here. */
  readonly client: ServiceClient;

  constructor(session: Session) {
    this.client = new ServiceClient(session, {
      type: 'placement',
      baseUrl: (url) => url,
      versionUrl: (url) => `${url}/`,
      versionHeaders: (microversion) => ({ 'openstack-api-version': `placement ${microversion}` }),
      best: '1.39',
    });
  }

  async providers(filter: ProviderFilter = {}, options?: CallOptions): Promise<readonly ResourceProvider[]> {
    const query = { name: filter.name, in_tree: filter.inTree, required: filter.trait };
    const needs = filter.trait !== undefined ? '1.18' : filter.inTree === undefined ? undefined : '1.14';
    const call = { action: 'list resource providers', path: '/resource_providers', query, needs };
    return (await this.client.list('resource_providers', call, options)).map(decodeProvider);
  }

  async inventories(providerId: string, options?: CallOptions): Promise<Readonly<Record<string, Inventory>>> {
    const inventories = await this.#of(providerId, 'inventories', options);
    const byClass = inventories.object('inventories');
    return Object.fromEntries(
      Object.keys(byClass.raw).map((resourceClass) => [
        resourceClass,
        decodeInventory(byClass.object(resourceClass)),
      ]),
    );
  }

  async usages(providerId: string, options?: CallOptions): Promise<Resources> {
    return (await this.#of(providerId, 'usages', options)).numberMap('usages');
  }

  async traits(providerId: string, options?: CallOptions): Promise<readonly string[]> {
    return (await this.#of(providerId, 'traits', options)).strings('traits');
  }

  /** Names of all traits that Placement knows, or of this one if it does; needs 1.6. */
  async knownTraits(name?: string, options?: CallOptions): Promise<readonly string[]> {
    const query = { name: name === undefined ? undefined : `in:${name}` };
    const call = { action: 'list traits', method: 'GET', path: '/traits', query, needs: '1.6' } as const;
    return new Fields((await this.client.call(call, options)).body, 'answer').strings('traits');
  }

  /** Makes a trait of one's own, `CUSTOM_...`; one that is there is fine. */
  async createTrait(name: string, options?: CallOptions): Promise<void> {
    const action = `create trait ${name}`;
    await this.client.call({ action, method: 'PUT', path: traitPath(name), needs: '1.6' }, options);
  }

  /** @throws ConflictError as long as a provider has it; NotFoundError */
  async deleteTrait(name: string, options?: CallOptions): Promise<void> {
    const action = `delete trait ${name}`;
    await this.client.call({ action, method: 'DELETE', path: traitPath(name), needs: '1.6' }, options);
  }

  /** @throws ConflictError when somebody has changed the provider since it was read: read it again */
  async setTraits(
    provider: Pick<ResourceProvider, 'id' | 'generation'>,
    traits: readonly string[],
    options?: CallOptions,
  ): Promise<void> {
    const call = {
      action: `set the traits of resource provider ${provider.id}`,
      method: 'PUT',
      path: `/resource_providers/${encodeURIComponent(provider.id)}/traits`,
      json: { resource_provider_generation: provider.generation, traits },
      needs: '1.6',
    } as const;
    await this.client.call(call, options);
  }

  /** What a consumer (a server, or a migration that holds the old flavor's share) has; empty when it has nothing. */
  async allocations(consumerId: string, options?: CallOptions): Promise<readonly Allocation[]> {
    const path = `/allocations/${encodeURIComponent(consumerId)}`;
    const answer = await this.client.call(
      { action: `show the allocations of ${consumerId}`, method: 'GET', path },
      options,
    );
    return decodeAllocations(answer.body);
  }

  /** Consumer id -> what it has of this provider. */
  async allocationsOf(
    providerId: string,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, Resources>>> {
    const byConsumer = (await this.#of(providerId, 'allocations', options)).object('allocations');
    return Object.fromEntries(
      Object.keys(byConsumer.raw).map((consumer) => [
        consumer,
        byConsumer.object(consumer).numberMap('resources'),
      ]),
    );
  }

  async #of(providerId: string, what: string, options?: CallOptions): Promise<Fields> {
    const path = `/resource_providers/${encodeURIComponent(providerId)}/${what}`;
    const action = `show the ${what} of resource provider ${providerId}`;
    return new Fields((await this.client.call({ action, method: 'GET', path }, options)).body, what);
  }
}

function traitPath(name: string): string {
  return `/traits/${encodeURIComponent(name)}`;
}

function decodeProvider(provider: Fields): ResourceProvider {
  return {
    id: provider.string('uuid'),
    name: provider.string('name'),
    generation: provider.number('generation'),
    parentId: provider.stringOrNull('parent_provider_uuid'),
    rootId: provider.stringOrNull('root_provider_uuid'),
    raw: provider.raw,
  };
}

function decodeInventory(inventory: Fields): Inventory {
  return {
    total: inventory.number('total'),
    reserved: inventory.number('reserved'),
    allocationRatio: inventory.number('allocation_ratio'),
    minUnit: inventory.number('min_unit'),
    maxUnit: inventory.number('max_unit'),
    stepSize: inventory.number('step_size'),
  };
}

function decodeAllocations(body: unknown): readonly Allocation[] {
  const byProvider = new Fields(body, 'answer').object('allocations');
  return Object.keys(byProvider.raw).map((providerId) => ({
    providerId,
    resources: byProvider.object(providerId).numberMap('resources'),
  }));
}
