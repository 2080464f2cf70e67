import type { Server } from '@whitebox/openstack';
import type { ComputeHost } from './compute-host.js';
import { CpuPlacement } from './cpu-placement.js';
import { TestkitError } from './errors.js';
import type { FlavorSpec } from './flavors.js';
import type { Layers } from './layers.js';
import { MemoryPlacement } from './memory-placement.js';
import type { StepKind } from './observer.js';
import { readCpuEvidence } from './read-cpu-evidence.js';
import { readMemoryEvidence } from './read-memory-evidence.js';
import type { CloudSession } from './session.js';

const actionTimeoutMs = 300_000;

export interface TestServerOptions {
  readonly server: Server;
  readonly session: CloudSession;
  readonly signal: AbortSignal;
  /** Says a step, does it and lets the observers look. */
  readonly act: (
    kind: StepKind,
    text: string,
    server: TestServer,
    work: () => Promise<void>,
  ) => Promise<void>;
  /** Makes a flavor that goes when the case ends. @returns its id */
  readonly makeFlavor: (spec: FlavorSpec) => Promise<string>;
  /** Told what was read of it. */
  readonly seen: (what: string, layers: Layers) => void;
}

/** A server of a case: what is done to it, and what every layer says of it. */
export class TestServer {
  readonly id: string;
  readonly name: string;
  /** Name of its libvirt domain: "instance-0000002a". */
  readonly domain: string;
  readonly #session: CloudSession;
  readonly #signal: AbortSignal;
  readonly #act: TestServerOptions['act'];
  readonly #makeFlavor: TestServerOptions['makeFlavor'];
  readonly #seen: TestServerOptions['seen'];
  #host: ComputeHost;

  constructor({ server, session, signal, act, makeFlavor, seen }: TestServerOptions) {
    this.id = server.id;
    this.name = server.name;
    this.domain = needed(server, 'instanceName');
    this.#session = session;
    this.#signal = signal;
    this.#act = act;
    this.#makeFlavor = makeFlavor;
    this.#seen = seen;
    this.#host = session.compute(needed(server, 'host'));
  }

  /** The compute that it is on. */
  get host(): ComputeHost {
    return this.#host;
  }

  /** Where its threads may run, read from every layer now. @throws TestkitError when it moved meanwhile */
  async cpus(): Promise<CpuPlacement> {
    const placement = new CpuPlacement(await readCpuEvidence(this, this.#session.database, this.#signal));
    this.#seen('CPUs', placement);
    return placement;
  }

  /** Where its memory comes from, read from every layer now. */
  async memory(): Promise<MemoryPlacement> {
    const evidence = await readMemoryEvidence(this, this.#session.database, this.#signal);
    const placement = new MemoryPlacement(evidence);
    this.#seen('memory', placement);
    return placement;
  }

  /** What Placement has allocated to it, all providers added up: `{ PCPU: 2, MEMORY_MB: 128, DISK_GB: 1 }`. */
  async allocations(): Promise<Readonly<Record<string, number>>> {
    const allocations = await this.#session.openstack.placement.allocations(this.id, {
      signal: this.#signal,
    });
    const sum: Record<string, number> = {};
    for (const { resources } of allocations) {
      for (const [name, amount] of Object.entries(resources)) sum[name] = (sum[name] ?? 0) + amount;
    }
    return sum;
  }

  /** Traits of the providers that its allocations are of, its compute above all; sorted. */
  async providerTraits(): Promise<readonly string[]> {
    const { placement } = this.#session.openstack;
    const options = { signal: this.#signal };
    const allocations = await placement.allocations(this.id, options);
    const traits = await Promise.all(
      allocations.map(({ providerId }) => placement.traits(providerId, options)),
    );
    return [...new Set(traits.flat())].sort();
  }

  /** Until it runs on its new host and nothing is being done to it any more. */
  async liveMigrate({ to }: { readonly to?: ComputeHost | undefined } = {}): Promise<void> {
    await this.#do(
      'live-migrate',
      `live migrate ${this.name}${to === undefined ? '' : ` to ${to.name}`}`,
      () => this.#actions.liveMigrate(this.id, { host: to?.name }, this.#limits).then(({ server }) => server),
    );
  }

  async softReboot(): Promise<void> {
    await this.#do('soft-reboot', `soft reboot ${this.name}`, () =>
      this.#actions.softReboot(this.id, this.#limits),
    );
  }

  async hardReboot(): Promise<void> {
    await this.#do('hard-reboot', `hard reboot ${this.name}`, () =>
      this.#actions.hardReboot(this.id, this.#limits),
    );
  }

  /** Resizes to a flavor made for this case and confirms. */
  async resize(spec: FlavorSpec): Promise<void> {
    await this.#do('resize', `resize ${this.name} to ${spec.vcpus} vCPUs and confirm`, async () => {
      await this.#actions.resize(this.id, await this.#makeFlavor(spec), this.#limits);
      return this.#actions.confirmResize(this.id, this.#limits);
    });
  }

  async rebuild(imageId: string): Promise<void> {
    await this.#do('rebuild', `rebuild ${this.name}`, () =>
      this.#actions.rebuild(this.id, imageId, {}, this.#limits),
    );
  }

  get #actions(): CloudSession['openstack']['actions'] {
    return this.#session.openstack.actions;
  }

  get #limits(): { readonly timeoutMs: number; readonly signal: AbortSignal } {
    return { timeoutMs: actionTimeoutMs, signal: this.#signal };
  }

  async #do(kind: StepKind, text: string, work: () => Promise<Server>): Promise<void> {
    await this.#act(kind, text, this, async () => {
      this.#host = this.#session.compute(needed(await work(), 'host'));
    });
  }
}

function needed(server: Server, field: 'host' | 'instanceName'): string {
  const value = server[field];
  if (value !== null) return value;
  throw new TestkitError({
    code: 'WB_TESTKIT_NOT_ADMIN',
    action: `look at server ${server.id}`,
    observed: `Nova does not tell its ${field}`,
    advice:
      'Looking behind the curtain needs an administrator: use such an account, or correct the policy of the cloud.',
  });
}
