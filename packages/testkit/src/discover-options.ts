import { detectDeployment } from '@whitebox/services';
import { CloudConnection } from './cloud-connection.js';
import { deploymentOf, type FoundDeployment } from './discovery/found-deployment.js';
import type { KnownOption } from './discovery/option-finder.js';
import { sentenceOf } from './nova-connection.js';
import type { CloudReference } from './run-context.js';

/** What was found out about a cloud and its configuration. */
export interface DiscoveredOptions {
  readonly options: readonly KnownOption[];
  /** How each compute and each control host that could be looked at is deployed. */
  readonly deployments: readonly FoundDeployment[];
  /** Where the configuration is not what was meant, or not what was found. */
  readonly warnings: readonly string[];
}

/** Looks at a cloud for every option, also for those that the configuration says. Changes nothing. */
export async function discoverOptions(cloud: CloudReference): Promise<DiscoveredOptions> {
  await using connection = await CloudConnection.open(cloud);
  const warnings = [...connection.warnings];
  const [options, deployments] = await Promise.all([
    connection.options.all(),
    deploymentsOf(connection, warnings),
  ]);
  return { options, deployments, warnings };
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
