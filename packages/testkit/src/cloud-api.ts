import { errorCode, type Limits } from '@whitebox/core';
import {
  compareMicroversions,
  type JsonObject,
  type NewFlavor,
  type NewPort,
  type NewServer,
  type NewVolume,
  type NewVolumeEncryption,
  type OpenStack,
} from '@whitebox/openstack';
import type { ImageContent } from './case-resources.js';
import { TestkitError } from './errors.js';
import type { ResourceKind } from './run-state.js';
import { waitForVolumesGoing } from './volumes-going.js';

export interface NewAggregate {
  readonly name: string;
  /** Names of computes, as Nova has them. */
  readonly hosts?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Names are unique, so the administrators' view of the whole cloud finds no one else's. */
export class CloudApi {
  readonly #openstack: OpenStack;

  constructor(openstack: OpenStack) {
    this.#openstack = openstack;
  }

  /** @param options checked false: by the last microversion with which Nova takes any extra spec */
  async createFlavor(
    flavor: NewFlavor,
    { checked = true }: { readonly checked?: boolean | undefined } = {},
  ): Promise<string> {
    const { flavors } = this.#openstack.compute;
    if (checked) return (await flavors.create(flavor)).id;
    const { max } = await this.#openstack.compute.microversions();
    const microversion = compareMicroversions(max, '2.85') < 0 ? max : '2.85';
    return (await flavors.create(flavor, { microversion })).id;
  }

