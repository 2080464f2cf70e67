import type { GroupName, OptionKey, OptionValue } from '@whitebox/config';
import { waitUntil } from '@whitebox/core';
import type { NovaReader } from '@whitebox/db';
import type { OpenStack, ServerFault } from '@whitebox/openstack';
import { freeDedicated, mostDedicated, type HostCapacity } from './capacity.js';
import { CaseHosts } from './case-hosts.js';
import type { ComputeHost } from './compute-host.js';
import type { HostDevices } from './devices/host-devices.js';
import { readPciInventory, type PciInventory } from './devices/pci-inventory.js';
import type { ConfiguredCloudOptions, StepSubject } from './configured-cloud.js';
import { TestkitError } from './errors.js';
import { describeFlavor } from './flavors.js';
import type { BootOptions } from './case-resources.js';
import type { InvariantWatch } from './invariants/invariant-watch.js';
import type { Layers } from './layers.js';
import type { Step, StepKind } from './observer.js';
import { ProvisionedCloud } from './provisioned-cloud.js';
import { currentRecorder } from './recording/current-recorder.js';
import type { Claim } from './scheduling/claim.js';
import type { CloudSession } from './session.js';
import { TestServer } from './test-server.js';

export interface CloudOptions extends ConfiguredCloudOptions {
  readonly testName: string;
  readonly capacity: readonly HostCapacity[];
  readonly step: (text: string, kind?: StepKind) => Promise<void>;
  readonly invariants: Pick<InvariantWatch, 'begin' | 'watch' | 'afterStep'>;
  /** What the case uses of the cloud; undefined: all of it. */
  readonly claim?: Claim | undefined;
  /** Told on which hosts the servers of the case are, when that changes. */
  readonly hosts?: ((names: readonly string[]) => Promise<void>) | undefined;
}

/** No guest of a case needs more vCPUs than this to make its point. */
const enoughVcpus = 4;
const bootTimeoutMs = 300_000;

/** The cloud as one case uses it: everything made through it is removed when the case ends. */
export class Cloud extends ProvisionedCloud {
  readonly #testName: string;
  /** Of the hosts where its guests may come. */
  readonly #capacity: readonly HostCapacity[];
  readonly #step: CloudOptions['step'];
  readonly #invariants: CloudOptions['invariants'];
  readonly #claim: Claim | undefined;
  readonly #hosts: CaseHosts;
  #lastStep = 'none';
  /** What was read last of each server. */
  readonly #seen = new Map<string, Layers>();

  constructor(options: CloudOptions) {
    super(options);
    this.#testName = options.testName;
    this.#capacity = options.capacity.filter(({ name }) => options.placement.hosts.includes(name));
    this.#step = options.step;
    this.#invariants = options.invariants;
    this.#claim = options.claim;
    this.#hosts = new CaseHosts(options.hosts ?? (() => Promise.resolve()));
  }

  /** The whole API of the cloud, as its administrator. What a case makes with it, it has to take back itself. */
  get openstack(): OpenStack {
    return this.session.openstack;
  }

  get database(): NovaReader {
    return this.session.database;
  }

  get release(): CloudSession['release'] {
    return this.session.release;
  }

