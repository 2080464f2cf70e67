import { defined } from '../compute/new-server.js';
import { Fields, type JsonObject } from '../json.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';
import { VolumeTypes, type VolumeEncryption } from './volume-types.js';

export interface Volume {
  readonly id: string;
  readonly name: string | null;
  /** creating, available, in-use, deleting, error, ... */
  readonly status: string;
  readonly sizeGib: number;
  readonly bootable: boolean;
  readonly attachedServerIds: readonly string[];
  readonly attachments: readonly VolumeAttachment[];
  readonly raw: JsonObject;
}

/** What Cinder knows of one use of a volume (VolumeViewBuilder, cinder/api/v3/views/volumes.py). */
export interface VolumeAttachment {
  /** What Nova keeps as `attachment_id` of its block device mapping. */
  readonly id: string;
  readonly serverId: string;
  /** The compute service that uses it; null for other than administrators. */
  readonly hostName: string | null;
  /** "/dev/vdb" */
  readonly device: string | null;
}

/** What Cinder keeps for a server (AttachmentViewBuilder, cinder/api/v3/views/attachments.py); no secrets of the storage. */
export interface ServerAttachment {
  readonly id: string;
  readonly volumeId: string;
  /** reserved, attaching, attached, detaching, detached, error_attaching, ... */
  readonly status: string;
}

export interface NewVolume {
  readonly name: string;
  readonly sizeGib: number;
  readonly imageId?: string | undefined;
  readonly volumeType?: string | undefined;
  readonly availabilityZone?: string | undefined;
}

/** Cinder, as far as Nova's tests need it: attach with `compute.servers.attachVolume`. */
export class Volumes {
  /** For requests that have no method here. */
  readonly client: ServiceClient;
  readonly types: VolumeTypes;
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    this.client = new ServiceClient(session, {
      type: 'block-storage',
      baseUrl: (url) => url,
      versionUrl: (url) => `${url.replace(/(\/v3)(\/.*)?$/, '$1')}/`,
      versionHeaders: (microversion) => ({ 'openstack-api-version': `volume ${microversion}` }),
      best: '3.0',
    });
    this.types = new VolumeTypes(this.client);
  }

  async create(volume: NewVolume, options?: CallOptions): Promise<Volume> {
    const body = defined({
      name: volume.name,
      size: volume.sizeGib,
      imageRef: volume.imageId,
      volume_type: volume.volumeType,
      availability_zone: volume.availabilityZone,
    });
    const call = {
      action: `create volume ${volume.name}`,
      method: 'POST',
      path: '/volumes',
      json: { volume: body },
    } as const;
    return decodeVolume(await this.client.fetch('volume', call, options));
  }

  async show(id: string, options?: CallOptions): Promise<Volume> {
    const call = { action: `show volume ${id}`, method: 'GET', path: volumePath(id) } as const;
    return decodeVolume(await this.client.fetch('volume', call, options));
  }

  /** The project's limits and what it uses: `maxTotalVolumes`, `totalVolumesUsed`, ... -1 is no limit. */
  async limits(options?: CallOptions): Promise<Readonly<Record<string, number>>> {
    const call = { action: 'show volume limits', method: 'GET', path: '/limits' } as const;
    return (await this.client.fetch('limits', call, options)).numberMap('absolute');
  }

  async list(options?: CallOptions): Promise<readonly Volume[]> {
    return (
      await this.client.list('volumes', { action: 'list volumes', path: '/volumes/detail' }, options)
    ).map(decodeVolume);
  }

  /** How a volume is encrypted, and with which key; null where it is not. */
  async encryption(id: string, options?: CallOptions): Promise<VolumeEncryption | null> {
    const action = `show the encryption of volume ${id}`;
    const call = { action, method: 'GET', path: `${volumePath(id)}/encryption` } as const;
    const { body } = await this.client.call(call, options);
    const found = new Fields(body, 'encryption');
    const keyId = found.stringOrNull('encryption_key_id');
    if (keyId === null) return null;
    return {
      keyId,
      provider: found.stringOrNull('provider'),
      cipher: found.stringOrNull('cipher'),
      keyBits: found.numberOrNull('key_size'),
    };
  }

  /**
   * The attachments of a server of any project; undefined for other than administrators, to whom Cinder tells those of their own
   * project alone. Needs Cinder 11 (3.27).
   */
  async attachmentsOf(
    serverId: string,
    options?: CallOptions,
  ): Promise<readonly ServerAttachment[] | undefined> {
    if (!(await this.#session.token(options)).roles.includes('admin')) return undefined;
    const call = {
      action: `list the attachments of server ${serverId}`,
      path: '/attachments',
      query: { all_tenants: 'True', instance_id: serverId },
      needs: '3.27',
      best: '3.27',
    };
    const found = await this.client.list('attachments', call, options);
    return found.map((one) => ({
      id: one.string('id'),
      volumeId: one.string('volume_id'),
      status: one.string('status'),
    }));
  }

  async delete(id: string, options?: CallOptions): Promise<void> {
    await this.client.call(
      { action: `delete volume ${id}`, method: 'DELETE', path: volumePath(id) },
      options,
    );
  }
}

function volumePath(id: string): string {
  return `/volumes/${encodeURIComponent(id)}`;
}

function decodeVolume(volume: Fields): Volume {
  return {
    id: volume.string('id'),
    name: volume.stringOrNull('name'),
    status: volume.string('status'),
    sizeGib: volume.number('size'),
    bootable: volume.raw['bootable'] === true || volume.raw['bootable'] === 'true',
    attachedServerIds: volume
      .objectsOrNone('attachments')
      .map((attachment) => attachment.string('server_id')),
    attachments: volume.objectsOrNone('attachments').map((attachment) => ({
      id: attachment.string('attachment_id'),
      serverId: attachment.string('server_id'),
      hostName: attachment.stringOrNull('host_name'),
      device: attachment.stringOrNull('device'),
    })),
    raw: volume.raw,
  };
}
