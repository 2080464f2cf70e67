import { NovaDatabase } from '@whitebox/db';
import { asRoot, type Host } from '@whitebox/host';
import { novaRelease, OpenStack } from '@whitebox/openstack';
import { openService } from '@whitebox/services';
import { SshHost } from '@whitebox/ssh';
import { CleanupStack } from './cleanup.js';
import { ComputeHost } from './compute-host.js';
import { TestkitError } from './errors.js';
import { Release } from './release.js';
import type { CloudReference } from './run-context.js';
import { readSettings, type DatabaseSettings, type Settings } from './settings.js';

interface Parts {
  readonly settings: Settings;
  readonly openstack: OpenStack;
  readonly computes: readonly ComputeHost[];
  readonly database: NovaDatabase;
  readonly release: Release;
  readonly maxMicroversion: string;
}

/** Everything that is open towards a cloud: its API, its computes over SSH, its databases. */
export class CloudConnection implements AsyncDisposable {
  readonly settings: Settings;
  readonly openstack: OpenStack;
  readonly computes: readonly ComputeHost[];
  readonly database: NovaDatabase;
  readonly release: Release;
  readonly maxMicroversion: string;
  readonly #closing: CleanupStack;

  private constructor(parts: Parts, closing: CleanupStack) {
    this.settings = parts.settings;
    this.openstack = parts.openstack;
    this.computes = parts.computes;
    this.database = parts.database;
    this.release = parts.release;
    this.maxMicroversion = parts.maxMicroversion;
    this.#closing = closing;
  }

  /** Logs in everywhere; what was opened is closed again when something cannot be. */
  static async open(cloud: CloudReference): Promise<CloudConnection> {
    const closing = new CleanupStack();
    const keep = <T extends AsyncDisposable>(what: string, opened: T): T => {
      closing.add(`close ${what}`, async () => {
        await opened[Symbol.asyncDispose]();
      });
      return opened;
    };
    try {
      const settings = await readSettings(cloud);
      const openstack = keep('the API', await OpenStack.connect(settings.credentials));
      const connect = async (name: string, address: string, port?: number): Promise<Host> =>
        keep(name, await connectHost(name, address, settings, port));
      const [computes, database, range] = await Promise.all([
        openComputes(openstack, settings, connect),
        openDatabase(settings, connect).then((opened) => keep('the databases', opened)),
        openstack.compute.microversions(),
      ]);
      const known = novaRelease(range.max);
      const release = new Release(
        known.majorVersions,
        `${known.names.join(' or ') || 'unknown'} (compute API ${range.max})`,
      );
      return new CloudConnection(
        { settings, openstack, computes, database, release, maxMicroversion: range.max },
        closing,
      );
    } catch (error) {
      await closing.run().catch(() => undefined);
      throw error;
    }
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

type Connect = (name: string, address: string, port?: number) => Promise<Host>;

function connectHost(
  name: string,
  address: string,
  { ssh }: Settings,
  port: number | undefined,
): Promise<SshHost> {
  return SshHost.connect(name, {
    name,
    address,
    port,
    user: ssh.user,
    identityFiles: ssh.identityFile === undefined ? undefined : [ssh.identityFile],
    knownHostsFiles: ssh.knownHostsFile === undefined ? undefined : [ssh.knownHostsFile],
    hostKeys: ssh.hostKeys,
  });
}

/** The computes that are up, each as root, with the CPU sets that their nova-compute has in force. */
async function openComputes(
  openstack: OpenStack,
  settings: Settings,
  connect: Connect,
): Promise<ComputeHost[]> {
  const services = await openstack.compute.services.list({ binary: 'nova-compute' });
  const up = services.filter(({ state }) => state === 'up').map(({ host }) => host);
  if (up.length === 0) {
    throw new TestkitError({
      code: 'WB_TESTKIT_NO_COMPUTE',
      action: 'look for computes',
      observed: `no nova-compute is up; registered are ${services.map(({ host }) => host).join(', ') || 'none'}`,
      advice: 'See "openstack compute service list" and the log of nova-compute on its host.',
    });
  }
  return Promise.all(
    up.sort().map(async (name) => {
      const machine = asRoot(await connect(name, settings.ssh.addresses.get(name) ?? name));
      const reference = settings.novaCompute.get(name) ?? { kind: 'systemd', unit: 'nova-compute.service' };
      const compute = new ComputeHost(name, machine, openService(machine, reference));
      await compute.refresh();
      return compute;
    }),
  );
}

async function openDatabase({ database }: Settings, connect: Connect): Promise<NovaDatabase> {
  if (database === undefined) {
    throw new TestkitError({
      code: 'WB_TESTKIT_NO_DATABASE',
      action: "open Nova's databases",
      observed: 'the configuration does not say where they are',
      advice:
        'Set host, user and password in [whitebox-database]; an account that may only SELECT is enough.',
    });
  }
  const { address, port, user, password } = database;
  return NovaDatabase.open({
    endpoint: { address, port },
    user,
    password,
    through: await gatewayOf(database, connect),
  });
}

async function gatewayOf({ gateway }: DatabaseSettings, connect: Connect): Promise<Host | undefined> {
  return gateway === undefined ? undefined : connect(gateway.address, gateway.address, gateway.port);
}
