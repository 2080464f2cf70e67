import type {
  JsonObject,
  NewBlockDevice,
  NewPort,
  NewServer,
  NewServerNetwork,
  NewVolumeEncryption,
} from '@whitebox/openstack';
import type { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import type { FlavorSpec } from './flavors.js';
import { waitForVolume } from './server-attachments.js';
import type { CloudSession } from './session.js';

const makeTimeoutMs = 300_000;

export interface BootOptions {
  readonly flavor: FlavorSpec;
  /**
   * The compute that it must be on (administrators; compute API 2.74). There are no scheduler hints here: Nova ignores
   * them where SameHostFilter or DifferentHostFilter is not enabled, and they keep a server from moving later.
   */
  readonly host?: ComputeHost | undefined;
  /** Default: the image of the configuration. null: none, it boots from `blockDevices`. */
  readonly imageId?: string | null | undefined;
  /** Default `none`. */
  readonly networks?: 'none' | 'auto' | readonly NewServerNetwork[] | undefined;
  readonly blockDevices?: readonly NewBlockDevice[] | undefined;
  /** Whatever else the request should say. */
  readonly extra?: Partial<NewServer> | undefined;
}

export interface ImageOptions {
  /** Beside those of the original. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Default: the image of the configuration. */
  readonly sourceId?: string | undefined;
  /** Content of its own instead of a copy. */
  readonly content?: ImageContent | undefined;
}

export interface ImageContent {
  readonly bytes: Uint8Array;
  /** "iso", "raw" */
  readonly diskFormat: string;
}

export interface VolumeOptions {
  /** Default 1. */
  readonly sizeGib?: number | undefined;
  /** Makes it bootable, with the content of this image. */
  readonly imageId?: string | undefined;
  readonly type?: string | undefined;
}

/** What one case makes on the cloud, under names of its own; all of it goes when the case ends. */
export class CaseResources {
  readonly #session: CloudSession;
  readonly #cleanup: CleanupStack;
  readonly #signal: AbortSignal;

  constructor(session: CloudSession, cleanup: CleanupStack, signal: AbortSignal) {
    this.#session = session;
    this.#cleanup = cleanup;
    this.#signal = signal;
  }

  /** @returns the id of the new server; it is still being built */
  async server(name: string, options: BootOptions): Promise<string> {
    const { flavor, host, imageId, networks = 'none', blockDevices, extra } = options;
    const flavorId = await this.flavor(flavor);
    const image = imageId === undefined ? (await this.#session.images()).imageId : (imageId ?? undefined);
    return this.#session.resources.server(
      { networks, blockDevices, host: host?.name, ...extra, name, flavorId, imageId: image },
      this.#cleanup,
      this.#signal,
    );
  }

  flavor(spec: FlavorSpec): Promise<string> {
    return this.#session.resources.flavor(this.#session.nextName(), spec, this.#cleanup, this.#signal);
  }

  async image(name: string, { properties = {}, sourceId, content }: ImageOptions): Promise<string> {
    if (content !== undefined) {
      const image = { ...content, properties };
      return this.#session.resources.newImage(name, image, this.#cleanup, this.#signal);
    }
    const copied = { sourceId: sourceId ?? (await this.#session.images()).imageId, properties };
    return this.#session.resources.image(name, copied, this.#cleanup, this.#signal);
  }

  async volume(name: string, { sizeGib = 1, imageId, type }: VolumeOptions): Promise<string> {
    const id = await this.#session.resources.volume(
      { name, sizeGib, imageId, volumeType: type },
      this.#cleanup,
      this.#signal,
    );
    const limits = { timeoutMs: makeTimeoutMs, signal: this.#signal };
    await waitForVolume(this.#session.openstack.volumes, id, 'available', limits);
    return id;
  }

  volumeType(name: string, encryption: NewVolumeEncryption): Promise<string> {
    return this.#session.resources.volumeType(name, encryption, this.#cleanup, this.#signal);
  }

  network(name: string, body: JsonObject): Promise<string> {
    return this.#session.resources.network(name, body, this.#cleanup, this.#signal);
  }

  port(name: string, port: Omit<NewPort, 'name'>): Promise<string> {
    return this.#session.resources.port({ ...port, name }, this.#cleanup, this.#signal);
  }
}
