import { access, constants } from 'node:fs/promises';
import { loadConfig, type WhiteboxConfig } from '@whitebox/config';
import type { Secret } from '@whitebox/core';
import {
  compareMicroversions,
  credentialsFromCloudsYaml,
  credentialsFromEnvironment,
  credentialsFromTempest,
  type Credentials,
} from '@whitebox/openstack';
import { describedHosts, type DescribedHost } from './described-hosts.js';
import { TestkitError } from './errors.js';
import type { FlavorDefaults } from './resources.js';
import type { FlavourName } from '@whitebox/services';
import type { CloudReference } from './run-context.js';

/** What a session needs to know before it can discover the rest. */
export interface Settings {
  /** Everything that the files and the environment say. */
  readonly config: WhiteboxConfig;
  readonly credentials: Credentials;
  readonly ssh: SshSettings;
  readonly database: DatabaseSettings;
  /** What nodes.yaml says, by the name of the compute. */
  readonly hosts: ReadonlyMap<string, DescribedHost>;
  /** How OpenStack is deployed, where somebody says it; else it is found on each host. */
  readonly deployment: FlavourName | undefined;
  readonly flavor: FlavorDefaults;
  /** Id or name; undefined: the only image of the cloud. */
  readonly imageRef: string | undefined;
  readonly imageRefAlt: string | undefined;
}

export interface SshSettings {
  readonly user: string | undefined;
  readonly identityFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  /** Hosts on the way to all others, as in ProxyJump; undefined: what the SSH configuration says. */
  readonly jump: string | undefined;
  /** What to do about the key that a host shows; see @whitebox/ssh. */
  readonly hostKeys: 'verify' | 'accept-new' | 'accept-any' | undefined;
  /** Compute, as Nova names it -> address. Others are reached by their names. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** What `[whitebox-database]` says; the rest is looked for in the configuration of Nova. */
export interface DatabaseSettings {
  /** As seen from the gateway, or from here. */
  readonly address: string | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  /** SSH host from which the database is dialled. */
  readonly gateway: { readonly address: string; readonly port: number } | undefined;
}

/** Reads the files that describe a cloud. @throws ConfigError, CredentialsError with everything that is wrong */
export async function readSettings(cloud: CloudReference): Promise<Settings> {
  const config = await loadConfig({ ...cloud, env: process.env });
  return {
    config,
    credentials: await credentialsOf(cloud, config),
    ssh: await sshSettingsOf(config),
    database: databaseOf(config),
    hosts: describedHosts(config),
    deployment: config.get('whitebox', 'deployment'),
    flavor: {
      ramMib: config.get('whitebox', 'flavor_ram_size'),
      diskGib: config.get('whitebox', 'flavor_volume_size'),
    },
    imageRef: config.get('compute', 'image_ref'),
    imageRefAlt: config.get('compute', 'image_ref_alt'),
  };
}

/** How machines are reached; what nobody says is up to the SSH configuration of the user. Needs no cloud. */
export async function readSshSettings(cloud: CloudReference): Promise<SshSettings> {
  return await sshSettingsOf(await loadConfig({ ...cloud, env: process.env }));
}

async function sshSettingsOf(config: WhiteboxConfig): Promise<SshSettings> {
  return {
    ...(await loginOf(config)),
    knownHostsFile: config.get('whitebox', 'ssh_known_hosts_path'),
    hostKeys: config.get('whitebox', 'ssh_host_keys'),
    jump: config.get('whitebox', 'ssh_jump'),
    addresses: config.get('whitebox', 'ctlplane_addresses') ?? new Map(),
  };
}

/**
 * User and key for SSH. The defaults are those of TripleO's undercloud; where nobody says either and that key is not
 * there, this is no undercloud, and the SSH configuration of the user (and the agent) holds.
 */
export async function loginOf(
  config: WhiteboxConfig,
  exists: (path: string) => Promise<boolean> = isReadable,
): Promise<Pick<SshSettings, 'user' | 'identityFile'>> {
  const user = config.setting('whitebox', 'ctlplane_ssh_username');
  const key = config.setting('whitebox', 'ctlplane_ssh_private_key_path');
  const keyHolds = key.origin.kind !== 'default' || (await exists(key.value));
  return {
    user: user.origin.kind !== 'default' || keyHolds ? user.value : undefined,
    identityFile: keyHolds ? key.value : undefined,
  };
}

/** The highest microversion that tests may use: what the cloud has, unless a lower one is said. */
export function usableMicroversion(said: string | undefined, found: string): string {
  if (said === undefined || said === 'latest') return found;
  return compareMicroversions(said, found) < 0 ? said : found;
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** What was asked for by name, else the administrator of tempest.conf, else the environment. */
async function credentialsOf(cloud: CloudReference, config: WhiteboxConfig): Promise<Credentials> {
  if (cloud.cloud !== undefined) {
    return credentialsFromCloudsYaml({ file: cloud.cloudsYaml, cloud: cloud.cloud });
  }
  if (config.get('auth', 'admin_username') !== undefined) {
    return credentialsFromTempest({
      auth: {
        adminUsername: config.get('auth', 'admin_username'),
        adminPassword: config.get('auth', 'admin_password')?.reveal(),
        adminProjectName: config.get('auth', 'admin_project_name'),
        adminDomainName: config.get('auth', 'admin_domain_name'),
        adminSystem: config.get('auth', 'admin_system'),
      },
      identity: {
        uriV3: config.get('identity', 'uri_v3'),
        uri: config.get('identity', 'uri'),
        region: config.get('identity', 'region'),
        caCertificatesFile: config.get('identity', 'ca_certificates_file'),
        disableSslCertificateValidation: config.get('identity', 'disable_ssl_certificate_validation'),
      },
      compute: { endpointType: config.get('compute', 'endpoint_type') },
    });
  }
  if ((process.env['OS_AUTH_URL'] ?? '') !== '') return credentialsFromEnvironment(process.env);
  throw new TestkitError({
    code: 'WB_TESTKIT_NO_CLOUD',
    action: 'find out which cloud is meant',
    observed:
      'neither an entry of clouds.yaml, nor [auth] admin_username in tempest.conf, nor OS_AUTH_URL in the environment',
    advice:
      'Name one: --cloud NAME (of clouds.yaml), --config tempest.conf, or the variables of an openrc file.',
  });
}

function databaseOf(config: WhiteboxConfig): DatabaseSettings {
  const host = config.get('whitebox-database', 'host');
  const internal = config.get('whitebox-database', 'internal_ip');
  return {
    address: internal ?? host,
    user: config.get('whitebox-database', 'user'),
    password: config.get('whitebox-database', 'password'),
    gateway:
      internal === undefined || host === undefined
        ? undefined
        : { address: host, port: config.get('whitebox-database', 'ssh_gateway_port') },
  };
}
