import type { NodeDescription, WhiteboxConfig } from '@whitebox/config';
import type { DeploymentOverrides } from '@whitebox/services';
import type { PlacedCpus } from './cpu-set-option.js';

/** What nodes.yaml says of one compute. */
export interface DescribedHost {
  readonly name: string;
  /** "nodes.yaml:12" */
  readonly place: string;
  readonly deployment: DeploymentOverrides;
  readonly dedicated: PlacedCpus | undefined;
  readonly shared: PlacedCpus | undefined;
}

/** The hosts of nodes.yaml by name, in the words of those who look at hosts. */
export function describedHosts(config: WhiteboxConfig): ReadonlyMap<string, DescribedHost> {
  const containers = config.get('whitebox', 'containers');
  const containerRuntime = config.get('whitebox', 'container_runtime');
  return new Map(
    [...config.nodes].map(([name, node]) => {
      const services = [...node.services].map(([service, { containerName, ...said }]) => [
        service,
        // `containers = false` makes container names mean nothing, as in the predecessor.
        containers === false ? said : { ...said, containerName, containerRuntime },
      ]);
      const host: DescribedHost = {
        name,
        place: `${node.file}:${node.line}`,
        deployment: { services: Object.fromEntries(services) as DeploymentOverrides['services'] },
        dedicated: placed(node, 'cpu_dedicated_set', node.cpuDedicatedSet),
        shared: placed(node, 'cpu_shared_set', node.cpuSharedSet),
      };
      return [name, host];
    }),
  );
}

function placed(
  node: NodeDescription,
  key: string,
  cpus: NodeDescription['cpuSharedSet'],
): PlacedCpus | undefined {
  return cpus === undefined ? undefined : { cpus, place: `${node.file}:${node.lineOf(key)}` };
}
