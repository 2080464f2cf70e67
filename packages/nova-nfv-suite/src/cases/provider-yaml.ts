import {
  computes,
  expect,
  microversion,
  shared,
  test,
  type Cloud,
  type ComputeHost,
} from '@whitebox/testkit';

test(
  'a trait of provider.yaml is on the root provider of its host alone, and guests that require it go there',
  {
    needs: [computes(2), microversion('2.53')],
    replaces: ['test_provider_yaml.TestProviderYamlViaTraits.test_valid_trait_with_provider_yaml'],
  },
  async ({ cloud }) => {
    const directory = await providerDirectory(cloud);
    const traits = new Map<ComputeHost, string>();
    for (const host of cloud.computes.slice(0, 2)) traits.set(host, await cloud.trait());
    const path = `${directory}/whitebox.yaml`;
    await cloud.placeFiles(
      [...traits].map(([host, trait]) => ({ host, path, content: providerYaml(trait) })),
    );

    for (const [host, trait] of traits) {
      // Two on each: one may come there by chance.
      for (let guests = 0; guests < 2; guests += 1) {
        const extraSpecs = { [`trait:${trait}`]: 'required' };
        const server = await cloud.boot({ flavor: { ...shared(1), extraSpecs } });
        expect(server.host.name).toBe(host.name);
        const { flavor } = (await server.xml()).nova ?? {};
        // Nova writes them since 2023.2; their absence is no evidence before that.
        if (flavor?.extraSpecs !== undefined)
          expect([...flavor.extraSpecs]).toEqual(Object.entries(extraSpecs));
        expect((await cloud.database.extra(server.id)).flavors?.current.extraSpecs).toEqual(extraSpecs);
      }
    }
    // The predecessor takes the first two providers that Placement lists, children of a host among them.
    for (const host of cloud.computes) {
      const found = await rootTraits(cloud, host);
      const own = [...traits.values()].filter((trait) => found.includes(trait));
      expect(own, `traits of ${host.name}`).toEqual(traits.has(host) ? [traits.get(host)] : []);
    }
  },
);

test(
  'no guest starts whose flavor requires a trait that no host has',
  {
    claim: {},
    needs: [microversion('2.53')],
    replaces: ['test_provider_yaml.TestProviderYamlViaTraits.test_invalid_trait'],
  },
  async ({ cloud }) => {
    const trait = 'CUSTOM_WHITEBOX_NO_HOST_HAS_THIS';
    expect(await cloud.openstack.placement.knownTraits(trait)).toEqual([]);
    const fault = await cloud.bootToFail({
      flavor: { ...shared(1), extraSpecs: { [`trait:${trait}`]: 'required' } },
    });
    expect(fault.message).toMatch(/No valid host/);
  },
);

/** Schema of nova/compute/provider_config.py; `$COMPUTE_NODE` is the root provider of the host that reads it. */
function providerYaml(trait: string): string {
  return [
    'meta:',
    "  schema_version: '1.0'",
    'providers:',
    '  - identification:',
    '      uuid: $COMPUTE_NODE',
    '    traits:',
    '      additional:',
    `        - ${trait}`,
    '',
  ].join('\n');
}

/** Where nova-compute looks for such files; where there is no such directory, it is told to look beside its configuration. */
async function providerDirectory(cloud: Cloud): Promise<string> {
  const said = (await cloud.option('whitebox', 'provider_config_location')) ?? '';
  const found = await Promise.all(cloud.computes.map(({ machine }) => machine.exec(['test', '-d', said])));
  if (found.every(({ exitCode }) => exitCode === 0)) return said.replace(/\/$/, '');
  const beside = '/etc/nova';
  await cloud.configureComputes([{ section: 'compute', option: 'provider_config_location', value: beside }]);
  return beside;
}

async function rootTraits({ openstack, database }: Cloud, { name }: ComputeHost): Promise<readonly string[]> {
  const [node] = await database.computeNodes({ host: name });
  const named = await openstack.placement.providers({ name: node?.hypervisorHostname ?? name });
  const root = named.find(({ parentId }) => parentId === null);
  expect(root, `root provider of ${name}`).toBeDefined();
  return openstack.placement.traits(root?.id ?? '');
}
