import { credentialsFromOptions } from './auth-options.js';
import type { Credentials, EndpointInterface } from './credentials.js';

/** The options of tempest.conf that say who the administrator is; names as in that file, in camel case. */
export interface TempestOptions {
  readonly auth: {
    readonly adminUsername?: string | undefined;
    readonly adminPassword?: string | undefined;
    readonly adminProjectName?: string | undefined;
    readonly adminDomainName?: string | undefined;
    /** "all" for a system-scoped administrator. */
    readonly adminSystem?: string | undefined;
  };
  readonly identity: {
    readonly uriV3?: string | undefined;
    readonly uri?: string | undefined;
    readonly region?: string | undefined;
    readonly v3EndpointType?: string | undefined;
    readonly caCertificatesFile?: string | undefined;
    readonly disableSslCertificateValidation?: boolean | undefined;
    readonly defaultDomainId?: string | undefined;
  };
  /** `[compute] endpoint_type`. */
  readonly compute?:
    { readonly endpointType?: EndpointInterface | `${EndpointInterface}URL` | undefined } | undefined;
}

/**
 * Credentials of the administrator of a tempest.conf (tempest/config.py: groups `auth` and `identity`).
 *
 * @throws CredentialsError `WB_OPENSTACK_CREDENTIALS` which names the option
 */
export function credentialsFromTempest(options: TempestOptions): Credentials {
  const { auth, identity } = options;
  const values: Readonly<Record<string, string | undefined>> = {
    auth_url: identity.uriV3 ?? identity.uri,
    username: auth.adminUsername,
    password: auth.adminPassword,
    project_name: auth.adminSystem === undefined ? auth.adminProjectName : undefined,
    system_scope: auth.adminSystem,
    user_domain_name: auth.adminDomainName,
    project_domain_name: auth.adminDomainName,
    default_domain_id: identity.defaultDomainId ?? 'default',
  };
  return credentialsFromOptions(
    {
      get: (name) => (values[name] === '' ? undefined : values[name]),
      spell: (name) => spelling[name] ?? name,
      source: 'tempest.conf',
    },
    {
      regionName: identity.region === '' ? undefined : identity.region,
      interface: options.compute?.endpointType ?? identity.v3EndpointType,
      tls: {
        caFile: identity.caCertificatesFile,
        verify: identity.disableSslCertificateValidation === true ? false : undefined,
      },
    },
  );
}

const spelling: Readonly<Record<string, string>> = {
  auth_url: '[identity] uri_v3',
  username: '[auth] admin_username',
  password: '[auth] admin_password',
  user_domain_id: '[identity] default_domain_id',
  user_domain_name: '[auth] admin_domain_name',
  project_domain_id: '[identity] default_domain_id',
  project_domain_name: '[auth] admin_domain_name',
  system_scope: '[auth] admin_system',
};
