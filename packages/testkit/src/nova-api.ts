import {
  detectDeployment,
  type DeploymentOverrides,
  type ReadyProbe,
  type Service,
} from '@whitebox/services';
import type { OpenStack } from '@whitebox/openstack';
import type { Host } from '@whitebox/host';
import type { Need } from './needs.js';

/** The nova-api processes of a cloud, or why they are not all known. */
export interface NovaApis {
  readonly services: readonly Service[];
  /** What is in the way of changing them all; undefined: nothing. */
  readonly obstacle: string | undefined;
}

export interface NovaApiSources {
  /** Hosts of Nova's scheduler and conductor. */
  readonly controlHosts: readonly string[];
  readonly root: (host: string) => Promise<Host>;
  readonly said: (host: string) => DeploymentOverrides | undefined;
}

/**
 * Nova does not tell where its API runs. In the deployments that Whitebox knows that is on the hosts of its scheduler and
 * conductor; where one of these has none that runs, there may be others elsewhere.
 */
export async function findNovaApis({ controlHosts, root, said }: NovaApiSources): Promise<NovaApis> {
  const services: Service[] = [];
  for (const host of controlHosts) {
    const found = await runningApi(host, root, said(host));
    if (typeof found === 'string') return { services: [], obstacle: `${host}: ${found}` };
    services.push(found);
  }
  return {
    services,
    obstacle: services.length === 0 ? 'Nova tells of no scheduler and conductor' : undefined,
  };
}

async function runningApi(
  host: string,
  root: NovaApiSources['root'],
  said: DeploymentOverrides | undefined,
): Promise<Service | string> {
  try {
    const deployment = await detectDeployment(await root(host), said);
    if (!deployment.services.includes('nova-api')) return 'no nova-api';
    const service = deployment.service('nova-api');
    const { state } = await service.status();
    return state === 'running' ? service : `nova-api is ${state}`;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}

/** Whether the compute API answers after a restart of nova-api. */
export function apiAnswers({ compute }: Pick<OpenStack, 'compute'>): ReadyProbe {
  return async (_, signal) => {
    try {
      return { done: true, value: await compute.services.list({}, { signal }) };
    } catch (error) {
      return { done: false, seen: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** A nova-api whose configuration can be changed. */
export function configurableApi(): Need {
  return {
    text: 'a nova-api that can be configured on the hosts of the scheduler and conductor',
    missing: async ({ novaApis }) => {
      const { obstacle } = await novaApis();
      return obstacle === undefined ? undefined : { evidence: obstacle, transient: false };
    },
  };
}
