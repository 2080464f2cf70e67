import { CpuSet, type Redactor, WaitTimeoutError, waitUntil, type Look } from '@whitebox/core';
import { pinnedCpus, reservedCpus, type NovaReader } from '@whitebox/db';
import { compareMicroversions, type OpenStack } from '@whitebox/openstack';
import {
  changeOptions,
  JournalDirectory,
  type Change,
  type OptionChange,
  type ReadyProbe,
} from '@whitebox/services';
import { staleCpus, type HostCapacity } from './capacity.js';
import { CloudApi } from './cloud-api.js';
import { CloudConnection } from './cloud-connection.js';
import type { ComputeHost } from './compute-host.js';
import { readHostDevices, type HostDevices } from './devices/host-devices.js';
import type { OptionFinder } from './discovery/option-finder.js';
import { resolveImages, type TestImages } from './images.js';
import type { Discovered } from './needs.js';
import { apiAnswers, type NovaApis } from './nova-api.js';
import { libvirtServes } from './libvirt-serves.js';
import { novaComputeServes } from './nova-compute-serves.js';
import { redactorOf } from './known-secrets.js';
import { loadObservers, type Observer } from './observer.js';
import type { Release } from './release.js';
import { Resources } from './resources.js';
import type { RunContext } from './run-context.js';
import { RunState } from './run-state.js';
import { usableMicroversion } from './settings.js';
import type { CleanupStack } from './cleanup.js';
import { stopService, type StoppedService } from './stop-service.js';

/** Longer than the default of `[DEFAULT] update_resources_interval`, 60 s. */
const settleTimeoutMs = 90_000;

/** One run's hold on a cloud: its connections, what was discovered, and the record of what is made on it. */
export class CloudSession implements Discovered, AsyncDisposable {
  readonly #connection: CloudConnection;
  readonly #context: RunContext;
  readonly #state: RunState;
  readonly resources: Resources;
  readonly observers: readonly Observer[];
  #names = 0;
  #images: Promise<TestImages> | undefined;

  private constructor(connection: CloudConnection, context: RunContext, observers: readonly Observer[]) {
    this.#connection = connection;
    this.#context = context;
    this.#state = RunState.at(context.stateDirectory);
    this.observers = observers;
    this.resources = new Resources(
      new CloudApi(connection.openstack),
      this.#state,
      connection.settings.flavor,
    );
  }

  static async open(context: RunContext): Promise<CloudSession> {
    const observers = await loadObservers(context.observers);
    return new CloudSession(await CloudConnection.open(context.cloud), context, observers);
  }

  /** Knows the passwords of this cloud. */
  get redactor(): Redactor {
    const { settings, databaseAccount } = this.#connection;
    return redactorOf(settings, databaseAccount);
  }

  get openstack(): OpenStack {
    return this.#connection.openstack;
  }

  get database(): NovaReader {
    return this.#connection.database;
  }

  get computes(): readonly ComputeHost[] {
    return this.#connection.computes;
  }

  get release(): Release {
    return this.#connection.release;
  }

  /** Highest microversion of the compute API to use: that of the cloud, or a lower one that the configuration says. */
  get maxMicroversion(): string {
    const { maxMicroversion, settings } = this.#connection;
    return usableMicroversion(settings.config.get('compute', 'max_microversion'), maxMicroversion);
  }

  /** Whether a server can be sent to a host and still move later: compute API 2.74. */
  get sendsToHosts(): boolean {
    return compareMicroversions(this.maxMicroversion, '2.74') >= 0;
  }

  /** Every option of the configuration: as it is said, else as it is found in the cloud. */
  get options(): OptionFinder {
    return this.#connection.options;
  }

  compute(name: string): ComputeHost {
    return this.#connection.compute(name);
  }

  /** A name that no other resource of any run has. */
  nextName(): string {
    this.#names += 1;
    return `${this.#context.runId}-${this.#names}`;
  }

  /** What each compute can take now, as Nova's resource tracker accounts for it. */
  async capacity(): Promise<readonly HostCapacity[]> {
    const rows = await this.database.computeNodes();
    return this.computes.map(({ name }) => ({
      name,
      memoryMib: rows
        .filter(({ host }) => host === name)
        .reduce((sum, { memoryMiB, memoryUsedMiB }) => sum + memoryMiB - memoryUsedMiB, 0),
      cells: rows
        .filter(({ host }) => host === name)
        .flatMap(({ numaTopology }) => numaTopology?.cells ?? [])
        .map(({ id, pcpuset, pinnedCpus, cpuset, siblings, pages }) => ({
          siblings,
          id,
          dedicated: pcpuset,
          taken: pinnedCpus,
          shared: cpuset,
          hugepages: new Map(
            pages.map(({ sizeKiB, total, used, reserved }) => [
              sizeKiB,
              { total, free: total - used - reserved },
            ]),
          ),
        })),
    }));
  }

