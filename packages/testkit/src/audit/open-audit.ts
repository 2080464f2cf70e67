import type { NovaDatabase } from '@whitebox/db';
import { batched, type Host } from '@whitebox/host';
import { novaRelease, OpenStack } from '@whitebox/openstack';
import type { Redactor } from '@whitebox/core';
import { CleanupStack } from '../cleanup.js';
import { controlHostsOf } from '../cloud-connection.js';
import type { ComputeHost } from '../compute-host.js';
import type { DatabaseAccount } from '../discovery/cloud-facts.js';
import { redactorOf } from '../known-secrets.js';
import { connectBySsh, Machines } from '../machines.js';
import { describeCompute } from '../open-computes.js';
import { databaseSearch, openDatabase } from '../open-database.js';
import { Release } from '../release.js';
import type { CloudReference } from '../run-context.js';
import { readSettings, type Settings } from '../settings.js';
import { allowedRequests, allowedStatements } from './allowed-reads.js';
import { readOnlyHost } from './read-only-host.js';
import type { Sending } from './sent.js';

interface Parts {
  readonly settings: Settings;
  readonly openstack: OpenStack;
  readonly database: NovaDatabase;
  readonly account: DatabaseAccount;
  readonly release: Release;
}

/** A cloud at which an audit may only look: nothing that could change it is ever sent. */
export class AuditedCloud implements AsyncDisposable {
  readonly openstack: OpenStack;
  readonly database: NovaDatabase;
  readonly release: Release;
  /** Knows the passwords of this cloud. */
  readonly redactor: Redactor;
  readonly #settings: Settings;
  readonly #sent: Sending;
  readonly #closing: CleanupStack;

  private constructor(parts: Parts, sent: Sending, closing: CleanupStack) {
    this.openstack = parts.openstack;
    this.database = parts.database;
    this.release = parts.release;
    this.redactor = redactorOf(parts.settings, parts.account);
    this.#settings = parts.settings;
    this.#sent = sent;
    this.#closing = closing;
  }

  /**
   * Logs in to the API and opens the databases; machines are reached one by one with {@link withCompute}. Needs no compute that is
   * up, and no image.
   *
   * @param sent told of everything that is sent
   */
  static async open(cloud: CloudReference, sent: Sending = () => undefined): Promise<AuditedCloud> {
    const closing = new CleanupStack();
    try {
      const settings = await readSettings(cloud);
      const openstack = await OpenStack.connect(settings.credentials, {
        readOnly: true,
        onRequest: ({ method, url }) => {
          const { host, pathname, search } = new URL(url, 'http://unknown');
          const text = `${method} ${pathname}${search}`;
          const rule = allowedRequests.find(({ pattern }) => pattern.test(text));
          sent({ kind: 'request', where: host, text, allowedAs: rule?.what });
        },
      });
      closing.add('close the API', () => openstack.close());
      const machines = new Machines(
        async (name, at) => {
          const machine = await connectBySsh(settings.ssh, name, at);
          closing.add(`close ${name}`, () => machine[Symbol.asyncDispose]());
          return machine;
        },
        settings.ssh.addresses,
        (root) => readOnlyHost(root, sent),
      );
      const search = databaseSearch(
        machines,
        async () => controlHostsOf(await openstack.compute.services.list()),
        settings.deployment,
        ({ database, text }) => {
          const line = text.replaceAll(/\s+/g, ' ').trim();
          const rule = allowedStatements.find(({ pattern }) => pattern.test(line));
          sent({ kind: 'statement', where: database, text: line, allowedAs: rule?.what });
        },
      );
      const [opened, range] = await Promise.all([
        openDatabase(settings.database, search).then((found) => {
          closing.add('close the databases', () => found.database.close());
          return found;
        }),
        openstack.compute.microversions(),
      ]);
      const api = novaRelease(range.max);
      const release = new Release(
        api.majorVersions,
        `${api.names.join(' or ') || 'unknown'} (compute API ${api.maxMicroversion})`,
      );
      const { database, account } = opened;
      return new AuditedCloud({ settings, openstack, database, account, release }, sent, closing);
    } catch (error) {
      await closing.run().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Connects to a compute as long as it is looked at. Its configuration is that of the nova-compute that runs there, if one does.
   *
   * @param trouble told why there is no configuration
   */
  async withCompute<T>(
    name: string,
    trouble: (error: unknown) => void,
    look: (compute: ComputeHost) => Promise<T>,
  ): Promise<T> {
    const { ssh, hosts, deployment } = this.#settings;
    let opened: AsyncDisposable | undefined;
    const machines = new Machines(
      async (host, at): Promise<Host> => {
        const machine = await connectBySsh(ssh, host, at);
        opened = machine;
        return machine;
      },
      ssh.addresses,
      (root) => readOnlyHost(batched(root), this.#sent),
    );
    try {
      const machine = await machines.root(name);
      const compute = await describeCompute(name, machine, hosts.get(name), deployment, { readOnly: true });
      await compute.refresh().catch(trouble);
      return await look(compute);
    } finally {
      await opened?.[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#closing.run();
  }
}
