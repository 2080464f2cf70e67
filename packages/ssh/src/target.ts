import { homedir, userInfo } from 'node:os';
import { expandTokens } from './config-tokens.js';
import { ConfigValues, configError, type ConfigFile } from './config-values.js';
import type { Destination } from './destination.js';
import type { HostKeyPolicy, SshOptions } from './options.js';

/** Everything that is needed to connect to one server: options first, then configuration files, then defaults. */
export interface Target {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly { readonly path: string; readonly required: boolean }[];
  readonly identitiesOnly: boolean;
  readonly agent: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** The name under which known_hosts files have it, in place of address and port. */
  readonly hostKeyAlias: string | undefined;
  /** A file of keys that no server may show. */
  readonly revokedKeysFile: string | undefined;
  readonly hostKeys: HostKeyPolicy;
  /** As in ProxyJump. */
  readonly jump: string | undefined;
  readonly keepaliveIntervalMs: number;
  readonly keepaliveCountMax: number;
  readonly connectTimeoutMs: number | undefined;
  readonly family: 0 | 4 | 6;
  /** Settings of the configuration that are not supported and passed over; told when the connection fails. */
  readonly ignored: readonly string[];
}

const defaultKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const unsupported = [
  'CertificateFile',
  'PKCS11Provider',
  'SecurityKeyProvider',
  'KnownHostsCommand',
  'VerifyHostKeyDNS',
  'CanonicalizeHostname',
  'BindAddress',
  'BindInterface',
  'Ciphers',
  'KexAlgorithms',
  'MACs',
  'HostKeyAlgorithms',
];

/** @throws SshError `WB_SSH_CONFIG` */
export async function resolveTarget(destination: Destination, options: SshOptions): Promise<Target> {
  const home = homedir();
  const localUser = userInfo().username;
  const given = { user: options.user ?? destination.user, port: options.port ?? destination.port };
  const config = await ConfigValues.read(filesOf(options, home), {
    originalHost: destination.host,
    user: given.user,
    localUser,
    home,
  });
  const name = options.name ?? destination.host;
  const address =
    options.address ?? config.first('HostName')?.replaceAll('%h', destination.host).replaceAll('%%', '%');
  const host = address ?? destination.host;
  const port = given.port ?? numberOf(config, 'Port') ?? 22;
  const user = given.user ?? config.first('User') ?? localUser;
  const jump = options.jump ?? (options.via === undefined ? jumpOf(config, name) : undefined);
  const revoked = config.first('RevokedHostKeys');
  const hostKeyAlias = config.first('HostKeyAlias');
  const original = destination.host;
  const expand = (text: string): string =>
    expandTokens(text, { home, host, original, hostKeyAlias, port, user, localUser });

  const identities = options.identityFiles ?? config.all('IdentityFile')?.map(expand);
  const required = options.identityFiles !== undefined;
  return {
    name,
    address: host,
    port,
    user,
    identityFiles: (identities ?? defaultKeys.map((key) => `${home}/.ssh/${key}`))
      .filter((path) => path !== 'none')
      .map((path) => ({ path, required })),
    identitiesOnly: isYes(config.first('IdentitiesOnly')),
    agent: agentOf(options, config, expand),
    knownHostsFiles: options.knownHostsFiles ?? [
      ...(config.all('UserKnownHostsFile')?.map(expand) ?? [
        `${home}/.ssh/known_hosts`,
        `${home}/.ssh/known_hosts2`,
      ]),
      ...(config.all('GlobalKnownHostsFile') ?? ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    ],
    hostKeyAlias,
    revokedKeysFile: revoked === undefined || revoked.toLowerCase() === 'none' ? undefined : expand(revoked),
    hostKeys: options.hostKeys ?? policyOf(config),
    jump: jump === false || jump?.toLowerCase() === 'none' ? undefined : jump,
    keepaliveIntervalMs: options.keepaliveIntervalMs ?? secondsOf(config, 'ServerAliveInterval') ?? 15_000,
    keepaliveCountMax: options.keepaliveCountMax ?? numberOf(config, 'ServerAliveCountMax') ?? 3,
    connectTimeoutMs: secondsOf(config, 'ConnectTimeout'),
    family: familyOf(config.first('AddressFamily')),
    ignored: config.present(unsupported),
  };
}

function filesOf({ configFile }: SshOptions, home: string): ConfigFile[] {
  if (configFile === false) return [];
  if (configFile !== undefined) {
    return [{ path: configFile, directory: `${home}/.ssh`, required: true }];
  }
  return [
    { path: `${home}/.ssh/config`, directory: `${home}/.ssh`, required: false },
    { path: '/etc/ssh/ssh_config', directory: '/etc/ssh', required: false },
  ];
}

function jumpOf(config: ConfigValues, name: string): string | undefined {
  const command = config.first('ProxyCommand');
  const jump = config.first('ProxyJump');
  if (command !== undefined && command.toLowerCase() !== 'none' && jump === undefined) {
    throw configError(
      `for ${name}`,
      `ProxyCommand (${config.all('ProxyCommand')?.join(' ') ?? ''}) is not supported; ProxyJump is, and so is the option via`,
    );
  }
  return jump;
}

function agentOf(
  options: SshOptions,
  config: ConfigValues,
  expand: (text: string) => string,
): string | undefined {
  if (options.agent !== undefined) return options.agent === false ? undefined : options.agent;
  const configured = config.first('IdentityAgent');
  if (configured?.toLowerCase() === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK') return process.env['SSH_AUTH_SOCK'];
  return configured.startsWith('$') && !configured.startsWith('${')
    ? process.env[configured.slice(1)]
    : expand(configured);
}

function policyOf(config: ConfigValues): HostKeyPolicy {
  switch (config.first('StrictHostKeyChecking')?.toLowerCase()) {
    case 'accept-new':
      return 'accept-new';
    case 'no':
    case 'off':
      return 'accept-any';
    default:
      // "ask" too: there is nobody who could answer.
      return 'verify';
  }
}

function familyOf(value: string | undefined): 0 | 4 | 6 {
  return value?.toLowerCase() === 'inet' ? 4 : value?.toLowerCase() === 'inet6' ? 6 : 0;
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && /^(yes|true)$/i.test(value);
}

function numberOf(config: ConfigValues, keyword: string): number | undefined {
  const text = config.first(keyword);
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw configError('', `${keyword} ${text} is not a number`);
}

/** Times of ssh_config: seconds, or with units as in 1m30s. */
function secondsOf(config: ConfigValues, keyword: string): number | undefined {
  const text = config.first(keyword);
  if (text === undefined || text.toLowerCase() === 'none') return undefined;
  if (!/^(\d+[smhdw]?)+$/i.test(text)) throw configError('', `${keyword} ${text} is not a time`);
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/gi)];
  return (
    parts.reduce((sum, [, n, unit]) => sum + Number(n) * (units[unit?.toLowerCase() ?? 's'] ?? 1), 0) * 1000
  );
}
