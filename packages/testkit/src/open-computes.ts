import type { ComputeService } from '@whitebox/openstack';
import { detectDeployment, type FlavourName } from '@whitebox/services';
import type { Host } from '@whitebox/host';
import { ComputeHost } from './compute-host.js';
import type { DescribedHost } from './described-hosts.js';
import { TestkitError } from './errors.js';

export type DescribedHosts = ReadonlyMap<string, DescribedHost>;

export function isUpCompute({ binary, state }: Pick<ComputeService, 'binary' | 'state'>): boolean {
  return binary === 'nova-compute' && state === 'up';
}

/** Names of the computes that are up. @throws TestkitError `WB_TESTKIT_NO_COMPUTE` */
export function computesThatAreUp(
  services: readonly Pick<ComputeService, 'binary' | 'host' | 'state'>[],
): string[] {
  const computes = services.filter(({ binary }) => binary === 'nova-compute');
  const up = services.filter(isUpCompute).map(({ host }) => host);
  if (up.length > 0) return up.sort();
  throw new TestkitError({
    code: 'WB_TESTKIT_NO_COMPUTE',
    action: 'look for computes',
    observed: `no nova-compute is up; registered are ${computes.map(({ host }) => host).join(', ') || 'none'}`,
    advice: 'See "openstack compute service list" and the log of nova-compute on its host.',
  });
}

/**
 * A compute as nodes.yaml describes it; what that leaves out is found on the machine, with one command.
 *
 * @param flavour what is said of all hosts
 */
export async function describeCompute(
  name: string,
  machine: Host,
  said: DescribedHost | undefined,
  flavour?: FlavourName,
  options?: { readonly readOnly?: boolean },
): Promise<ComputeHost> {
  const deployment = await detectDeployment(machine, { flavour, ...said?.deployment });
  return new ComputeHost(name, deployment, said, options);
}

/** Hosts of nodes.yaml that Nova does not know: most likely their names are not Nova's. */
export function unknownHosts(
  described: DescribedHosts,
  services: readonly Pick<ComputeService, 'binary' | 'host'>[],
): string[] {
  const known = [
    ...new Set(services.filter(({ binary }) => binary === 'nova-compute').map(({ host }) => host)),
  ];
  return [...described.values()]
    .filter(({ name }) => !known.includes(name))
    .map(
      ({ name, place }) =>
        `${place} describes ${name}, which is no compute of this cloud and so means nothing; Nova knows ${known.sort().join(', ')}`,
    );
}
