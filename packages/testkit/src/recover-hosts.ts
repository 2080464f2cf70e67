import { asRoot, type Host } from '@whitebox/host';
import {
  describeHostChanges,
  giveBackHostChanges,
  readHostChanges,
  type GiveBackHostsOptions,
} from '@whitebox/services';
import { CleanupStack } from './cleanup.js';
import { CloudConnection } from './cloud-connection.js';
import { servesAgain } from './give-back-run.js';
import { connectBySsh } from './machines.js';
import type { CloudReference } from './run-context.js';
import { readSshSettings } from './settings.js';

export interface RecoverHostsOptions extends Pick<GiveBackHostsOptions, 'lost' | 'conflicts'> {
  /** Hosts by the names (or SSH destinations) that they are reached by; undefined: those of all nova-computes of the cloud. */
  readonly hosts?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface RecoveredHosts {
  /** Who holds which hosts, and what is open there, a line each. */
  readonly found: readonly string[];
  /** What was not given back and why; with `dryRun` only what could not be looked at. */
  readonly notGivenBack: readonly string[];
}

/**
 * Gives back what hosts themselves know of, for when the machine that ran Whitebox is lost: nothing else than the hosts is
 * needed where they are named, not even the API of the cloud.
 *
 * @param say told of each step
 */
export async function recoverHosts(
  cloud: CloudReference,
  { hosts: names, lost, conflicts, dryRun = false }: RecoverHostsOptions,
  say: (text: string) => void,
): Promise<RecoveredHosts> {
  const closing = new CleanupStack();
  try {
    const { hosts, problems, ready } =
      names === undefined ? await ofCloud(cloud, closing) : await named(cloud, names, closing);
    const changes = await readHostChanges(hosts);
    const found = await describeHostChanges(changes);
    for (const line of found) say(`  ${line}`);
    if (dryRun) return { found, notGivenBack: problems };
    const failures = await giveBackHostChanges(changes, hosts, { lost, conflicts, ready }, say);
    return { found, notGivenBack: [...problems, ...failures] };
  } finally {
    await closing.run();
  }
}

interface OpenHosts extends Pick<GiveBackHostsOptions, 'ready'> {
  readonly hosts: readonly Host[];
  /** Hosts that could not be reached; the others are not kept from what they need by that. */
  readonly problems: readonly string[];
}

async function named(
  cloud: CloudReference,
  names: readonly string[],
  closing: CleanupStack,
): Promise<OpenHosts> {
  const ssh = await readSshSettings(cloud);
  return await reached(names, async (name) => {
    const host = await connectBySsh(ssh, name, { address: ssh.addresses.get(name) });
    closing.add(`close ${name}`, () => host[Symbol.asyncDispose]());
    return asRoot(host);
  });
}

async function ofCloud(cloud: CloudReference, closing: CleanupStack): Promise<OpenHosts> {
  const connection = await CloudConnection.open(cloud, { withoutComputes: true });
  closing.add('close the cloud', () => connection[Symbol.asyncDispose]());
  const services = await connection.openstack.compute.services.list({ binary: 'nova-compute' });
  const names = [...new Set(services.map(({ host }) => host))].sort();
  const open = await reached(names, (name) => connection.machines.root(name));
  return { ...open, ready: (service) => servesAgain(connection, service) };
}

async function reached(
  names: readonly string[],
  connect: (name: string) => Promise<Host>,
): Promise<OpenHosts> {
  const problems: string[] = [];
  const hosts = await Promise.all(
    names.map(async (name) => {
      try {
        const host = await connect(name);
        // Also that one may be root there.
        await host.exec(['true']);
        return [host];
      } catch (error) {
        problems.push(
          `${name} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
        );
        return [];
      }
    }),
  );
  return { hosts: hosts.flat(), problems };
}