  async createServer(server: NewServer): Promise<string> {
    return (await this.#openstack.compute.servers.create(server)).id;
  }

  async copyImage(
    sourceId: string,
    name: string,
    properties: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { id } = await this.#openstack.images.copy(sourceId, { name, properties });
    await this.#openstack.waitForImage(id);
    return id;
  }

  async createImage({
    name,
    bytes,
    diskFormat,
    properties,
  }: ImageContent & {
    readonly name: string;
    readonly properties: Readonly<Record<string, string>>;
  }): Promise<string> {
    const { id } = await this.#openstack.images.createFrom({ name, diskFormat, properties }, () => bytes);
    await this.#openstack.waitForImage(id);
    return id;
  }

  /** A type that nobody can use before its volumes are encrypted. */
  async createVolumeType(name: string, encryption: NewVolumeEncryption): Promise<string> {
    const { types } = this.#openstack.volumes;
    const { id } = await types.create(name);
    await types.encrypt(id, encryption);
    return id;
  }

  async createVolume(volume: NewVolume): Promise<string> {
    return (await this.#openstack.volumes.create(volume)).id;
  }

  async createPort(port: NewPort): Promise<string> {
    return (await this.#openstack.network.createPort(port)).id;
  }

  /** @param body as Neutron spells it */
  async createNetwork(body: JsonObject): Promise<string> {
    return (await this.#openstack.network.createNetwork(body)).id;
  }

  /** @returns its name, which is all the id that a trait has */
  async createTrait(name: string): Promise<string> {
    await this.#openstack.placement.createTrait(name);
    return name;
  }

  /** Tells Nova that the nova-compute of a host is down, instead of letting it find out. @returns the id of the service */
  async markDown(host: string): Promise<string> {
    const [service] = await this.#openstack.compute.services.list({ host, binary: 'nova-compute' });
    if (service === undefined) {
      throw new TestkitError({
        code: 'WB_TESTKIT_UNKNOWN_COMPUTE',
        action: `tell Nova that nova-compute on ${host} is down`,
        observed: 'Nova has no such service',
        advice: 'Compare with "openstack compute service list".',
      });
    }
    return (await this.#openstack.compute.services.forceDown(service.id, true)).id;
  }

  /** An aggregate with hosts and metadata; it is there from the first moment, so that it can be found by its name. */
  async createAggregate({ name, hosts = [], metadata = {} }: NewAggregate): Promise<string> {
    const { aggregates } = this.#openstack.compute;
    const { id } = await aggregates.create(name);
    for (const host of hosts) await aggregates.addHost(id, host);
    if (Object.keys(metadata).length > 0) await aggregates.setMetadata(id, metadata);
    return String(id);
  }

  /** Ids of all that have this name. */
  async findByName(kind: ResourceKind, name: string): Promise<string[]> {
    const all = await this.#list(kind, name);
    return all.filter((one) => one.name === name).map(({ id }) => id);
  }

  async remove(kind: ResourceKind, id: string): Promise<void> {
    const { compute, images, network, placement, volumes } = this.#openstack;
    switch (kind) {
      case 'down-mark':
        // A conflict as long as the host has not been told what was evacuated from it.
        await compute.services.forceDown(id, false);
        return;
      case 'trait':
        for (const provider of await placement.providers({ trait: id })) {
          const traits = await placement.traits(provider.id);
          await placement.setTraits(
            provider,
            traits.filter((name) => name !== id),
          );
        }
        return placement.deleteTrait(id);
      case 'server':
        return this.#removeServer(id);
      case 'aggregate': {
        // One with hosts cannot be deleted.
        const { hosts } = await compute.aggregates.show(Number(id));
        for (const host of hosts) await compute.aggregates.removeHost(Number(id), host);
        return compute.aggregates.delete(Number(id));
      }
      case 'flavor':
        return compute.flavors.delete(id);
      case 'image':
        return images.delete(id);
      case 'port':
        return network.deletePort(id);
      case 'network':
        return network.deleteNetwork(id);
      case 'volume':
        return volumes.delete(id);
      case 'volume-type':
        return volumes.types.delete(id);
    }
  }

  /** Until it is gone, and what goes with it; or at once with Nova's fault when it stays. */
  async #removeServer(id: string): Promise<void> {
    const { actions, compute, volumes } = this.#openstack;
    const { volumeIds } = await compute.servers.show(id);
    await actions.delete(id);
    await waitForVolumesGoing(volumes, volumeIds);
  }

  /** What a resource that is being removed looks like now; undefined when it is gone. */
  async stateOf(kind: ResourceKind, id: string, limits: Limits = {}): Promise<string | undefined> {
    try {
      return await this.#show(kind, id, limits);
    } catch (error) {
      if (errorCode(error) === 'WB_OPENSTACK_NOT_FOUND') return undefined;
      throw error;
    }
  }

  async #list(
    kind: ResourceKind,
    name: string,
  ): Promise<readonly { readonly id: string; readonly name: string | null }[]> {
    const { compute, images, network, placement, volumes } = this.#openstack;
    switch (kind) {
      case 'down-mark':
        return (await compute.services.list({ host: name, binary: 'nova-compute' }))
          .filter(({ forcedDown }) => forcedDown)
          .map(({ id, host }) => ({ id, name: host }));
      case 'trait':
        return (await placement.knownTraits(name)).map((trait) => ({ id: trait, name: trait }));
      case 'server':
        return compute.servers.list({ allProjects: true, name });
      case 'aggregate':
        return (await compute.aggregates.list()).map(({ id, name }) => ({ id: String(id), name }));
      case 'flavor':
        return compute.flavors.list();
      case 'image':
        return images.list({ name });
      case 'port':
        return network.ports();
      case 'network':
        return network.networks();
      case 'volume':
        return volumes.list();
      case 'volume-type':
        return volumes.types.list();
    }
  }

  async #show(kind: ResourceKind, id: string, limits: Limits): Promise<string | undefined> {
    const { compute, images, network, placement, volumes } = this.#openstack;
    switch (kind) {
      case 'down-mark': {
        const services = await compute.services.list({ binary: 'nova-compute' }, limits);
        return services.find((service) => service.id === id)?.forcedDown === true ? 'forced down' : undefined;
      }
      case 'trait':
        return (await placement.knownTraits(id, limits))[0];
      case 'server': {
        const { status, taskState } = await compute.servers.show(id, limits);
        return taskState === null ? status : `${status} (${taskState})`;
      }
      case 'aggregate':
        return (await compute.aggregates.show(Number(id), limits)).name;
      case 'flavor':
        return (await compute.flavors.show(id, limits)).name;
      case 'image':
        return (await images.show(id, limits)).status;
      case 'port':
        return (await network.port(id, limits)).status;
      case 'network':
        return (await network.network(id, limits)).status;
      case 'volume':
        return (await volumes.show(id, limits)).status;
      case 'volume-type':
        return (await volumes.types.show(id, limits)).name;
    }
  }
}
