import type { CaseConfiguration, Cloud, ComputeHost, FlavorSpec } from '@whitebox/testkit';

/** Lets nova-api leave a guest where it is when it is resized. */
export const resizeToSameHost: CaseConfiguration = {
  api: [{ section: 'DEFAULT', option: 'allow_resize_to_same_host', value: 'true' }],
};

/** How often a compute counts what it has given away, beside what it is told: every minute by default, and at its start. */
export async function countAnewEvery(cloud: Cloud, host: ComputeHost, seconds: number): Promise<void> {
  const option = { section: 'DEFAULT', option: 'update_resources_interval', value: String(seconds) };
  await cloud.configureComputes([option], { on: [host] });
}

/** A flavor for which no other compute qualifies: it requires a trait that only this one has, until the case ends. */
export async function onlyFor(cloud: Cloud, { name }: ComputeHost, flavor: FlavorSpec): Promise<FlavorSpec> {
  const { signal } = cloud;
  const { placement } = cloud.openstack;
  const trait = await cloud.trait();
  const [node] = await cloud.database.computeNodes({ host: name }, { signal });
  const [root] = await placement.providers({ name: node?.hypervisorHostname ?? name }, { signal });
  if (root === undefined) throw new Error(`Placement has no provider of ${name}.`);
  const traits = await placement.traits(root.id, { signal });
  await placement.setTraits(root, [...traits, trait], { signal });
  return { ...flavor, extraSpecs: { ...flavor.extraSpecs, [`trait:${trait}`]: 'required' } };
}
