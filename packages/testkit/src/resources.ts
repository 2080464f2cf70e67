import { errorCode, waitUntil, type Look } from '@whitebox/core';
import type { JsonObject, NewPort, NewServer, NewVolume, NewVolumeEncryption } from '@whitebox/openstack';
import type { ImageContent } from './case-resources.js';
import type { CleanupStack } from './cleanup.js';
import type { CloudApi, NewAggregate } from './cloud-api.js';
import type { FlavorSpec } from './flavors.js';
import type { RecordedResource, ResourceKind, RunState } from './run-state.js';

const removeTimeoutMs = 180_000;

/** Nova took the deletion on and gave it up; the conflict is a resource that something still uses. */
const failedDeletions = ['WB_OPENSTACK_SERVER_FAULT', 'WB_OPENSTACK_SERVER_SETTLED', 'WB_OPENSTACK_CONFLICT'];

/** Cinder refuses a volume with 400 for a moment after Nova has let go of it. */
function stillAttached(kind: ResourceKind, code: string): boolean {
  return kind === 'volume' && code === 'WB_OPENSTACK_BAD_REQUEST';
}

export interface FlavorDefaults {
  readonly ramMib: number;
  readonly diskGib: number;
}

export interface ImageCopy {
  readonly sourceId: string;
  /** Beside those of the original. */
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Makes and removes resources of a cloud, each recorded before it is asked for. A request that makes something is never
 * given up half-way: the undo waits for its answer, so that nothing appears after it has looked.
 */
export class Resources {
  readonly #api: CloudApi;
  readonly #state: RunState;
  readonly #defaults: FlavorDefaults;

  constructor(api: CloudApi, state: RunState, defaults: FlavorDefaults) {
    this.#api = api;
    this.#state = state;
    this.#defaults = defaults;
  }

  /** @returns the id of the new flavor */
  flavor(name: string, spec: FlavorSpec, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    const { ramMib, diskGib } = this.#defaults;
    return this.#make('flavor', name, cleanup, signal, () =>
      this.#api.createFlavor(
        {
          name,
          vcpus: spec.vcpus,
          ramMib: spec.ramMib ?? ramMib,
          diskGib: spec.diskGib ?? diskGib,
          extraSpecs: spec.extraSpecs ?? {},
        },
        { checked: spec.checked },
      ),
    );
  }

  /** @returns the id of the new server; it is still being built */
  server(server: NewServer, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('server', server.name, cleanup, signal, () => this.#api.createServer(server));
  }

  /** A copy of an image with properties of its own. @returns the id of the copy, which is active */
  image(
    name: string,
    { sourceId, properties }: ImageCopy,
    cleanup: CleanupStack,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#make('image', name, cleanup, signal, () => this.#api.copyImage(sourceId, name, properties));
  }

  /** An image with content of its own. @returns its id; it is active */
  newImage(
    name: string,
    image: ImageContent & Pick<ImageCopy, 'properties'>,
    cleanup: CleanupStack,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#make('image', name, cleanup, signal, () => this.#api.createImage({ name, ...image }));
  }

  /** A type of encrypted volumes. @returns its id */
  volumeType(
    name: string,
    encryption: NewVolumeEncryption,
    cleanup: CleanupStack,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#make('volume-type', name, cleanup, signal, () =>
      this.#api.createVolumeType(name, encryption),
    );
  }

  /** @returns the id of the new volume; it is still being made */
  volume(volume: NewVolume, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('volume', volume.name, cleanup, signal, () => this.#api.createVolume(volume));
  }

  port(
    port: NewPort & { readonly name: string },
    cleanup: CleanupStack,
    signal: AbortSignal,
  ): Promise<string> {
    return this.#make('port', port.name, cleanup, signal, () => this.#api.createPort(port));
  }

  /** @param body as Neutron spells it, without the name. Its subnets go with it. @returns its id */
  network(name: string, body: JsonObject, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('network', name, cleanup, signal, () => this.#api.createNetwork({ name, ...body }));
  }

  /** An aggregate with these hosts and metadata. @returns its id */
  aggregate(aggregate: NewAggregate, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('aggregate', aggregate.name, cleanup, signal, () =>
      this.#api.createAggregate(aggregate),
    );
  }

  /** A trait of Placement; taken from every provider that has it before it is deleted. @param name `CUSTOM_...` */
  trait(name: string, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('trait', name, cleanup, signal, () => this.#api.createTrait(name));
  }

  /** Has Nova take a nova-compute for down, whatever its heartbeats say. @returns the id of the service */
  downMark(host: string, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('down-mark', host, cleanup, signal, () => this.#api.markDown(host));
  }

  /**
   * Removes a resource and waits until it is gone; one that is not there is gone. A server that Nova fails to delete is
   * deleted again: what its resource tracker stumbled over is often mended by the next periodic task.
   */
  async remove(resource: RecordedResource): Promise<void> {
    const { kind, name } = resource;
    const ids = resource.id === undefined ? await this.#api.findByName(kind, name) : [resource.id];
    for (const id of ids) {
      await waitUntil(`${kind} ${name} to be gone`, (signal) => this.#lookForEnd(kind, id, signal), {
        timeoutMs: removeTimeoutMs,
        intervalMs: 200,
        maxIntervalMs: 5000,
      });
    }
    await this.#state.gone(kind, name);
  }

  /** Asks for its end and looks; asked for again as long as it is there. */
  async #lookForEnd(kind: ResourceKind, id: string, signal: AbortSignal): Promise<Look<undefined>> {
    try {
      await this.#api.remove(kind, id);
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (code === 'WB_OPENSTACK_NOT_FOUND') return { done: true, value: undefined };
      if (!failedDeletions.includes(code) && !stillAttached(kind, code)) throw error;
      return { done: false, seen: error instanceof Error ? error.message : String(error) };
    }
    const state = await this.#api.stateOf(kind, id, { signal });
    return state === undefined ? { done: true, value: undefined } : { done: false, seen: state };
  }

  async #make(
    kind: ResourceKind,
    name: string,
    cleanup: CleanupStack,
    signal: AbortSignal,
    create: () => Promise<string>,
  ): Promise<string> {
    signal.throwIfAborted();
    await this.#state.make(kind, name);
    const request: { answer?: Promise<string> } = {};
    cleanup.add(`delete ${kind} ${name}`, async () => {
      const id = await request.answer?.catch(() => undefined);
      await this.remove({ kind, name, id });
    });
    signal.throwIfAborted();
    request.answer = create();
    const id = await request.answer;
    await this.#state.made(kind, name, id);
    return id;
  }
}
