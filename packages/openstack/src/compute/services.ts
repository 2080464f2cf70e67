import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { defined } from './new-server.js';
import { novaTimeOrNull } from './server.js';

/** A Nova service as it reports itself. */
export interface ComputeService {
  readonly id: string;
  /** "nova-compute", "nova-conductor", "nova-scheduler". */
  readonly binary: string;
  readonly host: string;
  readonly zone: string | null;
  readonly status: 'enabled' | 'disabled';
  /** By the age of its heartbeat. */
  readonly state: 'up' | 'down';
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Its last heartbeat. */
  readonly updatedAt: Date | null;
  readonly raw: JsonObject;
}

export class ComputeServices {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async list(
    filter: { readonly binary?: string | undefined; readonly host?: string | undefined } = {},
    options?: CallOptions,
  ): Promise<readonly ComputeService[]> {
    const call = {
      action: 'list compute services',
      path: '/os-services',
      query: { ...filter },
      needs: '2.53',
    };
    return (await this.#client.list('services', call, options)).map(decode);
  }

  /** Takes a compute service out of scheduling. */
  async disable(id: string, reason?: string, options?: CallOptions): Promise<ComputeService> {
    return this.#update(id, defined({ status: 'disabled', disabled_reason: reason }), options);
  }

  async enable(id: string, options?: CallOptions): Promise<ComputeService> {
    return this.#update(id, { status: 'enabled' }, options);
  }

  /** Says that a host is dead, as evacuation wants it. */
  async forceDown(id: string, forcedDown: boolean, options?: CallOptions): Promise<ComputeService> {
    return this.#update(id, { forced_down: forcedDown }, options);
  }

  async #update(id: string, json: JsonObject, options?: CallOptions): Promise<ComputeService> {
    const path = `/os-services/${encodeURIComponent(id)}`;
    const call = {
      action: `update compute service ${id}`,
      method: 'PUT',
      path,
      json,
      needs: '2.53',
    } as const;
    return decode(await this.#client.fetch('service', call, options));
  }
}

function decode(service: Fields): ComputeService {
  return {
    id: service.string('id'),
    binary: service.string('binary'),
    host: service.string('host'),
    zone: service.stringOrNull('zone'),
    status: service.string('status') === 'enabled' ? 'enabled' : 'disabled',
    state: service.string('state') === 'up' ? 'up' : 'down',
    disabledReason: service.stringOrNull('disabled_reason'),
    forcedDown: service.booleanOrNull('forced_down') ?? false,
    updatedAt: novaTimeOrNull(service.stringOrNull('updated_at')),
    raw: service.raw,
  };
}
