import type { Credentials } from '@whitebox/openstack';
import type { CommandReference } from '@whitebox/services';
import type { FlavorDefaults } from './resources.js';

/** What a session needs to know before it can discover the rest. */
export interface Settings {
  readonly credentials: Credentials;
  readonly ssh: SshSettings;
  readonly database: DatabaseSettings | undefined;
  /** nova-compute as nodes.yaml describes it, by the name of the compute. */
  readonly novaCompute: ReadonlyMap<string, CommandReference>;
  readonly flavor: FlavorDefaults;
  /** Id or name; undefined: the only image of the cloud. */
  readonly imageRef: string | undefined;
  readonly imageRefAlt: string | undefined;
}

export interface SshSettings {
  readonly user: string | undefined;
  readonly identityFile: string | undefined;
  readonly knownHostsFile: string | undefined;
  /** What to do about the key that a host shows; see @whitebox/ssh. */
  readonly hostKeys: 'verify' | 'accept-new' | 'accept-any' | undefined;
  /** Compute, as Nova names it -> address. Others are reached by their names. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface DatabaseSettings {
  /** As seen from the gateway, or from here. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** SSH host from which the database is dialled. */
  readonly gateway: { readonly address: string; readonly port: number } | undefined;
}
