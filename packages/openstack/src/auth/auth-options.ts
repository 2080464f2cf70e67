import {
  credentialsError,
  type Credentials,
  type DomainReference,
  type EndpointInterface,
  type OwnedReference,
  type Proof,
  type Scope,
  type TlsFiles,
} from './credentials.js';
import { Secret } from '@whitebox/core';

/**
 * The options of keystoneauth1 by their common names, as clouds.yaml spells them (`auth_url`, `user_domain_id`) and the
 * environment does with `OS_` and capitals. See keystoneauth1/loading/_plugins/identity/v3.py and
 * openstack/config/loader.py of openstacksdk.
 */
export interface AuthOptions {
  readonly get: (name: string) => string | undefined;
  /** How an option is called where it was read: `auth_url` -> "OS_AUTH_URL". */
  readonly spell: (name: string) => string;
  readonly source: string;
}

export interface ConnectionOptions {
  readonly regionName?: string | undefined;
  readonly interface?: string | undefined;
  readonly endpointOverrides?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** Turns options into credentials; whatever is missing is told in the spelling of its source. */
export function credentialsFromOptions(options: AuthOptions, connection: ConnectionOptions): Credentials {
  const authUrl = demand(options, 'auth_url');
  const proof = proofOf(options);
  return {
    authUrl,
    proof,
    scope: scopeOf(options, proof),
    source: options.source,
    ...connection,
    interface: endpointInterface(options, connection.interface),
  };
}

function proofOf(options: AuthOptions): Proof {
  const applicationSecret = options.get('application_credential_secret');
  const password = options.get('password');
  const token = options.get('token');
  switch (kindOfProof(options)) {
    case 'application-credential': {
      const id = options.get('application_credential_id');
      const secret = new Secret(applicationSecret ?? demand(options, 'application_credential_secret'));
      if (id !== undefined) return { kind: 'application-credential', id, secret };
      const name = demand(options, 'application_credential_name');
      return { kind: 'application-credential', name, user: userOf(options), secret };
    }
    case 'token':
      return { kind: 'token', token: new Secret(token ?? demand(options, 'token')) };
    case 'password': {
      const secret = new Secret(password ?? demand(options, 'password'));
      return { kind: 'password', user: userOf(options), password: secret };
    }
  }
}

function kindOfProof(options: AuthOptions): Proof['kind'] {
  const type = options.get('auth_type');
  switch (type) {
    case 'v3applicationcredential':
      return 'application-credential';
    case 'v3token':
    case 'token':
      return 'token';
    case 'v3password':
      return 'password';
    case undefined:
    case 'password':
      // openstacksdk takes "password" for what it finds: its own default even where other options say otherwise.
      if (options.get('application_credential_secret') !== undefined) return 'application-credential';
      if (options.get('password') === undefined && options.get('token') !== undefined) return 'token';
      return 'password';
    default:
      throw credentialsError(
        options.source,
        `${options.spell('auth_type')} is "${type}"`,
        'Known are password, v3password, token, v3token and v3applicationcredential.',
      );
  }
}

function scopeOf(options: AuthOptions, proof: Proof): Scope {
  // An application credential brings its project along; Keystone refuses any other scope.
  if (proof.kind === 'application-credential') return { kind: 'unscoped' };
  const system = options.get('system_scope');
  if (system !== undefined) {
    if (system !== 'all') {
      throw credentialsError(
        options.source,
        `${options.spell('system_scope')} is "${system}"`,
        'Keystone knows "all" only.',
      );
    }
    return { kind: 'system' };
  }
  const project = {
    id: options.get('project_id') ?? options.get('tenant_id'),
    name: options.get('project_name') ?? options.get('tenant_name'),
  };
  const domain = { id: options.get('domain_id'), name: options.get('domain_name') };
  if (project.id !== undefined) return { kind: 'project', project: { id: project.id } };
  if (project.name !== undefined) {
    return { kind: 'project', project: { name: project.name, domain: domainOf(options, 'project') } };
  }
  if (domain.id !== undefined || domain.name !== undefined) return { kind: 'domain', domain };
  return { kind: 'unscoped' };
}

function userOf(options: AuthOptions): OwnedReference {
  const id = options.get('user_id');
  if (id !== undefined) return { id };
  return { name: demand(options, 'username'), domain: domainOf(options, 'user') };
}

function domainOf(options: AuthOptions, owner: 'user' | 'project'): DomainReference {
  const id = options.get(`${owner}_domain_id`);
  const name = options.get(`${owner}_domain_name`);
  if (id !== undefined) return { id };
  if (name !== undefined) return { name };
  const defaultId = options.get('default_domain_id') ?? options.get('default_domain');
  const defaultName = options.get('default_domain_name');
  if (defaultId !== undefined) return { id: defaultId };
  if (defaultName !== undefined) return { name: defaultName };
  throw credentialsError(
    options.source,
    `the ${owner} has a name but no domain`,
    `Say ${options.spell(`${owner}_domain_id`)} or ${options.spell(`${owner}_domain_name`)} ("default" in most clouds).`,
  );
}

function demand(options: AuthOptions, name: string): string {
  const value = options.get(name);
  if (value !== undefined) return value;
  throw credentialsError(options.source, `${options.spell(name)} is missing`, `Set ${options.spell(name)}.`);
}

function endpointInterface(options: AuthOptions, value: string | undefined): EndpointInterface | undefined {
  // Both spellings are in use: "internal" and, from Keystone v2's time, "internalURL".
  const name = value?.replace(/URL$/, '');
  if (name === undefined || name === 'public' || name === 'internal' || name === 'admin') return name;
  throw credentialsError(
    options.source,
    `the interface is "${String(value)}"`,
    'Known are public, internal and admin.',
  );
}
