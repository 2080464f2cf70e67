import { findOne } from '../find-by-name.js';
import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { defined } from './new-server.js';

export interface Flavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMib: number;
  readonly diskGib: number;
  readonly ephemeralGib: number;
  readonly swapMib: number;
  readonly isPublic: boolean | null;
  /** Told since 2.61 by the same request. */
  readonly extraSpecs: Readonly<Record<string, string>>;
  readonly raw: JsonObject;
}

export interface NewFlavor {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMib: number;
  readonly diskGib: number;
  readonly ephemeralGib?: number | undefined;
  readonly swapMib?: number | undefined;
  readonly id?: string | undefined;
  /** Default true. */
  readonly isPublic?: boolean | undefined;
  readonly extraSpecs?: Readonly<Record<string, string>> | undefined;
}

export class Flavors {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  /** With its extra specs, which Nova takes in a second request; when that is refused the flavor is deleted again. */
  async create(flavor: NewFlavor, options?: CallOptions): Promise<Flavor> {
    const body = defined({
      name: flavor.name,
      vcpus: flavor.vcpus,
      ram: flavor.ramMib,
      disk: flavor.diskGib,
      'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeralGib,
      swap: flavor.swapMib,
      id: flavor.id,
      'os-flavor-access:is_public': flavor.isPublic,
    });
    const call = {
      action: `create flavor ${flavor.name}`,
      method: 'POST',
      path: '/flavors',
      json: { flavor: body },
    } as const;
    const created = decodeFlavor(await this.#client.fetch('flavor', call, options));
    const { extraSpecs = {} } = flavor;
    if (Object.keys(extraSpecs).length === 0) return created;
    try {
      return { ...created, extraSpecs: await this.setExtraSpecs(created.id, extraSpecs, options) };
    } catch (error) {
      await this.delete(created.id).catch(() => undefined);
      throw error;
    }
  }

  /** Adds or changes extra specs; since 2.86 Nova checks them. @returns those that were given, as Nova took them */
  async setExtraSpecs(
    id: string,
    extraSpecs: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<Readonly<Record<string, string>>> {
    const call = {
      action: `set the extra specs of flavor ${id}`,
      method: 'POST',
      path: `${flavorPath(id)}/os-extra_specs`,
      json: { extra_specs: extraSpecs },
    } as const;
    return toStrings(await this.#client.fetch('extra_specs', call, options));
  }

  async extraSpecs(id: string, options?: CallOptions): Promise<Readonly<Record<string, string>>> {
    const action = `show the extra specs of flavor ${id}`;
    const call = { action, method: 'GET', path: `${flavorPath(id)}/os-extra_specs` } as const;
    return toStrings(await this.#client.fetch('extra_specs', call, options));
  }

  async show(id: string, options?: CallOptions): Promise<Flavor> {
    const call = { action: `show flavor ${id}`, method: 'GET', path: flavorPath(id) } as const;
    return decodeFlavor(await this.#client.fetch('flavor', call, options));
  }

  /** Public ones and those of the project; administrators see all. */
  async list(options?: CallOptions): Promise<readonly Flavor[]> {
    const call = { action: 'list flavors', path: '/flavors/detail', query: { is_public: 'none' } };
    return (await this.#client.list('flavors', call, options)).map(decodeFlavor);
  }

  /** @throws NameError when there is none or more than one of that name */
  async find(nameOrId: string, options?: CallOptions): Promise<Flavor> {
    return findOne('flavor', await this.list(options), nameOrId);
  }

  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.#client.call(
      { action: `delete flavor ${id}`, method: 'DELETE', path: flavorPath(id) },
      options,
    );
  }
}

function flavorPath(id: string): string {
  return `/flavors/${encodeURIComponent(id)}`;
}

function toStrings(fields: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields.raw).map((key) => [key, fields.string(key)]));
}

function decodeFlavor(flavor: Fields): Flavor {
  return {
    id: flavor.string('id'),
    name: flavor.string('name'),
    vcpus: flavor.number('vcpus'),
    ramMib: flavor.number('ram'),
    diskGib: flavor.number('disk'),
    ephemeralGib: flavor.numberOrNull('OS-FLV-EXT-DATA:ephemeral') ?? 0,
    // Before 2.75 no swap is an empty string.
    swapMib: typeof flavor.raw['swap'] === 'number' ? flavor.raw['swap'] : 0,
    isPublic: flavor.booleanOrNull('os-flavor-access:is_public'),
    extraSpecs: flavor.stringMap('extra_specs'),
    raw: flavor.raw,
  };
}
