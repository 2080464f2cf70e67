import type { Server } from '@whitebox/openstack';
import type { ComputeHost } from './compute-host.js';
import { TestkitError } from './errors.js';
import type { FlavorSpec } from './flavors.js';
import type { StepKind } from './observer.js';
import type { CloudSession } from './session.js';
import type { TestServer } from './test-server.js';

export const actionTimeoutMs = 300_000;

export interface ActedServerOptions {
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
  /** Has something undone when the case ends. */
  readonly atEnd: (what: string, undo: () => Promise<void>) => void;
  /** Makes a flavor that goes when the case ends. @returns its id */
  readonly makeFlavor: (spec: FlavorSpec) => Promise<string>;
}

interface To {
  readonly to?: ComputeHost | undefined;
}

/** What is done to a server of a case. Each promise resolves when Nova is done with it and nothing is going on any more. */
export abstract class ActedServer {
  readonly id: string;
  readonly name: string;
  /** Name of its libvirt domain: "instance-0000002a". */
  readonly domain: string;
  protected readonly session: CloudSession;
  protected readonly signal: AbortSignal;
  readonly #options: ActedServerOptions;
  #host: ComputeHost | undefined;

  constructor(options: ActedServerOptions) {
    const { server, session, signal } = options;
    this.id = server.id;
    this.name = server.name;
    this.domain = needed(server, 'instanceName');
    this.session = session;
    this.signal = signal;
    this.#options = options;
    this.#host = session.compute(needed(server, 'host'));
  }

  /** The compute that it is on. @throws TestkitError `WB_TESTKIT_NO_HOST` while it is shelved and offloaded */
  get host(): ComputeHost {
    if (this.#host !== undefined) return this.#host;
    throw new TestkitError({
      code: 'WB_TESTKIT_NO_HOST',
      action: `look at the host of server ${this.name}`,
      observed: 'it is on none: it is shelved and offloaded',
      advice: 'Look before it is shelved or after it is unshelved.',
    });
  }

  /** Whether it is on a host: not while it is shelved and offloaded. */
  get hasHost(): boolean {
    return this.#host !== undefined;
  }

  /** Asks Nova which host it is on now, and in what state it is. */
  async refresh(): Promise<Server> {
    const server = await this.session.openstack.compute.servers.show(this.id, { signal: this.signal });
    this.#moved(server);
    return server;
  }

  async liveMigrate({ to }: To = {}): Promise<void> {
    await this.act('live-migrate', `live migrate ${this.name}${onto(to)}`, async () => {
      const request = { host: to?.name };
      return (await this.#actions.liveMigrate(this.id, request, this.limits)).server;
    });
  }

  /** Until VERIFY_RESIZE on another host; then {@link confirmResize} or {@link revertResize}. */
  async coldMigrate({ to }: To = {}): Promise<void> {
    await this.act('cold-migrate', `migrate ${this.name}${onto(to)}`, () =>
      this.#actions.coldMigrate(this.id, to?.name, this.limits),
    );
  }

  /** Its nova-compute has to be down. Until it is on another host, stopped (since compute API 2.95) or running. */
  async evacuate({ to, microversion }: To & { readonly microversion?: string } = {}): Promise<void> {
    await this.act('evacuate', `evacuate ${this.name}${onto(to)}`, async () => {
      const limits = { ...this.limits, ...(microversion === undefined ? {} : { microversion }) };
      return (await this.#actions.evacuate(this.id, to?.name, limits)).server;
    });
  }

  async softReboot(): Promise<void> {
    await this.act('soft-reboot', `soft reboot ${this.name}`, () =>
      this.#actions.softReboot(this.id, this.limits),
    );
  }

  async hardReboot(): Promise<void> {
    await this.act('hard-reboot', `hard reboot ${this.name}`, () =>
      this.#actions.hardReboot(this.id, this.limits),
    );
  }

  async stop(): Promise<void> {
    await this.act('stop', `stop ${this.name}`, () => this.#actions.stop(this.id, this.limits));
  }

  async start(): Promise<void> {
    await this.act('start', `start ${this.name}`, () => this.#actions.start(this.id, this.limits));
  }

  async pause(): Promise<void> {
    await this.act('pause', `pause ${this.name}`, () => this.#actions.pause(this.id, this.limits));
  }

  async unpause(): Promise<void> {
    await this.act('unpause', `unpause ${this.name}`, () => this.#actions.unpause(this.id, this.limits));
  }

  async suspend(): Promise<void> {
    await this.act('suspend', `suspend ${this.name}`, () => this.#actions.suspend(this.id, this.limits));
  }

  async resume(): Promise<void> {
    await this.act('resume', `resume ${this.name}`, () => this.#actions.resume(this.id, this.limits));
  }

  /** Until it is off its host, or shelved only where `[DEFAULT] shelved_offload_time` delays that. */
  async shelve(): Promise<void> {
    await this.act('shelve', `shelve ${this.name}`, () => this.#actions.shelve(this.id, this.limits));
  }

  async unshelve({ to }: To = {}): Promise<void> {
    await this.act('unshelve', `unshelve ${this.name}${onto(to)}`, () =>
      this.#actions.unshelve(this.id, to?.name, this.limits),
    );
  }

  /**
   * Resizes to a flavor made for this case and confirms; with `confirm: false` until VERIFY_RESIZE, then
   * {@link confirmResize} or {@link revertResize}.
   */
  async resize(spec: FlavorSpec, { confirm = true }: { readonly confirm?: boolean } = {}): Promise<void> {
    const text = `resize ${this.name} to ${spec.vcpus} vCPUs${confirm ? ' and confirm' : ''}`;
    await this.act('resize', text, async () => {
      const flavorId = await this.#options.makeFlavor(spec);
      const resized = await this.#actions.resize(this.id, flavorId, this.limits);
      return confirm ? this.#actions.confirmResize(this.id, this.limits) : resized;
    });
  }

  async confirmResize(): Promise<void> {
    await this.act('confirm-resize', `confirm the move of ${this.name}`, () =>
      this.#actions.confirmResize(this.id, this.limits),
    );
  }

  async revertResize(): Promise<void> {
    await this.act('revert-resize', `revert the move of ${this.name}`, () =>
      this.#actions.revertResize(this.id, this.limits),
    );
  }

  async rebuild(imageId: string): Promise<void> {
    await this.act('rebuild', `rebuild ${this.name}`, () =>
      this.#actions.rebuild(this.id, imageId, {}, this.limits),
    );
  }

  get #actions(): CloudSession['openstack']['actions'] {
    return this.session.openstack.actions;
  }

  protected get limits(): { readonly timeoutMs: number; readonly signal: AbortSignal } {
    return { timeoutMs: actionTimeoutMs, signal: this.signal };
  }

  /** @param work tells the server as it is afterwards, where that may be elsewhere */
  protected async act(kind: StepKind, text: string, work: () => Promise<Server | undefined>): Promise<void> {
    await this.#options.act(kind, text, this.self, async () => {
      const server = await work();
      if (server !== undefined) this.#moved(server);
    });
  }

  /** Has something undone when the case ends. */
  protected atEnd(what: string, undo: () => Promise<void>): void {
    this.#options.atEnd(what, undo);
  }

  /** The whole of it, for the observers of a step. */
  protected abstract get self(): TestServer;

  #moved(server: Server): void {
    this.#host = server.host === null ? undefined : this.session.compute(server.host);
  }
}

function onto(to: ComputeHost | undefined): string {
  return to === undefined ? '' : ` to ${to.name}`;
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
