import { randomBytes } from 'node:crypto';

/** Services with an account in Keystone and a database account of the same name. */
export const serviceUsers = ['nova', 'glance', 'placement', 'neutron', 'cinder', 'barbican'] as const;
export const databaseUsers = ['root', 'whitebox', 'keystone', ...serviceUsers] as const;
export const keystoneUsers = ['admin', 'demo', ...serviceUsers] as const;

/** What nobody outside of one lab knows. */
export interface LabSecrets {
  readonly keystone: Readonly<Record<(typeof keystoneUsers)[number], string>>;
  readonly database: Readonly<Record<(typeof databaseUsers)[number], string>>;
  readonly rabbitmq: string;
  readonly erlangCookie: string;
  /** With which Barbican encrypts what it keeps in its database. */
  readonly barbicanKey: string;
  readonly fernetKeys: readonly [string, string];
  readonly credentialKeys: readonly [string, string];
  readonly machineIds: Readonly<Record<string, string>>;
}

/** 32 letters and digits, so that it needs no quoting in a URL, an ini file, YAML or SQL. */
function password(): string {
  return randomBytes(16).toString('hex');
}

/** A key of Python's cryptography.fernet, which is what Keystone keeps in its key repositories, and Barbican uses. */
function fernetKey(): string {
  return randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function each<Name extends string>(names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, password()])) as Record<Name, string>;
}

export function makeSecrets(hosts: readonly string[]): LabSecrets {
  return {
    keystone: each(keystoneUsers),
    database: each(databaseUsers),
    rabbitmq: password(),
    erlangCookie: password(),
    barbicanKey: fernetKey(),
    fernetKeys: [fernetKey(), fernetKey()],
    credentialKeys: [fernetKey(), fernetKey()],
    machineIds: each(hosts),
  };
}
