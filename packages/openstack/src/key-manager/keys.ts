import { Secret } from '@whitebox/core';
import { ForbiddenError, NotFoundError } from '../http/http-error.js';
import { Fields, type JsonObject } from '../json.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';

/** What Barbican says of a secret, which is not the secret. */
export interface KeySecret {
  readonly id: string;
  readonly name: string | null;
  /** ACTIVE, ERROR, ... */
  readonly status: string;
  /** passphrase, symmetric, opaque, ... */
  readonly type: string | null;
  readonly algorithm: string | null;
  readonly raw: JsonObject;
}

/** Barbican, as far as Nova's tests need it: secrets by their ids, for the project that has them. */
export class Keys {
  /** For requests that have no method here. */
  readonly client: ServiceClient;

  constructor(session: Session) {
    this.client = new ServiceClient(session, {
      type: 'key-manager',
      baseUrl: (url) => (/\/v\d(\.\d+)?$/.test(url) ? url : `${url}/v1`),
    });
  }

  async show(id: string, options?: CallOptions): Promise<KeySecret> {
    const call = { action: `show secret ${id}`, method: 'GET', path: secretPath(id) } as const;
    const secret = new Fields((await this.client.call(call, options)).body, 'secret');
    return {
      id: secret.string('secret_ref').replace(/\/+$/, '').split('/').at(-1) ?? '',
      name: secret.stringOrNull('name'),
      status: secret.string('status'),
      type: secret.stringOrNull('secret_type'),
      algorithm: secret.stringOrNull('algorithm'),
      raw: secret.raw,
    };
  }

  /**
   * Whether any project has it. Barbican looks for a secret before it asks who may see it (barbican/api/controllers/secrets.py),
   * so a refusal tells that it is there.
   */
  async exists(id: string, options?: CallOptions): Promise<boolean> {
    try {
      return await this.has(id, options);
    } catch (error) {
      if (error instanceof ForbiddenError) return true;
      throw error;
    }
  }

  /** Whether it is there. */
  async has(id: string, options?: CallOptions): Promise<boolean> {
    const call = { action: `look for secret ${id}`, method: 'GET', path: secretPath(id) } as const;
    try {
      await this.client.call(call, options);
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  /** The secret itself: its bytes as Latin-1, so that each byte is a character. */
  async payload(id: string, options?: CallOptions): Promise<Secret> {
    const { raw } = await this.show(id, options);
    const types = raw['content_types'] as Readonly<Record<string, string>> | null | undefined;
    const stream = await this.client.stream(
      {
        action: `read secret ${id}`,
        method: 'GET',
        path: `${secretPath(id)}/payload`,
        headers: { accept: types?.['default'] ?? 'application/octet-stream' },
      },
      options,
    );
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return new Secret(Buffer.concat(chunks).toString('latin1'));
  }

  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.client.call(
      { action: `delete secret ${id}`, method: 'DELETE', path: secretPath(id) },
      options,
    );
  }
}

function secretPath(id: string): string {
  return `/secrets/${encodeURIComponent(id)}`;
}
