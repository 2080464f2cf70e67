import type { Limits } from '@whitebox/core';
import type { MicroversionRange } from '../microversion.js';
import { novaRelease, type NovaRelease } from '../nova-release.js';
import { MicroversionError } from '../errors.js';
import { ServiceClient, type CallOptions } from '../service-client.js';
import type { Session } from '../session.js';
import { Aggregates } from './aggregates.js';
import { Flavors } from './flavors.js';
import { Hypervisors } from './hypervisors.js';
import { InstanceActions } from './instance-actions.js';
import { Keypairs } from './keypairs.js';
import { Migrations } from './migrations.js';
import { Servers } from './servers.js';
import { ComputeServices } from './services.js';

/** Nova. */
export class Compute {
  readonly servers: Servers;
  readonly migrations: Migrations;
  readonly instanceActions: InstanceActions;
  readonly flavors: Flavors;
  readonly hypervisors: Hypervisors;
  readonly services: ComputeServices;
  readonly keypairs: Keypairs;
  readonly aggregates: Aggregates;
  /** For requests that have no method here. */
  readonly client: ServiceClient;

  constructor(session: Session) {
    this.client = new ServiceClient(session, {
      type: 'compute',
      // The catalogue may have .../v2.1, .../v2.1/<project> or, as newer deployments should, no version at all.
      baseUrl: (url) => (/\/v2(\.\d)?(\/|$)/.test(url) ? url : `${url}/v2.1`),
      versionUrl: (url) => `${url.replace(/(\/v2(\.\d)?)(\/.*)?$/, '$1')}/`,
      versionHeaders: (microversion) => ({
        'openstack-api-version': `compute ${microversion}`,
        // Servers older than 2.27 know this one only.
        'x-openstack-nova-api-version': microversion,
      }),
      best: '2.96',
    });
    this.servers = new Servers(this.client);
    this.migrations = new Migrations(this.client);
    this.instanceActions = new InstanceActions(this.client);
    this.flavors = new Flavors(this.client);
    this.hypervisors = new Hypervisors(this.client);
    this.services = new ComputeServices(this.client);
    this.keypairs = new Keypairs(this.client);
    this.aggregates = new Aggregates(this.client);
  }

  async microversions(limits: Limits = {}): Promise<MicroversionRange> {
    const range = await this.client.microversions(limits);
    if (range !== null) return range;
    throw new MicroversionError({
      code: 'WB_OPENSTACK_MICROVERSION',
      action: 'discover the microversions of the compute service',
      observed: 'its version document tells none',
      advice: 'Does the endpoint end in /v2 instead of /v2.1?',
    });
  }

  /** Which Nova releases have the highest microversion of this one, see {@link novaRelease}. */
  async detectRelease(limits: Limits = {}): Promise<NovaRelease> {
    return novaRelease((await this.microversions(limits)).max);
  }

  /** The project's limits and what it uses: `maxTotalCores`, `totalCoresUsed`, ... -1 is no limit. */
  async limits(options?: CallOptions): Promise<Readonly<Record<string, number>>> {
    const call = { action: 'show compute limits', method: 'GET', path: '/limits' } as const;
    return (await this.client.fetch('limits', call, options)).numberMap('absolute');
  }
}
