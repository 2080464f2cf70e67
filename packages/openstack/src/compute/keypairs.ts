import type { Fields, JsonObject } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';
import { defined } from './new-server.js';

export interface Keypair {
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly raw: JsonObject;
}

export class Keypairs {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  /** Imports a public key; Nova no longer makes keys since 2.92. */
  async create(name: string, publicKey: string, options?: CallOptions): Promise<Keypair> {
    const json = { keypair: defined({ name, public_key: publicKey, type: 'ssh' }) };
    const call = {
      action: `create keypair ${name}`,
      method: 'POST',
      path: '/os-keypairs',
      json,
      needs: '2.2',
    } as const;
    return decode(await this.#client.fetch('keypair', call, options));
  }

  async list(options?: CallOptions): Promise<readonly Keypair[]> {
    const items = await this.#client.list(
      'keypairs',
      { action: 'list keypairs', path: '/os-keypairs' },
      options,
    );
    return items.map((item) => decode(item.object('keypair')));
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    const path = `/os-keypairs/${encodeURIComponent(name)}`;
    await this.#client.call({ action: `delete keypair ${name}`, method: 'DELETE', path }, options);
  }
}

function decode(keypair: Fields): Keypair {
  return {
    name: keypair.string('name'),
    publicKey: keypair.string('public_key'),
    fingerprint: keypair.string('fingerprint'),
    raw: keypair.raw,
  };
}
