import { homedir } from 'node:os';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadConfig, type WhiteboxConfig } from '@whitebox/config';
import { errorCode } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { OpenStack, type ComputeService } from '@whitebox/openstack';
import { detectDeployment, runningConfig, type Deployment } from '@whitebox/services';
import { sql } from '@whitebox/db';
import { CleanupStack } from '../cleanup.js';
import { CloudConnection } from '../cloud-connection.js';
import { describedHosts } from '../described-hosts.js';
import { installedNova } from '../installed-nova.js';
import { connectBySsh, Machines } from '../machines.js';
import { databaseSearch, openDatabase } from '../open-database.js';
import type { CloudReference } from '../run-context.js';
import { openRuns } from '../run-state.js';
import { readSettings, readSshSettings } from '../settings.js';
import { siteApi } from './real-api.js';
import type { Here, Site, SiteApi, SiteConnection, SiteDatabase, SiteHost } from './site.js';

/** Milliseconds for one connection over all of its hops. */
const connectTimeoutMs = 15_000;

export interface OpenSite extends AsyncDisposable {
  readonly site: Site;
}

/**
 * The site of a real cloud. Closing it gives up what is still being opened.
 *
 * @param stateRoot folder with the records of runs
 * @param machine what is otherwise on the machine that runs Whitebox; for tests
 */
export function openSite(cloud: CloudReference, stateRoot: string, machine: Partial<Here> = {}): OpenSite {
  const closing = new CleanupStack();
  const gone = new AbortController();
  const site = new RealSite(cloud, { ...here(stateRoot), ...machine }, closing, gone.signal);
  return {
    site,
    [Symbol.asyncDispose]: async () => {
      gone.abort();
      await closing.run().catch(() => undefined);
    },
  };
}

function here(stateRoot: string): Here {
  return {
    nodeVersion: process.version,
    now: () => Date.now(),
    stateRoot,
    folders: [...new Set([stateRoot, process.cwd(), homedir()])],
    freeBytes,
    openRuns: () => openRuns(stateRoot),
  };
}

/** Of the nearest folder that exists. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return freeBytes(dirname(folder));
  }
}

class RealSite implements Site {
  readonly here: Here;
  readonly #cloud: CloudReference;
  readonly #closing: CleanupStack;
  readonly #gone: AbortSignal;

  constructor(cloud: CloudReference, here: Here, closing: CleanupStack, gone: AbortSignal) {
    this.#cloud = cloud;
    this.here = here;
    this.#closing = closing;
    this.#gone = gone;
  }

  readonly config = once<WhiteboxConfig>(() => loadConfig({ ...this.#cloud, env: process.env }));

  readonly api = once<SiteApi>(async () => {
    const { credentials } = await readSettings(this.#cloud);
    return siteApi(await this.#openstack(), credentials.authUrl, this.#services);
  });

  readonly hosts = once<readonly SiteHost[]>(async () => {
    const services = await this.#services().catch(() => undefined);
    const config = await this.config();
    const said = [...(config.get('whitebox', 'ctlplane_addresses') ?? new Map<string, string>()).keys()];
    const names = new Set([
      ...(services ?? []).map(({ host }) => host),
      ...said,
      ...(services === undefined ? config.nodes.keys() : []),
    ]);
    if (names.size === 0 && services === undefined) await this.#services();
    const { addresses, jump } = await readSshSettings(this.#cloud);
    const way = jump === undefined ? '' : ` by ${jump}`;
    return [...names]
      .sort()
      .map((name) => this.#host(name, `${addresses.get(name) ?? name}${way}`, services));
  });

  readonly database = once<SiteDatabase>(async () => {
    const { database: said, deployment } = await readSettings(this.#cloud);
    const controlHosts = async (): Promise<string[]> => {
      const control = (await this.#services()).filter(({ binary }) =>
        /^nova-(?:conductor|scheduler)$/.test(binary),
      );
      return [...new Set(control.map(({ host }) => host))];
    };
    const search = databaseSearch(await this.#machines(), controlHosts, deployment);
    const { database, place, account } = await openDatabase(said, search);
    this.#keep(database);
    return {
      account: `${account.user} at ${account.address}`,
      place,
      grants: async () =>
        (await database.api.query(sql`SHOW GRANTS`)).map((row) => grantOf(Object.values(row)[0])),
      cells: async () =>
        Promise.all(
          (await database.cells()).map(async (cell) => {
            const name = cell.name ?? cell.uuid;
            try {
              await (await database.cellDatabase(cell)).query(sql`SELECT 1 FROM instances LIMIT 1`);
              return { name, problem: undefined };
            } catch (problem) {
              return { name, problem };
            }
          }),
        ),
      computeNodes: () => database.computeNodes(),
    };
  });

  /** Only once all that it opens is known to open: it would wait long for a host that is dead. */
  readonly connection = once<SiteConnection>(async () => {
    const computes = (await this.hosts()).filter(({ isCompute }) => isCompute);
    await Promise.all([this.api(), this.database(), ...computes.map(({ root }) => root())]);
    return this.#keep(await CloudConnection.open(this.#cloud));
  });

  readonly #openstack = once(async () => {
    const { credentials } = await readSettings(this.#cloud);
    const options = { timeoutMs: 20_000, signal: this.#gone };
    return this.#keep(await OpenStack.connect(credentials, options));
  });

  readonly #services = once<readonly ComputeService[]>(async () =>
    (await this.#openstack()).compute.services.list(),
  );

  readonly #machines = once(async () => {
    const ssh = await readSshSettings(this.#cloud);
    const limits = { timeoutMs: connectTimeoutMs, signal: this.#gone };
    return new Machines(
      async (name, at) => this.#keep(await connectBySsh(ssh, name, at, limits)),
      ssh.addresses,
    );
  });

  #host(name: string, where: string, services: readonly ComputeService[] | undefined): SiteHost {
    const root = async (): Promise<Host> => (await this.#machines()).root(name);
    const deployment = once<Deployment>(async () => {
      const config = await this.config();
      const said = describedHosts(config).get(name)?.deployment;
      return detectDeployment(await root(), { flavour: config.get('whitebox', 'deployment'), ...said });
    });
    return {
      name,
      where,
      isCompute: services?.some(({ binary, host }) => binary === 'nova-compute' && host === name) ?? true,
      login: async () => (await this.#machines()).login(name),
      root,
      deployment,
      novaVersion: async () => {
        const novaCompute = (await deployment()).service('nova-compute');
        return installedNova(await root(), await runningConfig(novaCompute));
      },
    };
  }

  #keep<T extends AsyncDisposable>(opened: T): T {
    if (this.#gone.aborted) {
      opened[Symbol.asyncDispose]().then(undefined, () => undefined);
      throw new Error('the site was closed meanwhile');
    }
    this.#closing.add('close it', async () => {
      await opened[Symbol.asyncDispose]();
    });
    return opened;
  }
}

/** MariaDB tells the hash of the password in the same line. */
function grantOf(value: unknown): string {
  return String(value).replace(/ IDENTIFIED .*$/i, '');
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