  /** Devices of the computes of which guests get some, and how many are free. */
  async hostDevices(): Promise<readonly HostDevices[]> {
    const sources = { database: this.database, placement: this.openstack.placement };
    return Promise.all(this.computes.map((compute) => readHostDevices(compute, sources)));
  }

  /**
   * Waits until Nova accounts only for CPUs that guests have, so that a case does not fail over what an earlier one has
   * given back. Gives up after a while: then the needs of the case tell what is missing.
   */
  async settled(signal: AbortSignal): Promise<void> {
    try {
      await waitUntil('Nova to account for what guests have given back', () => this.#lookForStaleCpus(), {
        timeoutMs: settleTimeoutMs,
        intervalMs: 500,
        signal,
      });
    } catch (error) {
      if (!(error instanceof WaitTimeoutError)) throw error;
    }
  }

  async #lookForStaleCpus(): Promise<Look<undefined>> {
    const stale: string[] = [];
    for (const host of await this.capacity()) {
      const guests = await this.database.extras({ host: host.name });
      const held = guests
        .flatMap(({ numaTopology }) => (numaTopology === null ? [] : [numaTopology]))
        .reduce(
          (all, topology) => all.union(pinnedCpus(topology)).union(reservedCpus(topology)),
          CpuSet.empty,
        );
      const cpus = staleCpus(host, held);
      if (!cpus.isEmpty) stale.push(`${host.name}: ${cpus.toString()}`);
    }
    return stale.length === 0 ? { done: true, value: undefined } : { done: false, seen: stale.join(', ') };
  }

  images(): Promise<TestImages> {
    this.#images ??= resolveImages(this.openstack, this.#connection.settings);
    return this.#images;
  }

  /** Where changes of hosts are recorded before they are made. */
  get journal(): JournalDirectory {
    return new JournalDirectory(this.#state.changesDirectory);
  }

  /** Changes options of nova-compute on computes; resolves when all of them serve with the new values. */
  async changeComputes(
    computes: readonly ComputeHost[],
    changes: readonly OptionChange[],
    signal: AbortSignal,
  ): Promise<Change> {
    return changeOptions(
      computes.map(({ name, novaCompute }) => ({
        service: novaCompute,
        changes,
        ready: this.serves(name),
      })),
      { journal: this.journal, signal },
    );
  }

  /** The nova-api of every host that has one. */
  readonly novaApis = (): Promise<NovaApis> => this.#connection.novaApis();

  /** Changes options of nova-api wherever it runs; resolves when it answers with the new values. */
  async changeApi(changes: readonly OptionChange[], signal: AbortSignal): Promise<Change> {
    const { services } = await this.novaApis();
    return changeOptions(
      services.map((service) => ({ service, changes, ready: apiAnswers(this.openstack) })),
      { journal: this.journal, signal },
    );
  }

  /** Stops a service of a compute, as {@link stopService} says. */
  async stopService(
    host: ComputeHost,
    name: string,
    cleanup: CleanupStack,
    signal: AbortSignal,
  ): Promise<StoppedService> {
    return stopService(this, host, name, cleanup, signal);
  }

  async refreshComputes(): Promise<void> {
    await Promise.all(this.computes.map((compute) => compute.refresh()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  /** Whether a service of a host, "nova-compute" or "libvirt", serves again after a restart. */
  serves(host: string, service = 'nova-compute'): ReadyProbe | undefined {
    if (service === 'nova-compute') {
      const { hypervisors } = this.openstack.compute;
      const said = this.compute(host).config.effective('DEFAULT', 'service_down_time')?.value;
      const serviceDownMs = said === undefined ? undefined : Number(said) * 1000;
      return novaComputeServes({ database: this.database, hypervisors, serviceDownMs }, host);
    }
    if (service !== 'libvirt') return undefined;
    const { services } = this.openstack.compute;
    return libvirtServes((filter, limits) => services.list(filter, limits), host);
  }
}
