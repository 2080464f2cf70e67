import { pinnedCpus, reservedCpus, type InstanceExtra, type NovaReader } from '@whitebox/db';
import { TestkitError } from '../errors.js';
import type { WatchedServer } from '../invariants/invariant-watch.js';
import type { StepKind } from '../observer.js';
import { quotaShareOf, shareOf, type Claim, type Exclusive } from './claim.js';
import type { Placement } from './placing.js';

const ofTheHost: readonly StepKind[] = ['configure', 'stop-service', 'start-service', 'restart-service'];
const placing: readonly StepKind[] = [
  'boot',
  'live-migrate',
  'cold-migrate',
  'evacuate',
  'resize',
  'revert-resize',
  'rebuild',
  'unshelve',
];

/** Holds what a case really does against what it claimed, whether other cases run beside it or not. */
export class ClaimGuard {
  readonly #claim: Claim | undefined;
  readonly #placement: Placement;
  readonly #database: Pick<NovaReader, 'extras'>;
  readonly #servers = new Map<string, WatchedServer>();
  #volumes = 0;

  constructor(claim: Claim | undefined, placement: Placement, database: Pick<NovaReader, 'extras'>) {
    this.#claim = claim;
    this.#placement = placement;
    this.#database = database;
  }

  watch(server: WatchedServer): void {
    this.#servers.set(server.id, server);
  }

  /**
   * @param hosts on which the step changes something; undefined: not on some hosts only
   * @throws TestkitError `WB_TESTKIT_CLAIM` before a step that changes what other cases may run on
   */
  before(kind: StepKind, step: string, hosts?: readonly string[]): void {
    if (this.#claim === undefined || !ofTheHost.includes(kind)) return;
    const { own } = this.#placement;
    const others = hosts?.filter((name) => !own.includes(name)) ?? ['hosts that it does not tell'];
    if (others.length === 0) return;
    throw beyond(
      step,
      `it has ${own.length === 0 ? 'no host' : own.join(', ')} to itself, and this changes ${others.join(', ')}`,
      'Claim these hosts with ownHosts, or leave out the claim: without one the case has the cloud alone.',
    );
  }

  /** @throws TestkitError `WB_TESTKIT_CLAIM` before it makes more volumes than it claims */
  volumes(count: number, step: string): void {
    this.#volumes += count;
    const { volumes } = quotaShareOf(this.#claim ?? {});
    if (this.#claim === undefined || this.#volumes <= volumes) return;
    throw beyond(
      step,
      `these are ${this.#volumes} volumes, and it claims ${volumes === 0 ? 'none' : volumes}`,
      `Say so in the options of the case: claim: { volumes: ${this.#volumes} }.`,
    );
  }

  /** @throws TestkitError `WB_TESTKIT_CLAIM` where its guests hold more than is claimed, or are elsewhere */
  async after(kind: StepKind, step: string): Promise<void> {
    if (this.#claim === undefined || !placing.includes(kind) || this.#servers.size === 0) return;
    const share = shareOf(this.#claim);
    const most = share.dedicatedCpus * share.cells;
    const held = new Map<string, { cpus: number; memoryMib: number }>();
    const extras = await this.#database.extras({ uuids: this.#servers.keys() });
    this.#checkQuota(step, extras);
    for (const extra of extras) {
      const server = this.#servers.get(extra.instanceUuid);
      if (server?.hasHost !== true) continue;
      const host = server.host.name;
      this.#checkHost(step, server.name, host);
      this.#checkThings(step, extra);
      const sum = held.get(host) ?? { cpus: 0, memoryMib: 0 };
      const { numaTopology, flavors } = extra;
      if (numaTopology !== null) sum.cpus += pinnedCpus(numaTopology).union(reservedCpus(numaTopology)).size;
      sum.memoryMib += flavors?.current.memoryMiB ?? 0;
      held.set(host, sum);
    }
    for (const [host, { cpus, memoryMib }] of held) {
      if (cpus > most)
        throw beyond(
          step,
          `its guests hold ${cpus} dedicated CPUs of ${host}, and it claims ${most}`,
          `Say so in the options of the case: claim: { dedicatedCpus: ${cpus} }.`,
        );
      if (memoryMib > share.memoryMib)
        throw beyond(
          step,
          `its guests have ${memoryMib} MiB of ${host}, and it claims ${share.memoryMib}`,
          `Say so in the options of the case: claim: { memoryMib: ${memoryMib} }.`,
        );
    }
  }

  #checkQuota(step: string, extras: readonly InstanceExtra[]): void {
    const { servers, vcpus } = quotaShareOf(this.#claim ?? {});
    const has = extras.reduce((sum, { flavors }) => sum + (flavors?.current.vcpus ?? 0), 0);
    if (extras.length <= servers && has <= vcpus) return;
    throw beyond(
      step,
      `it has ${extras.length} servers with ${has} vCPUs, and it claims ${servers} with ${vcpus}`,
      `Say so in the options of the case: claim: { servers: ${extras.length}, vcpus: ${has} }.`,
    );
  }

  #checkHost(step: string, server: string, host: string): void {
    const { hosts } = this.#placement;
    if (hosts.includes(host)) return;
    throw beyond(
      step,
      `${server} is on ${host}, and it claims ${hosts.join(', ')}`,
      "A case whose guests move or whose host Nova has to choose says sharedHosts: 'all'.",
    );
  }

  /** What a host has little of. */
  #checkThings(step: string, { numaTopology, pciRequests, resources }: InstanceExtra): void {
    const pages = numaTopology?.cells.find(({ pagesizeKiB }) => (pagesizeKiB ?? 0) > 4)?.pagesizeKiB;
    const classes = resources.map(({ resourceClass }) => resourceClass);
    const used = {
      hugepages: pages == null ? undefined : `pages of ${pages} KiB`,
      pci: pciRequests.length === 0 ? undefined : 'PCI devices',
      nvdimm: classes.find((name) => name.startsWith('CUSTOM_PMEM')),
      vgpu: classes.find((name) => name.includes('VGPU')),
    } satisfies Partial<Record<Exclusive, string | undefined>>;
    for (const [thing, found] of Object.entries(used)) {
      if (found === undefined || this.#claim?.exclusive?.includes(thing as Exclusive) === true) continue;
      throw beyond(
        step,
        `a guest has ${found}, which its claim does not tell`,
        `Say so in the options of the case: claim: { exclusive: ['${thing}'] }.`,
      );
    }
  }
}

function beyond(action: string, observed: string, advice: string): TestkitError {
  return new TestkitError({ code: 'WB_TESTKIT_CLAIM', action, observed, advice });
}
