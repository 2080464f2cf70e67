import { credentialsFromOptions } from './auth-options.js';
import { credentialsError, type Credentials } from './credentials.js';

/**
 * Credentials of `OS_*` variables, as an openrc file sets them. An empty variable counts as not set, as it does for
 * openstacksdk.
 *
 * @param env the environment, usually `process.env`
 * @throws CredentialsError `WB_OPENSTACK_CREDENTIALS` which names the variable
 */
export function credentialsFromEnvironment(env: Readonly<Record<string, string | undefined>>): Credentials {
  const spell = (name: string): string => `OS_${name.toUpperCase()}`;
  const get = (name: string): string | undefined => {
    const value = env[spell(name)];
    return value === '' ? undefined : value;
  };
  const cloud = get('cloud');
  if (cloud !== undefined && get('auth_url') === undefined) {
    throw credentialsError(
      'the environment',
      `OS_CLOUD names the cloud "${cloud}" of clouds.yaml, and OS_AUTH_URL is missing`,
      'Use credentialsFromCloudsYaml({ cloud: ... }), or set OS_AUTH_URL and the others.',
    );
  }
  const version = get('identity_api_version');
  if (version !== undefined && !/^v?3(\.\d+)?$/.test(version)) {
    throw credentialsError(
      'the environment',
      `OS_IDENTITY_API_VERSION is ${version}`,
      'Only Keystone v3 is spoken.',
    );
  }
  return credentialsFromOptions(
    { get, spell, source: 'the environment' },
    {
      regionName: get('region_name'),
      interface: get('interface') ?? get('endpoint_type'),
      endpointOverrides: overrides(env),
      tls: {
        caFile: get('cacert'),
        certificateFile: get('cert'),
        keyFile: get('key'),
        verify: isTrue(get('insecure')) ? false : undefined,
      },
    },
  );
}

/** `OS_COMPUTE_ENDPOINT_OVERRIDE`, `OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE`, ... */
function overrides(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const service = /^OS_([A-Z_]+)_ENDPOINT_OVERRIDE$/.exec(name)?.[1];
    if (service !== undefined && value !== undefined && value !== '') {
      result[service.toLowerCase().replaceAll('_', '-')] = value;
    }
  }
  return result;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|true|on|y|yes)$/i.test(value);
}
