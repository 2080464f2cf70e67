import { detectDeployment } from '@whitebox/services';
import { CloudConnection } from './cloud-connection.js';
import { deploymentOf, type FoundDeployment } from './discovery/found-deployment.js';
import { readFoundHost, type FoundHost } from './discovery/found-host.js';
import type { KnownOption } from './discovery/option-finder.js';
import { sentenceOf } from './nova-connection.js';
import type { CloudReference } from './run-context.js';

/** What was found out about a cloud and its configuration. */
export interface DiscoveredOptions {
  readonly cloud: FoundCloud;
  /** The computes that are up. */
  readonly hosts: readonly FoundHost[];
  readonly options: readonly KnownOption[];
  /** How each compute and each control host that could be looked at is deployed. */
  readonly deployments: readonly FoundDeployment[];
  /** Where the configuration is not what was meant, or not what was found. */
  readonly warnings: readonly string[];
}

/** What is one for the whole cloud. */
export interface FoundCloud {
  /** Address of Keystone. */
  readonly keystone: string;
  /** "zed (Nova 26.2.2, compute API 2.93)" */
  readonly release: string;
  /** Whose word the account of the databases is. */
  readonly database: string;
  /** Nova's cells, with the name of the database of each: "cell1: nova_cell1". */
  readonly cells: readonly string[];
}

/** Looks at a cloud for every option, also for those that the configuration says. Changes nothing. */
export async function discoverOptions(cloud: CloudReference): Promise<DiscoveredOptions> {
  await using connection = await CloudConnection.open(cloud);
  const warnings = [...connection.warnings];
  const [found, hosts, options, deployments] = await Promise.all([
    foundCloud(connection, warnings),
    hostsOf(connection, warnings),
    connection.options.all(),
    deploymentsOf(connection, warnings),
  ]);
  for (const { name, dedicated, shared } of hosts) {
    for (const { note } of [dedicated, shared]) if (note !== undefined) warnings.push(`${name}: ${note}`);
  }
  return { cloud: found, hosts, options, deployments, warnings };
}

async function foundCloud(
  { settings, release, database, databaseAccount, databasePlace }: CloudConnection,
  warnings: string[],
): Promise<FoundCloud> {
  const cells = (await database.cells()).map(async (cell) => {
    const name = cell.name ?? cell.uuid;
    try {
      return `${name}: ${(await database.cellDatabase(cell)).name}${cell.disabled ? ' (disabled)' : ''}`;
    } catch (error) {
      warnings.push(`cell ${name}: ${sentenceOf(error)}`);
      return `${name}: cannot be reached`;
    }
  });
  return {
    keystone: settings.credentials.authUrl,
    release: release.text,
    database: `${databaseAccount.user} at ${databaseAccount.address}, from ${databasePlace}`,
    cells: await Promise.all(cells),
  };
}

async function hostsOf(connection: CloudConnection, warnings: string[]): Promise<FoundHost[]> {
  const { computes, database, openstack, settings } = connection;
  const sources = { database, openstack, addresses: settings.ssh.addresses };
  const found = await Promise.all(
    computes.map(async (compute) => {
      try {
        return [await readFoundHost(compute, sources)];
      } catch (error) {
        warnings.push(`${compute.name}: ${sentenceOf(error)}`);
        return [];
      }
    }),
  );
  return found.flat();
}

async function deploymentsOf(
  { computes, controlHosts, machines, settings }: CloudConnection,
  warnings: string[],
): Promise<FoundDeployment[]> {
  const found = computes.map(({ name, deployment, config }) => deploymentOf(name, deployment, config.files));
  for (const name of controlHosts.filter((host) => computes.every((compute) => compute.name !== host))) {
    try {
      const flavour = settings.deployment;
      found.push(deploymentOf(name, await detectDeployment(await machines.root(name), { flavour })));
    } catch (error) {
      warnings.push(`${name}: ${sentenceOf(error)}`);
    }
  }
  return found;
}
