import { homedir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../json.js';
import { credentialsFromOptions } from './auth-options.js';
import { credentialsError, type Credentials } from './credentials.js';

/** `over` laid over `base`, mappings within mappings too. */
export function merge(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isJsonObject(below) && isJsonObject(value) ? merge(below, value) : value;
  }
  return result;
}

/** Credentials of one cloud of clouds.yaml. @param source for errors: file and cloud */
export function credentialsOfCloud(everywhere: JsonObject, source: string): Credentials {
  const wanted = everywhere['region_name'];
  const named = typeof wanted === 'string' && wanted !== '' ? wanted : undefined;
  const cloud = inRegion(everywhere, named, source);
  const auth = isJsonObject(cloud['auth']) ? cloud['auth'] : {};
  const text = (value: unknown, name: string): string | undefined => {
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw credentialsError(source, `${name} is not text`, 'Put quotes around the value.');
  };
  const option = (name: string): string | undefined => text(cloud[name], name);
  const get = (name: string): string | undefined => text(auth[name], `auth.${name}`) ?? option(name);
  if (get('auth_url') === undefined && (option('profile') ?? option('cloud')) !== undefined) {
    throw credentialsError(
      source,
      'it relies on a vendor profile',
      'Profiles are not known here: say auth_url.',
    );
  }
  const version = option('identity_api_version');
  if (version !== undefined && !/^v?3(\.\d+)?$/.test(version)) {
    throw credentialsError(source, `identity_api_version is ${version}`, 'Only Keystone v3 is spoken.');
  }
  return credentialsFromOptions(
    { get, spell: (name) => name, source },
    {
      regionName: option('region_name'),
      interface: option('interface') ?? option('endpoint_type'),
      endpointOverrides: overrides(cloud),
      tls: {
        caFile: path(option('cacert')),
        certificateFile: path(option('cert')),
        keyFile: path(option('key')),
        verify: verify(cloud),
      },
    },
  );
}

/** The cloud as it is in its region: `values` of an entry of `regions` are laid over it. */
function inRegion(cloud: JsonObject, wanted: string | undefined, source: string): JsonObject {
  const { regions: listed } = cloud;
  const regions = (Array.isArray(listed) ? listed : []).map((region: unknown) =>
    isJsonObject(region) ? region : { name: region },
  );
  if (wanted === undefined && regions.length > 1) {
    const names = regions.map(({ name }) => name).join(', ');
    throw credentialsError(source, `it has ${regions.length} regions: ${names}`, 'Say region_name.');
  }
  const region = wanted === undefined ? regions[0] : regions.find(({ name }) => name === wanted);
  if (region === undefined) return cloud;
  const { name, values } = region;
  return { ...merge(cloud, isJsonObject(values) ? values : {}), region_name: name };
}

function overrides(cloud: JsonObject): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(cloud)) {
    const service = /^(.+)_endpoint_override$/.exec(key)?.[1];
    if (service !== undefined && typeof value === 'string') result[service.replaceAll('_', '-')] = value;
  }
  return result;
}

function verify(cloud: JsonObject): boolean | undefined {
  if (cloud['verify'] === false || cloud['insecure'] === true) return false;
  return cloud['verify'] === true || cloud['insecure'] === false ? true : undefined;
}

function path(value: string | undefined): string | undefined {
  return value?.startsWith('~/') === true ? join(homedir(), value.slice(2)) : value;
}
