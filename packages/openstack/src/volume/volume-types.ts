import type { Fields } from '../json.js';
import type { CallOptions, ServiceClient } from '../service-client.js';

export interface VolumeType {
  readonly id: string;
  readonly name: string;
}

/** How the volumes of a type are encrypted. */
export interface NewVolumeEncryption {
  /** "luks" */
  readonly provider: string;
  /** "aes-xts-plain64" */
  readonly cipher?: string | undefined;
  readonly keyBits?: number | undefined;
  /** front-end: Nova opens them, and the storage sees nothing but cipher. */
  readonly controlLocation: 'front-end' | 'back-end';
}

/** How one volume is encrypted (cinder/api/contrib/volume_encryption_metadata.py). */
export interface VolumeEncryption {
  /** Of the secret of the key manager with its key. */
  readonly keyId: string;
  readonly provider: string | null;
  readonly cipher: string | null;
  readonly keyBits: number | null;
}

/** Cinder's volume types; making them is for administrators. */
export class VolumeTypes {
  readonly #client: ServiceClient;

  constructor(client: ServiceClient) {
    this.#client = client;
  }

  async create(name: string, options?: CallOptions): Promise<VolumeType> {
    const json = { volume_type: { name } };
    const call = { action: `create volume type ${name}`, method: 'POST', path: '/types', json } as const;
    return decodeType(await this.#client.fetch('volume_type', call, options));
  }

  /** Has all volumes of the type encrypted that are made from now on. */
  async encrypt(id: string, encryption: NewVolumeEncryption, options?: CallOptions): Promise<void> {
    const json = {
      encryption: {
        provider: encryption.provider,
        cipher: encryption.cipher ?? null,
        key_size: encryption.keyBits ?? null,
        control_location: encryption.controlLocation,
      },
    };
    const path = `${typePath(id)}/encryption`;
    await this.#client.call(
      { action: `encrypt the volumes of type ${id}`, method: 'POST', path, json },
      options,
    );
  }

  async show(id: string, options?: CallOptions): Promise<VolumeType> {
    const call = { action: `show volume type ${id}`, method: 'GET', path: typePath(id) } as const;
    return decodeType(await this.#client.fetch('volume_type', call, options));
  }

  async list(options?: CallOptions): Promise<readonly VolumeType[]> {
    const call = { action: 'list volume types', path: '/types', query: { is_public: 'None' } };
    return (await this.#client.list('volume_types', call, options)).map(decodeType);
  }

  /** With its encryption; a type that has volumes stays. */
  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.#client.call(
      { action: `delete volume type ${id}`, method: 'DELETE', path: typePath(id) },
      options,
    );
  }
}

function typePath(id: string): string {
  return `/types/${encodeURIComponent(id)}`;
}

function decodeType(type: Fields): VolumeType {
  return { id: type.string('id'), name: type.string('name') };
}
