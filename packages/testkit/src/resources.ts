import { errorCode, waitUntil } from '@whitebox/core';
import type { NewServer } from '@whitebox/openstack';
import type { CleanupStack } from './cleanup.js';
import type { CloudApi } from './cloud-api.js';
import type { FlavorSpec } from './flavors.js';
import type { RecordedResource, ResourceKind, RunState } from './run-state.js';

const removeTimeoutMs = 180_000;

export interface FlavorDefaults {
  readonly ramMib: number;
  readonly diskGib: number;
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
      this.#api.createFlavor({
        name,
        vcpus: spec.vcpus,
        ramMib: spec.ramMib ?? ramMib,
        diskGib: spec.diskGib ?? diskGib,
        extraSpecs: spec.extraSpecs ?? {},
      }),
    );
  }

  /** @returns the id of the new server; it is still being built */
  server(server: NewServer, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('server', server.name, cleanup, signal, () => this.#api.createServer(server));
  }

  /** A copy of an image. @returns the id of the copy, which is active */
  image(name: string, sourceId: string, cleanup: CleanupStack, signal: AbortSignal): Promise<string> {
    return this.#make('image', name, cleanup, signal, () => this.#api.copyImage(sourceId, name));
  }

  /** Removes a resource and waits until it is gone; one that is not there is gone. */
  async remove(resource: RecordedResource): Promise<void> {
    const { kind, name } = resource;
    const ids = resource.id === undefined ? await this.#api.findByName(kind, name) : [resource.id];
    for (const id of ids) {
      await this.#api.remove(kind, id).catch(ignoreNotFound);
      await waitUntil(
        `${kind} ${name} to be gone`,
        async (signal) => {
          const state = await this.#api.stateOf(kind, id, { signal });
          return state === undefined ? { done: true, value: undefined } : { done: false, seen: state };
        },
        { timeoutMs: removeTimeoutMs },
      );
    }
    await this.#state.gone(kind, name);
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

function ignoreNotFound(error: unknown): void {
  if (errorCode(error) !== 'WB_OPENSTACK_NOT_FOUND') throw error;
}
