import type { Readable } from 'node:stream';
import { findOne } from '../find-by-name.js';
import { Fields, type JsonObject } from '../json.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';

/** A transfer of an image takes as long as it takes: half an hour. */
const TRANSFER_TIMEOUT_MS = 30 * 60_000;

export interface Image {
  readonly id: string;
  readonly name: string | null;
  /** queued, saving, uploading, importing, active, killed, deleted, pending_delete, deactivated. */
  readonly status: string;
  readonly diskFormat: string | null;
  readonly containerFormat: string | null;
  readonly visibility: string;
  readonly sizeBytes: number | null;
  readonly minDiskGib: number;
  readonly minRamMib: number;
  readonly tags: readonly string[];
  /** All that is not one of Glance's own fields: `hw_cpu_policy`, ... */
  readonly properties: Readonly<Record<string, string>>;
  readonly raw: JsonObject;
}

export interface NewImage {
  readonly name: string;
  readonly diskFormat: string;
  /** Default `bare`. */
  readonly containerFormat?: string | undefined;
  /** Default `private`. */
  readonly visibility?: 'public' | 'private' | 'shared' | 'community' | undefined;
  readonly minDiskGib?: number | undefined;
  readonly minRamMib?: number | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** Called for the bytes, once more for each repeated try: `() => createReadStream(path)`. */
export type ImageData = () => Readable | Uint8Array | Promise<Readable>;

/** Glance. */
export class Images {
  /** For requests that have no method here. */
  readonly client: ServiceClient;

  constructor(session: Session) {
    this.client = new ServiceClient(session, {
      type: 'image',
      baseUrl: (url) => (/\/v\d(\.\d+)?$/.test(url) ? url : `${url}/v2`),
    });
  }

  async list(
    filter: { readonly name?: string | undefined } = {},
    options?: CallOptions,
  ): Promise<readonly Image[]> {
    const call = { action: 'list images', path: '/images', query: { ...filter } };
    return (await this.client.list('images', call, options)).map(decodeImage);
  }

  /** @throws NameError when there is none or more than one of that name */
  async find(nameOrId: string, options?: CallOptions): Promise<Image> {
    return findOne('image', await this.list({}, options), nameOrId);
  }

  async show(id: string, options?: CallOptions): Promise<Image> {
    const answer = await this.client.call(
      { action: `show image ${id}`, method: 'GET', path: imagePath(id) },
      options,
    );
    return decodeImage(new Fields(answer.body, 'image'));
  }

  /** Makes the record; it is `queued` until data is uploaded. */
  async create(image: NewImage, options?: CallOptions): Promise<Image> {
    const json = {
      ...image.properties,
      name: image.name,
      disk_format: image.diskFormat,
      container_format: image.containerFormat ?? 'bare',
      visibility: image.visibility ?? 'private',
      min_disk: image.minDiskGib ?? 0,
      min_ram: image.minRamMib ?? 0,
    };
    const call = { action: `create image ${image.name}`, method: 'POST', path: '/images', json } as const;
    return decodeImage(new Fields((await this.client.call(call, options)).body, 'image'));
  }

  async upload(id: string, data: ImageData, options?: CallOptions): Promise<void> {
    await this.client.call(
      {
        action: `upload image ${id}`,
        method: 'PUT',
        path: `${imagePath(id)}/file`,
        headers: { 'content-type': 'application/octet-stream' },
        body: data,
      },
      { timeoutMs: TRANSFER_TIMEOUT_MS, ...options },
    );
  }

  /** The bytes of an image, to be read to the end or destroyed. */
  async download(id: string, options?: CallOptions): Promise<Readable> {
    const call = {
      action: `download image ${id}`,
      method: 'GET',
      path: `${imagePath(id)}/file`,
      headers: { accept: 'application/octet-stream' },
    } as const;
    return this.client.stream(call, { timeoutMs: TRANSFER_TIMEOUT_MS, ...options });
  }

  /** Makes an image from data and deletes it again when the upload fails. The bytes are streamed. */
  async createFrom(image: NewImage, data: ImageData, options?: CallOptions): Promise<Image> {
    const { id } = await this.create(image, options);
    try {
      await this.upload(id, data, options);
      return await this.show(id, options);
    } catch (error) {
      await this.delete(id).catch(() => undefined);
      throw error;
    }
  }

  /**
   * A copy of an image with other properties; formats and minima are those of the original unless said otherwise. The
   * bytes go from Glance through this process to Glance, without being kept.
   */
  async copy(
    originalId: string,
    image: Pick<NewImage, 'name'> & Partial<NewImage>,
    options?: CallOptions,
  ): Promise<Image> {
    const original = await this.show(originalId, options);
    const { id } = await this.create(
      {
        diskFormat: original.diskFormat ?? 'raw',
        containerFormat: original.containerFormat ?? 'bare',
        minDiskGib: original.minDiskGib,
        minRamMib: original.minRamMib,
        ...image,
        properties: { ...original.properties, ...image.properties },
      },
      options,
    );
    try {
      await this.upload(id, () => this.download(originalId, options), options);
      return await this.show(id, options);
    } catch (error) {
      await this.delete(id).catch(() => undefined);
      throw error;
    }
  }

  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.client.call({ action: `delete image ${id}`, method: 'DELETE', path: imagePath(id) }, options);
  }
}

function imagePath(id: string): string {
  return `/images/${encodeURIComponent(id)}`;
}

/** Fields of Glance's base schema (glance/schema.py, glance/api/v2/images.py); all else is a property. */
const ownFields = new Set(
  (
    'id name status visibility protected os_hidden checksum os_hash_algo os_hash_value owner size virtual_size container_format ' +
    'disk_format created_at updated_at tags direct_url min_ram min_disk self file schema locations stores owner_specified'
  ).split(' '),
);

function decodeImage(image: Fields): Image {
  const properties = Object.entries(image.raw).filter(
    ([name, value]) =>
      !ownFields.has(name) && !/^(owner_specified\.|os_glance_)/.test(name) && typeof value === 'string',
  );
  return {
    id: image.string('id'),
    name: image.stringOrNull('name'),
    status: image.string('status'),
    diskFormat: image.stringOrNull('disk_format'),
    containerFormat: image.stringOrNull('container_format'),
    visibility: image.string('visibility'),
    sizeBytes: image.numberOrNull('size'),
    minDiskGib: image.numberOrNull('min_disk') ?? 0,
    minRamMib: image.numberOrNull('min_ram') ?? 0,
    tags: image.strings('tags'),
    properties: Object.fromEntries(properties) as Record<string, string>,
    raw: image.raw,
  };
}