  /** An option of the configuration: as it is said, else as it is found in the cloud, else its default. */
  option<G extends GroupName, K extends OptionKey<G>>(group: G, key: K): Promise<OptionValue<G, K>> {
    return this.session.options.get(group, key);
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
   * has any, or of those that the case claims: at least 1, at most 4.
   */
  shareOfDedicatedCpus(fraction: number): number {
    const free = this.#capacity.map(freeDedicated).filter((count) => count > 0);
    const claimed = this.#claim === undefined ? enoughVcpus : (this.#claim.dedicatedCpus ?? 0);
    const least = free.length === 0 ? 0 : Math.min(...free, claimed);
    return Math.max(1, Math.min(enoughVcpus, Math.floor(least * fraction)));
  }

  /** The compute with the most free dedicated CPUs beside this one. @throws TestkitError `WB_TESTKIT_ONE_COMPUTE` */
  computeOtherThan(compute: ComputeHost): ComputeHost {
    const [best] = this.#capacity
      .filter(({ name }) => name !== compute.name)
      .sort((a, b) => freeDedicated(b) - freeDedicated(a));
    if (best !== undefined) return this.session.compute(best.name);
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
    return this.session.compute(best?.name ?? '');
  }

  /** As many dedicated CPUs as the largest cell of any host has. */
  mostDedicatedCpusInOneCell(): number {
    return Math.max(1, ...this.#capacity.map(mostDedicated));
  }

  /** Boots a server and waits until it is ACTIVE. @throws ServerStateError at once when Nova gives up, with its fault */
  async boot(options: BootOptions): Promise<TestServer> {
    const name = this.session.nextName();
    return this.perform('boot', `boot ${name} (${describeFlavor(options.flavor)})`, async () => {
      const id = await this.resources.server(name, this.#directed(options));
      return new TestServer({
        server: await this.session.openstack.waitForServer(id, { status: 'ACTIVE', ...this.#limits }),
        session: this.session,
        signal: this.signal,
        act: this.#act,
        atEnd: this.#atEnd,
        makeFlavor: (spec) => this.resources.flavor(spec),
        seen: (what, layers) => this.#seen.set(`${what} of ${layers.serverName}`, layers),
      });
    });
  }

  /** Its own host, or one of those that it may use, for a server of which it does not say where; else Nova chooses. */
  #directed(options: BootOptions): BootOptions {
    const made = options.blockDevices?.filter(
      (one) => one.destination === 'volume' && one.source !== 'volume',
    );
    if (made !== undefined && made.length > 0)
      this.guard?.volumes(made.length, `boot with ${made.length} new volumes`);
    const { own, hosts } = this.placement;
    const anywhere =
      hosts.length === this.computes.length && (own.length === 0 || own.length === hosts.length);
    if (options.host !== undefined || anywhere) return options;
    return { ...options, host: this.session.compute(own[0] ?? hosts[0] ?? '') };
  }

  /** Boots a server that must not start; returns the fault that Nova reports. */
  async bootToFail(options: BootOptions): Promise<ServerFault> {
    const name = this.session.nextName();
    const text = `boot ${name} (${describeFlavor(options.flavor)}), which must fail`;
    const fault = await this.perform('boot', text, async () => {
      const id = await this.resources.server(name, this.#directed(options));
      const status = ['ERROR', 'ACTIVE'] as const;
      const server = await this.session.openstack.waitForServer(id, { status, ...this.#limits });
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

  /** Devices of the computes of which guests get some, and how many are free now. */
  async hostDevices(): Promise<readonly HostDevices[]> {
    return this.session.hostDevices();
  }

  /** The PCI devices of a compute as Nova counts them, in every layer. */
  async pciInventory(compute: ComputeHost): Promise<PciInventory> {
    return readPciInventory(compute.name, this.session);
  }

  /** Has something undone when the case ends, in the reverse order with everything else. */
  atEnd(what: string, undo: () => Promise<void>): void {
    this.#atEnd(what, undo);
  }

  /** Says a step, does it, and lets the observers look before and after: for all that has no method of its own. */
  async act<T>(kind: StepKind, text: string, work: () => Promise<T>, server?: TestServer): Promise<T> {
    return this.perform(kind, text, work, { server });
  }

  /** Nova puts a server into ERROR a moment before it writes down why. */
  async #faultOf(id: string): Promise<ServerFault> {
    return waitUntil(
      `the fault of server ${id}`,
      async (signal) => {
        const { fault, status } = await this.session.openstack.compute.servers.show(id, { signal });
        return fault === null
          ? { done: false, seen: `${status} without a fault` }
          : { done: true, value: fault };
      },
      { timeoutMs: 30_000, signal: this.signal },
    );
  }

  get #limits(): { readonly timeoutMs: number; readonly signal: AbortSignal } {
    return { timeoutMs: bootTimeoutMs, signal: this.signal };
  }

  readonly #atEnd = (what: string, undo: () => Promise<void>): void => {
    this.cleanup.add(what, undo);
  };

  /** What a server of this case uses to act. */
  readonly #act = (
    kind: StepKind,
    text: string,
    server: TestServer,
    work: () => Promise<void>,
  ): Promise<void> => this.perform(kind, text, work, { server });

  /** Says the step, does it, and lets the observers look before and after. */
  protected async perform<T>(
    kind: StepKind,
    text: string,
    work: () => Promise<T>,
    { server, hosts }: StepSubject = {},
  ): Promise<T> {
    await this.say(text, kind);
    this.guard?.before(
      kind,
      text,
      hosts?.map(({ name }) => name),
    );
    const step: Step = { testName: this.#testName, kind, text, server, atEnd: this.#atEnd };
    const { observers } = this.session;
    await this.#invariants.begin();
    for (const observer of observers) await observer.beforeStep?.(step, this.session);
    const result = await work();
    if (result instanceof TestServer) {
      currentRecorder()?.watch(result.id, result.name);
      this.#invariants.watch(result);
      this.guard?.watch(result);
      this.#hosts.watch(result);
    }
    await this.#hosts.afterStep();
    await this.guard?.after(kind, text);
    await this.#invariants.afterStep(text);
    const after = { ...step, server: result instanceof TestServer ? result : server };
    for (const observer of observers) await observer.afterStep?.(after, this.session);
    return result;
  }

  protected async say(text: string, kind?: StepKind): Promise<void> {
    this.#lastStep = text;
    await this.#step(text, kind);
  }
}
