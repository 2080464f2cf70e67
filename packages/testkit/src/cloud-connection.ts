import type { NovaDatabase } from '@whitebox/db';
import { novaRelease, OpenStack, type ComputeService } from '@whitebox/openstack';
import { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import type { DatabaseAccount } from './discovery/cloud-facts.js';
import { connectedFacts } from './discovery/connected-facts.js';
import { OptionFinder } from './discovery/option-finder.js';
import { TestkitError } from './errors.js';
import { connectBySsh, Machines } from './machines.js';
import { computesThatAreUp, isUpCompute, describeCompute, unknownHosts } from './open-computes.js';
import { findNovaApis, type NovaApis } from './nova-api.js';
import { databaseSearch, openDatabase, type OpenedDatabase } from './open-database.js';
import { installedNova, releaseOf } from './installed-nova.js';
import type { Release } from './release.js';
import type { CloudReference } from './run-context.js';
import { recordRequest } from './recording/record-request.js';
import { recordWaits } from './recording/record-waits.js';
import { readSettings, type Settings } from './settings.js';

interface Parts {
  readonly settings: Settings;
  readonly openstack: OpenStack;
  readonly computes: readonly ComputeHost[];
  readonly opened: OpenedDatabase;
  readonly machines: Machines;
  readonly services: readonly ComputeService[];
  readonly release: Release;
  readonly maxMicroversion: string;
}

/** Everything that is open towards a cloud: its API, its computes over SSH, its databases. */
export class CloudConnection implements AsyncDisposable {
  readonly settings: Settings;
  readonly openstack: OpenStack;
  readonly computes: readonly ComputeHost[];
  readonly database: NovaDatabase;
  /** Whose word the account of the database is. */
  readonly databasePlace: string;
  readonly databaseAccount: DatabaseAccount;
  readonly machines: Machines;
  /** Hosts of Nova's scheduler and conductor. */
  readonly controlHosts: readonly string[];
  /** What the configuration says and what was found do not fit together there; for people. */
  readonly warnings: readonly string[];
  /** Every option of the configuration: as it is said, else as it is found. */
  readonly options: OptionFinder;
  readonly release: Release;
  readonly maxMicroversion: string;
  readonly #closing: CleanupStack;

  private constructor(parts: Parts, closing: CleanupStack) {
    this.settings = parts.settings;
    this.openstack = parts.openstack;
    this.computes = parts.computes;
    this.database = parts.opened.database;
    this.databasePlace = parts.opened.place;
    this.databaseAccount = parts.opened.account;
    this.machines = parts.machines;
    this.controlHosts = controlHostsOf(parts.services);
    this.warnings = [
      ...parts.settings.config.notes.map(({ message, file, line }) =>
        file === undefined ? message : `${file}${line === undefined ? '' : `:${line}`}: ${message}`,
      ),
      ...unknownHosts(parts.settings.hosts, parts.services),
      ...parts.computes.flatMap(({ differences, name }) => differences.map((one) => `${name}: ${one}`)),
    ];
    this.release = parts.release;
    this.maxMicroversion = parts.maxMicroversion;
    this.options = new OptionFinder(parts.settings.config, connectedFacts(this));
    this.#closing = closing;
  }

  /**
   * Logs in everywhere; what was opened is closed again when something cannot be.
   *
   * @param options withoutComputes: also where no compute is up
   * @throws TestkitError `WB_TESTKIT_NO_COMPUTE`
   */
  static async open(
    cloud: CloudReference,
    { withoutComputes = false }: { readonly withoutComputes?: boolean } = {},
  ): Promise<CloudConnection> {
    const closing = new CleanupStack();
    const keep = <T extends AsyncDisposable>(what: string, opened: T): T => {
      const close = async (): Promise<void> => {
        await opened[Symbol.asyncDispose]();
      };
      try {
        closing.add(`close ${what}`, close);
      } catch (error) {
        // Opening has failed elsewhere meanwhile, and all is closed already.
        close().catch(() => undefined);
        throw error;
      }
      return opened;
    };
    try {
      recordWaits();
      const settings = await readSettings(cloud);
      const openstack = keep(
        'the API',
        await OpenStack.connect(settings.credentials, { onRequest: recordRequest }),
      );
      const machines = new Machines(
        async (name, at) => keep(name, await connectBySsh(settings.ssh, name, at)),
        settings.ssh.addresses,
      );
      const listing = openstack.compute.services.list();
      const search = databaseSearch(machines, async () => controlHostsOf(await listing), settings.deployment);
      const [services, computes, opened, range] = await Promise.all([
        listing,
        listing.then((services) => openComputes(services, settings, machines, withoutComputes)),
        openDatabase(settings.database, search).then((found) => {
          keep('the databases', found.database);
          return found;
        }),
        openstack.compute.microversions(),
      ]);
      const installed = await Promise.all(
        computes.map(({ machine, config }) => installedNova(machine, config)),
      );
      const release = releaseOf(novaRelease(range.max), installed);
      return new CloudConnection(
        { settings, openstack, computes, opened, machines, services, release, maxMicroversion: range.max },
        closing,
      );
    } catch (error) {
      await closing.run().catch(() => undefined);
      throw error;
    }
  }

  /** The nova-api of every host that has one. */
  novaApis(): Promise<NovaApis> {
    const { hosts, deployment: flavour } = this.settings;
    return findNovaApis({
      controlHosts: this.controlHosts,
      root: (host) => this.machines.root(host),
      said: (host) => ({ flavour, ...hosts.get(host)?.deployment }),
    });
  }

  /** @throws TestkitError `WB_TESTKIT_UNKNOWN_COMPUTE` */
  compute(name: string): ComputeHost {
    const found = this.computes.find((compute) => compute.name === name);
    if (found !== undefined) return found;
    throw new TestkitError({
      code: 'WB_TESTKIT_UNKNOWN_COMPUTE',
      action: `look at compute ${name}`,
      observed: `known are ${this.computes.map((compute) => compute.name).join(', ')}`,
      advice: 'A compute that came up after the run had begun is not known to it: run again.',
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing.run();
  }
}

/** The computes that are up, each as root, with the configuration that their nova-compute has in force. */
function openComputes(
  services: readonly ComputeService[],
  settings: Settings,
  machines: Machines,
  withoutAny: boolean,
): Promise<ComputeHost[]> {
  if (withoutAny && !services.some(isUpCompute)) return Promise.resolve([]);
  return Promise.all(
    computesThatAreUp(services).map(async (name) => {
      const compute = await describeCompute(
        name,
        await machines.root(name),
        settings.hosts.get(name),
        settings.deployment,
      );
      await compute.refresh();
      return compute;
    }),
  );
}

/** Hosts of the services that have the databases, those that are up first. */
export function controlHostsOf(services: readonly ComputeService[]): string[] {
  const control = services.filter(({ binary }) => binary === 'nova-conductor' || binary === 'nova-scheduler');
  const byState = [...control].sort((a, b) => Number(b.state === 'up') - Number(a.state === 'up'));
  return [...new Set(byState.map(({ host }) => host))];
}
