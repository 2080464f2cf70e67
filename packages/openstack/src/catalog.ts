import type { EndpointInterface } from './auth/credentials.js';
import { NoServiceError } from './errors.js';
import { isHttpAddress } from './http/address.js';
import type { Fields } from './json.js';

/** The services that this package speaks to, by the names of the service types authority. */
export type ServiceType =
  'identity' | 'compute' | 'placement' | 'image' | 'network' | 'block-storage' | 'key-manager';

/** Official type first, then what catalogues call it (service-types-authority, `aliases`). */
const aliases: Readonly<Record<ServiceType, readonly string[]>> = {
  identity: ['identity', 'identityv3'],
  compute: ['compute', 'computev21'],
  placement: ['placement'],
  image: ['image', 'imagev2'],
  network: ['network'],
  'block-storage': ['block-storage', 'volumev3', 'block-store', 'volume'],
  'key-manager': ['key-manager'],
};

export interface CatalogEntry {
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly CatalogEndpoint[];
}

export interface CatalogEndpoint {
  readonly interface: EndpointInterface;
  readonly region: string | null;
  readonly url: string;
}

export function decodeCatalog(token: Fields): readonly CatalogEntry[] {
  return token.objectsOrNone('catalog').map((service) => ({
    type: service.string('type'),
    name: service.stringOrNull('name') ?? '',
    endpoints: service.objects('endpoints').map((endpoint) => ({
      interface: endpoint.string('interface') as EndpointInterface,
      region: endpoint.stringOrNull('region_id') ?? endpoint.stringOrNull('region'),
      url: endpoint.string('url'),
    })),
  }));
}

export interface EndpointChoice {
  readonly regionName: string | undefined;
  readonly interface: EndpointInterface;
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * The address of a service.
 * @throws NoServiceError `WB_OPENSTACK_NO_SERVICE` with what the catalogue has instead
 */
export function endpointUrl(
  catalog: readonly CatalogEntry[],
  service: ServiceType,
  choice: EndpointChoice,
): string {
  const names = aliases[service];
  for (const name of names) {
    const override = choice.overrides[name];
    if (override !== undefined) return usable(service, override, `the endpoint override of ${name}`);
  }
  const entries = names.flatMap((name) => catalog.filter(({ type }) => type === name));
  const offered = entries.flatMap((entry) => entry.endpoints.map((endpoint) => ({ entry, endpoint })));
  const matching = offered.filter(
    ({ endpoint }) =>
      endpoint.interface === choice.interface &&
      (choice.regionName === undefined || endpoint.region === choice.regionName),
  );
  const regions = new Set(matching.map(({ endpoint }) => endpoint.region));
  if (choice.regionName === undefined && regions.size > 1) {
    throw noService(
      service,
      `endpoints in ${regions.size} regions: ${[...regions].join(', ')}`,
      'Say which region.',
    );
  }
  const [first] = matching;
  if (first !== undefined) {
    return usable(service, first.endpoint.url, `the ${choice.interface} endpoint in the catalogue`);
  }
  const region = choice.regionName === undefined ? '' : ` in region ${choice.regionName}`;
  throw noService(
    service,
    `no ${choice.interface} endpoint of ${names.join(' or ')}${region}; the catalogue has ${describe(catalog)}`,
    'Check region and interface, or give an endpoint override. An empty catalogue comes with an unscoped token: say the project.',
  );
}

function usable(service: ServiceType, url: string, what: string): string {
  if (isHttpAddress(url)) return url;
  throw noService(
    service,
    `${what} is no address that begins with http:// or https://`,
    'Correct the endpoint (openstack endpoint list), or give an endpoint override.',
  );
}

/** Whether the catalogue or an override has the service. */
export function hasEndpoint(
  catalog: readonly CatalogEntry[],
  service: ServiceType,
  choice: EndpointChoice,
): boolean {
  try {
    endpointUrl(catalog, service, choice);
    return true;
  } catch (error) {
    if (error instanceof NoServiceError) return false;
    throw error;
  }
}

function noService(service: string, observed: string, advice: string): NoServiceError {
  return new NoServiceError({
    code: 'WB_OPENSTACK_NO_SERVICE',
    action: `find the ${service} service`,
    observed,
    advice,
  });
}

function describe(catalog: readonly CatalogEntry[]): string {
  if (catalog.length === 0) return 'nothing';
  return catalog
    .map(
      ({ type, endpoints }) =>
        `${type} (${endpoints.map((e) => `${e.interface}@${e.region ?? '-'}`).join(', ')})`,
    )
    .join(', ');
}
