import type { GroupName, OptionKey, OptionValue } from '@whitebox/config';
import { waitUntil } from '@whitebox/core';
import type { NovaReader } from '@whitebox/db';
import type { JsonObject, NewPort, NewVolumeEncryption, OpenStack, ServerFault } from '@whitebox/openstack';
import { placeFile, type OptionChange } from '@whitebox/services';
import { freeDedicated, mostDedicated, type HostCapacity } from './capacity.js';
import type { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import type { HostDevices } from './devices/host-devices.js';
import { readPciInventory, type PciInventory } from './devices/pci-inventory.js';
import { TestkitError } from './errors.js';
import { describeFlavor } from './flavors.js';
import { CaseResources, type BootOptions, type ImageOptions, type VolumeOptions } from './case-resources.js';
import type { InvariantWatch } from './invariants/invariant-watch.js';
import type { Layers } from './layers.js';
import type { Step, StepKind } from './observer.js';
import { currentRecorder } from './recording/current-recorder.js';
import type { CloudSession } from './session.js';
import type { StoppedService } from './stop-service.js';
import { TestServer } from './test-server.js';

export interface CloudOptions {
  readonly session: CloudSession;
  readonly testName: string;
  readonly cleanup: CleanupStack;
  readonly capacity: readonly HostCapacity[];
  readonly signal: AbortSignal;
  readonly step: (text: string, kind?: StepKind) => Promise<void>;
  readonly invariants: Pick<InvariantWatch, 'begin' | 'watch' | 'afterStep'>;
}

/** No guest of a case needs more vCPUs than this to make its point. */
const enoughVcpus = 4;
const bootTimeoutMs = 300_000;

/** The cloud as one case uses it: everything made through it is removed when the case ends. */
export class Cloud {
  readonly #session: CloudSession;
  readonly #testName: string;
  readonly #cleanup: CleanupStack;
  readonly #capacity: readonly HostCapacity[];
  readonly #signal: AbortSignal;
  readonly #step: CloudOptions['step'];
  readonly #resources: CaseResources;
  readonly #invariants: CloudOptions['invariants'];
  #lastStep = 'none';
  /** What was read last of each server. */
  readonly #seen = new Map<string, Layers>();

  constructor(options: CloudOptions) {
    this.#session = options.session;
    this.#testName = options.testName;
    this.#cleanup = options.cleanup;
    this.#capacity = options.capacity;
    this.#signal = options.signal;
    this.#step = options.step;
    this.#invariants = options.invariants;
    this.#resources = new CaseResources(options.session, options.cleanup, options.signal);
  }

  /** The whole API of the cloud, as its administrator. What a case makes with it, it has to take back itself. */
  get openstack(): OpenStack {
    return this.#session.openstack;
  }

  get database(): NovaReader {
    return this.#session.database;
  }

  /** Aborted when the case is out of time or given up. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  get computes(): readonly ComputeHost[] {
    return this.#session.computes;
  }

  get release(): CloudSession['release'] {
    return this.#session.release;
  }

  /** An option of the configuration: as it is said, else as it is found in the cloud, else its default. */
  option<G extends GroupName, K extends OptionKey<G>>(group: G, key: K): Promise<OptionValue<G, K>> {
    return this.#session.options.get(group, key);
  }

  /** What the case was doing last, for its errors. */
  get lastStep(): string {
    return this.#lastStep;
  }

  /**
   * What the layers said of each server when it was looked at last.
   *
   * @param told what the reader is told anyway; a table that it contains is left out
   */
  evidence(told: string): string[] {
    return [...this.#seen.values()]
      .filter((placement) => !told.includes(placement.table()))
      .map((placement) => {
        const differences = placement.disagreements().map((line) => `\n  - ${line}`);
        const heading = `${placement.serverName} on ${placement.hostName}, when it was looked at last:`;
        return `${heading}\n${placement.table()}${differences.join('')}`;
      });
  }

  /**
   * How many vCPUs a guest gets that takes a fraction of the dedicated CPUs which are free in a cell of every host that
   * has any: at least 1, at most 4.
   */
  shareOfDedicatedCpus(fraction: number): number {
    const free = this.#capacity.map(freeDedicated).filter((count) => count > 0);
    const least = free.length === 0 ? 0 : Math.min(...free);
    return Math.max(1, Math.min(enoughVcpus, Math.floor(least * fraction)));
  }

  /** The compute with the most free dedicated CPUs beside this one. @throws TestkitError `WB_TESTKIT_ONE_COMPUTE` */
  computeOtherThan(compute: ComputeHost): ComputeHost {
    const [best] = this.#capacity
      .filter(({ name }) => name !== compute.name)
      .sort((a, b) => freeDedicated(b) - freeDedicated(a));
    if (best !== undefined) return this.#session.compute(best.name);
    throw new TestkitError({
      code: 'WB_TESTKIT_ONE_COMPUTE',
      action: `choose a compute other than ${compute.name}`,
      observed: 'there is none',
      advice: 'Say in the needs of the case that it takes two: computes(2).',
    });
  }

  /** The compute that has most of something: `cloud.computeWithMost(freeThreadedCores)`. */
  computeWithMost(of: (host: HostCapacity) => number): ComputeHost {
    const [best] = [...this.#capacity].sort((a, b) => of(b) - of(a));
    return this.#session.compute(best?.name ?? '');
  }

  /** As many dedicated CPUs as the largest cell of any host has. */
  mostDedicatedCpusInOneCell(): number {
    return Math.max(1, ...this.#capacity.map(mostDedicated));
  }

  /** Boots a server and waits until it is ACTIVE. @throws ServerStateError at once when Nova gives up, with its fault */
  async boot(options: BootOptions): Promise<TestServer> {
    const name = this.#session.nextName();
    return this.#perform('boot', `boot ${name} (${describeFlavor(options.flavor)})`, async () => {
      const id = await this.#resources.server(name, options);
      return new TestServer({
        server: await this.#session.openstack.waitForServer(id, { status: 'ACTIVE', ...this.#limits }),
        session: this.#session,
        signal: this.#signal,
        act: this.#act,
        atEnd: this.#atEnd,
        makeFlavor: (spec) => this.#resources.flavor(spec),
        seen: (what, layers) => this.#seen.set(`${what} of ${layers.serverName}`, layers),
      });
    });
  }

  /** Boots a server that must not start; returns the fault that Nova reports. */
  async bootToFail(options: BootOptions): Promise<ServerFault> {
    const name = this.#session.nextName();
    const text = `boot ${name} (${describeFlavor(options.flavor)}), which must fail`;
    const fault = await this.#perform('boot', text, async () => {
      const id = await this.#resources.server(name, options);
      const status = ['ERROR', 'ACTIVE'] as const;
      const server = await this.#session.openstack.waitForServer(id, { status, ...this.#limits });
      return server.status === 'ERROR' ? this.#faultOf(id) : undefined;
    });
    if (fault !== undefined) return fault;
    throw new TestkitError({
      code: 'WB_TESTKIT_BOOTED',
      action: text,
      observed: 'it became ACTIVE',
      advice: 'The scheduler or the resource tracker let a guest through that has no room.',
    });
  }

  /** Id of the image of the configuration: what servers boot from when nothing else is said. */
  async defaultImage(): Promise<string> {
    return (await this.#session.images()).imageId;
  }

  /** An image other than the configured one, to rebuild with: `image_ref_alt`, or a copy made for this case. */
  async alternativeImage(): Promise<string> {
    const { imageId, imageIdAlt } = await this.#session.images();
    if (imageIdAlt !== undefined && imageIdAlt !== imageId) return imageIdAlt;
    return this.image({ sourceId: imageId });
  }

  /**
   * A copy of an image, with properties of its own: `cloud.image({ properties: { hw_pmu: 'true' } })`; or one of bytes:
   * `cloud.image({ content: { bytes, diskFormat: 'iso' } })`. @returns its id
   */
  async image(options: ImageOptions = {}): Promise<string> {
    const name = this.#session.nextName();
    const what =
      options.content === undefined ? 'copy the image' : `make an ${options.content.diskFormat} image`;
    const properties = Object.entries(options.properties ?? {}).map(([key, value]) => `${key}=${value}`);
    await this.#say(`${what} as ${name}${properties.length === 0 ? '' : ` (${properties.join(', ')})`}`);
    return this.#resources.image(name, options);
  }

  /** A volume that is available. @returns its id */
  async volume(options: VolumeOptions = {}): Promise<string> {
    const name = this.#session.nextName();
    await this.#say(`make volume ${name}`);
    return this.#resources.volume(name, options);
  }

  /** A type whose volumes are encrypted, for {@link volume}; by default with LUKS that the compute opens. @returns its id */
  async encryptedVolumeType(encryption: Partial<NewVolumeEncryption> = {}): Promise<string> {
    const name = this.#session.nextName();
    await this.#say(`make a type of encrypted volumes ${name}`);
    return this.#resources.volumeType(name, {
      provider: 'luks',
      cipher: 'aes-xts-plain64',
      keyBits: 256,
      controlLocation: 'front-end',
      ...encryption,
    });
  }

  /** @returns the id of the new port */
  async port(port: Omit<NewPort, 'name'>): Promise<string> {
    const name = this.#session.nextName();
    await this.#say(`make port ${name}`);
    return this.#resources.port(name, port);
  }

  /** @param body as Neutron spells it, without the name: `{ 'provider:network_type': 'vlan' }`. @returns the id of the new network */
  async network(body: JsonObject): Promise<string> {
    const name = this.#session.nextName();
    await this.#say(`make network ${name}`);
    return this.#resources.network(name, body);
  }

  /** Devices of the computes of which guests get some, and how many are free now. */
  async hostDevices(): Promise<readonly HostDevices[]> {
    return this.#session.hostDevices();
  }

  /** The PCI devices of a compute as Nova counts them, in every layer. */
  async pciInventory(compute: ComputeHost): Promise<PciInventory> {
    return readPciInventory(compute.name, this.#session);
  }

  /** Has something undone when the case ends, in the reverse order with everything else. */
  atEnd(what: string, undo: () => Promise<void>): void {
    this.#atEnd(what, undo);
  }

  /** Says a step, does it, and lets the observers look before and after: for all that has no method of its own. */
  async act<T>(kind: StepKind, text: string, work: () => Promise<T>, server?: TestServer): Promise<T> {
    return this.#perform(kind, text, work, server);
  }

  /**
   * Stops a service ("nova-compute", "libvirt") of a compute; Nova knows that it is down when the promise resolves.
   * Started again when the case ends, unless the case does so before.
   */
  async stopService(host: ComputeHost, name: string): Promise<StoppedService> {
    const service = await this.#perform('stop-service', `stop ${name} on ${host.name}`, () =>
      this.#session.stopService(host, name, this.#cleanup, this.#signal),
    );
    return {
      start: () => this.#perform('start-service', `start ${name} on ${host.name}`, () => service.start()),
    };
  }

  /**
   * Restarts a service ("nova-compute", "libvirt") of a compute and waits until it serves.
   *
   * @param under a server that runs there meanwhile, for observers to look at
   */
  async restartService(host: ComputeHost, name: string, under?: TestServer): Promise<void> {
    const restart = async (): Promise<void> => {
      const ready = name === 'nova-compute' ? this.#session.serves(host.name) : undefined;
      await host.deployment.service(name).restart({ ready, signal: this.#signal });
    };
    await this.#perform('restart-service', `restart ${name} on ${host.name}`, restart, under);
  }

  /**
   * A trait of Placement that nobody else has, taken away from every provider when the case ends. Made before what is
   * configured to have it, so that it goes after that.
   */
  async trait(): Promise<string> {
    const name = `CUSTOM_${this.#session
      .nextName()
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, '_')}`;
    await this.#say(`make trait ${name}`);
    return this.#session.resources.trait(name, this.#cleanup, this.#signal);
  }

  /** Places a file that nova-compute of a host reads at its start, and restarts it; taken away when the case ends. */
  async placeFile(host: ComputeHost, path: string, content: string): Promise<void> {
    await this.#perform('configure', `place ${path} on ${host.name}`, async () => {
      const { journal } = this.#session;
      const ready = this.#session.serves(host.name);
      const placing = placeFile(
        host.novaCompute,
        { path, content },
        { journal, ready, signal: this.#signal },
      );
      this.#cleanup.add(`take away ${path} on ${host.name}`, async () => {
        const change = await placing.catch(() => undefined);
        await change?.giveBack();
      });
      await placing;
    });
  }

  /**
   * Changes options of nova-compute on all computes at once, or on some, and restarts it; resolves when every one serves
   * with the new value. Given back when the case ends, after the servers that were booted since.
   */
  async configureComputes(
    changes: readonly OptionChange[],
    { on = this.computes }: { readonly on?: readonly ComputeHost[] } = {},
  ): Promise<void> {
    const where = on === this.computes ? 'all computes' : on.map(({ name }) => name).join(', ');
    const what = changes.map(({ section, option, value }) => `[${section}] ${option} = ${show(value)}`);
    await this.#perform('configure', `set ${what.join(', ')} on ${where}`, async () => {
      const changing = this.#session.changeComputes(on, changes, this.#signal);
      // A change that is given up on the way gives itself back before it rejects; so the undo waits for its end.
      this.#cleanup.add('give back the configuration of the computes', async () => {
        const change = await changing.catch(() => undefined);
        if (change === undefined) return;
        await this.#say('give back the configuration of the computes', 'configure');
        await change[Symbol.asyncDispose]();
        await this.#session.refreshComputes();
      });
      await changing;
      await this.#session.refreshComputes();
    });
  }

  /** Nova puts a server into ERROR a moment before it writes down why. */
  async #faultOf(id: string): Promise<ServerFault> {
    return waitUntil(
      `the fault of server ${id}`,
      async (signal) => {
        const { fault, status } = await this.#session.openstack.compute.servers.show(id, { signal });
        return fault === null
          ? { done: false, seen: `${status} without a fault` }
          : { done: true, value: fault };
      },
      { timeoutMs: 30_000, signal: this.#signal },
    );
  }

  get #limits(): { readonly timeoutMs: number; readonly signal: AbortSignal } {
    return { timeoutMs: bootTimeoutMs, signal: this.#signal };
  }

  readonly #atEnd = (what: string, undo: () => Promise<void>): void => {
    this.#cleanup.add(what, undo);
  };

  /** What a server of this case uses to act. */
  readonly #act = (
    kind: StepKind,
    text: string,
    server: TestServer,
    work: () => Promise<void>,
  ): Promise<void> => this.#perform(kind, text, work, server);

  /** Says the step, does it, and lets the observers look before and after. */
  async #perform<T>(kind: StepKind, text: string, work: () => Promise<T>, server?: TestServer): Promise<T> {
    await this.#say(text, kind);
    const step: Step = { testName: this.#testName, kind, text, server, atEnd: this.#atEnd };
    const { observers } = this.#session;
    await this.#invariants.begin();
    for (const observer of observers) await observer.beforeStep?.(step, this.#session);
    const result = await work();
    if (result instanceof TestServer) {
      currentRecorder()?.watch(result.id, result.name);
      this.#invariants.watch(result);
    }
    await this.#invariants.afterStep(text);
    const after = { ...step, server: result instanceof TestServer ? result : server };
    for (const observer of observers) await observer.afterStep?.(after, this.#session);
    return result;
  }

  async #say(text: string, kind?: StepKind): Promise<void> {
    this.#lastStep = text;
    await this.#step(text, kind);
  }
}

function show(value: string | readonly string[] | null): string {
  if (value === null) return 'unset';
  return typeof value === 'string' ? value : value.join(', ');
}
