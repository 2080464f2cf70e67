import type { Distribution } from './distribution.js';
import type { HostFacts } from './host-facts.js';
import { apiAddress, undercloudName, type Host } from './lab-hosts.js';
import type { LabPaths } from './names.js';
import type { LabSecrets } from './secrets.js';
import type { LabSettings } from './settings.js';

/** Name of the administrator's entry in clouds.yaml. */
export const cloudName = 'whitebox-lab';

export type FactsByHost = ReadonlyMap<string, HostFacts>;

/** What the files are made of that a lab gives its users. */
export interface OutputContext {
  readonly settings: LabSettings;
  readonly paths: LabPaths;
  readonly distribution: Distribution;
  readonly hosts: readonly Host[];
  readonly secrets: LabSecrets;
}

/** Address of the host with the APIs. */
export function controller(context: OutputContext): string {
  return apiAddress(context.hosts);
}

/** The way to the hosts, as ProxyJump has it; undefined where there is nothing in between. */
export function jumpOf({ hosts, distribution }: OutputContext): string | undefined {
  const undercloud = hosts.find(({ name }) => name === undercloudName);
  return undercloud === undefined ? undefined : `${distribution.operator.name}@${undercloud.address}`;
}
