import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { defined } from './new-server.js';

export interface Aggregate {
  readonly id: number;
  readonly name: string;
  readonly availabilityZone: string | null;
  readonly hosts: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly raw: JsonObject;
}

export class Aggregates {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async create(name: string, availabilityZone?: string, options?: CallOptions): Promise<Aggregate> {
    const json = { aggregate: defined({ name, availability_zone: availabilityZone }) };
    return this.#one(
      { action: `create aggregate ${name}`, method: 'POST', path: '/os-aggregates', json },
      options,
    );
  }

  async list(options?: CallOptions): Promise<readonly Aggregate[]> {
    const call = { action: 'list aggregates', path: '/os-aggregates' };
    return (await this.#client.list('aggregates', call, options)).map(decode);
  }

  async show(id: number, options?: CallOptions): Promise<Aggregate> {
    return this.#one(
      { action: `show aggregate ${id}`, method: 'GET', path: `/os-aggregates/${id}` },
      options,
    );
  }

  async addHost(id: number, host: string, options?: CallOptions): Promise<Aggregate> {
    return this.#act(id, { add_host: { host } }, options);
  }

  async removeHost(id: number, host: string, options?: CallOptions): Promise<Aggregate> {
    return this.#act(id, { remove_host: { host } }, options);
  }

  /** null removes a key. */
  async setMetadata(
    id: number,
    metadata: Readonly<Record<string, string | null>>,
    options?: CallOptions,
  ): Promise<Aggregate> {
    return this.#act(id, { set_metadata: { metadata } }, options);
  }

  async delete(id: number, options?: CallOptions): Promise<void> {
    await this.#client.call(
      { action: `delete aggregate ${id}`, method: 'DELETE', path: `/os-aggregates/${id}` },
      options,
    );
  }

  async #act(id: number, json: JsonObject, options?: CallOptions): Promise<Aggregate> {
    const [name] = Object.keys(json);
    const action = `${name ?? 'act on'} aggregate ${id}`;
    return this.#one({ action, method: 'POST', path: `/os-aggregates/${id}/action`, json }, options);
  }

  async #one(call: Parameters<ServiceClient['fetch']>[1], options?: CallOptions): Promise<Aggregate> {
    return decode(await this.#client.fetch('aggregate', call, options));
  }
}

function decode(aggregate: Fields): Aggregate {
  return {
    id: aggregate.number('id'),
    name: aggregate.string('name'),
    availabilityZone: aggregate.stringOrNull('availability_zone'),
    hosts: aggregate.strings('hosts'),
    metadata: aggregate.stringMap('metadata'),
    raw: aggregate.raw,
  };
}
