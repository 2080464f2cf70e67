import type { ComputeService, MicroversionRange, OpenStack, ServiceType } from '@whitebox/openstack';
import type { SiteApi } from './site.js';

/** As `whitebox run` names what it makes: "wb-20261122-181500-4f2a-3"; traits in capitals, with underscores. */
const ours = /^wb-\d{8}-\d{6}-[\da-f]{4}\b|^CUSTOM_WB_\d{8}_\d{6}_[\dA-F]{4}/;

export async function siteApi(
  openstack: OpenStack,
  keystone: string,
  services: () => Promise<readonly ComputeService[]>,
): Promise<SiteApi> {
  return {
    token: await openstack.session.token(),
    keystone,
    services,
    hasService: (type) => openstack.hasService(type),
    endpoint: (type) => openstack.session.endpoint(type),
    answers: (type, signal) => answers(openstack, type, signal),
    namedAsOurs: (signal) => namedAsOurs(openstack, signal),
  };
}

/** The cheapest request of each that only a service which works, and knows this user, answers. */
async function answers(
  { compute, placement, images, network, volumes, session }: OpenStack,
  type: ServiceType,
  signal: AbortSignal,
): Promise<MicroversionRange | null> {
  const limits = { signal, timeoutMs: 15_000 };
  const get = async (path: string): Promise<null> => {
    const url = `${(await session.endpoint(type, limits)).replace(/\/+$/, '')}${path}`;
    await session.request({ action: `ask the ${type} service`, method: 'GET', url, ...limits });
    return null;
  };
  switch (type) {
    case 'compute':
      return compute.microversions(limits);
    case 'placement':
      await placement.providers({}, limits);
      return placement.client.microversions(limits);
    case 'image':
      await images.client.call({ action: 'list images', method: 'GET', path: '/images?limit=1' }, limits);
      return null;
    case 'network':
      await network.networks(limits);
      return null;
    case 'block-storage':
      return volumes.client.microversions(limits);
    case 'key-manager':
    case 'identity':
      return get('/');
  }
}

async function namedAsOurs(openstack: OpenStack, signal: AbortSignal): Promise<readonly string[]> {
  const { compute, images, network, volumes, placement } = openstack;
  const limits = { signal };
  type Named = readonly { readonly name: string | null }[];
  const kinds: readonly (readonly [kind: string, list: () => Promise<Named>])[] = [
    ['server', () => compute.servers.list({ allProjects: true }, limits)],
    ['flavor', () => compute.flavors.list(limits)],
    ['aggregate', () => compute.aggregates.list(limits)],
    ['image', () => images.list({}, limits)],
    ['network', () => network.networks(limits)],
    ['port', () => network.ports({}, limits)],
    ['volume', async () => ((await openstack.hasService('block-storage')) ? volumes.list(limits) : [])],
    ['trait', async () => (await placement.knownTraits(undefined, limits)).map((name) => ({ name }))],
  ];
  const each = await Promise.all(
    kinds.map(async ([kind, list]) =>
      (await list()).flatMap(({ name }) => (name !== null && ours.test(name) ? `${kind} ${name}` : [])),
    ),
  );
  return each.flat();
}
