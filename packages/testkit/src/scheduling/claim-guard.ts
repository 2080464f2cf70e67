import { pinnedCpus, reservedCpus, type NovaReader } from '@whitebox/db';
import { TestkitError } from '../errors.js';
import type { WatchedServer } from '../invariants/invariant-watch.js';
import type { StepKind } from '../observer.js';
import type { Claim } from './claim.js';

const ofTheHost: readonly StepKind[] = ['configure', 'stop-service', 'start-service', 'restart-service'];
const placing: readonly StepKind[] = [
  'boot',
  'live-migrate',
  'cold-migrate',
  'resize',
  'revert-resize',
  'rebuild',
  'unshelve',
];

/** Holds what a case really does against what it claimed, whether other cases run beside it or not. */
export class ClaimGuard {
  readonly #claim: Claim | undefined;
  readonly #database: Pick<NovaReader, 'extras'>;
  readonly #servers = new Map<string, WatchedServer>();

  constructor(claim: Claim | undefined, database: Pick<NovaReader, 'extras'>) {
    this.#claim = claim;
    this.#database = database;
  }

  watch(server: WatchedServer): void {
    this.#servers.set(server.id, server);
  }

  /** @throws TestkitError `WB_TESTKIT_CLAIM` before a step that only a case which has the cloud alone may do */
  before(kind: StepKind, step: string): void {
    if (this.#claim === undefined || !ofTheHost.includes(kind)) return;
    throw beyond(
      step,
      'it claims only a part of the cloud, and this changes what other cases run on',
      'Leave out the claim: without one the case has the cloud alone.',
    );
  }

  /** @throws TestkitError `WB_TESTKIT_CLAIM` where its guests hold more than is claimed */
  async after(kind: StepKind, step: string): Promise<void> {
    if (this.#claim === undefined || !placing.includes(kind) || this.#servers.size === 0) return;
    const claimed = this.#claim.dedicatedCpus ?? 0;
    const held = new Map<string, number>();
    for (const { instanceUuid, numaTopology } of await this.#database.extras({
      uuids: this.#servers.keys(),
    })) {
      const server = this.#servers.get(instanceUuid);
      if (numaTopology === null || server?.hasHost !== true) continue;
      const host = server.host.name;
      const cpus = pinnedCpus(numaTopology).union(reservedCpus(numaTopology)).size;
      held.set(host, (held.get(host) ?? 0) + cpus);
      const pages = numaTopology.cells.find(({ pagesizeKiB }) => (pagesizeKiB ?? 0) > 4);
      if (pages !== undefined)
        throw beyond(
          step,
          `a guest has pages of ${pages.pagesizeKiB ?? 0} KiB, which no claim tells of`,
          'Leave out the claim: without one the case has the cloud alone.',
        );
    }
    for (const [host, cpus] of held) {
      if (cpus <= claimed) continue;
      throw beyond(
        step,
        `its guests hold ${cpus} dedicated CPUs of ${host}, and it claims ${claimed}`,
        `Say so in the options of the case: claim: { dedicatedCpus: ${cpus} }.`,
      );
    }
  }
}

function beyond(action: string, observed: string, advice: string): TestkitError {
  return new TestkitError({ code: 'WB_TESTKIT_CLAIM', action, observed, advice });
}
