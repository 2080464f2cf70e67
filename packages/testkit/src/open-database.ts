import { NovaDatabase, type NovaDatabaseOptions, type StatementRecord } from '@whitebox/db';
import type { Host } from '@whitebox/host';
import { Secret, WhiteboxError } from '@whitebox/core';
import type { FlavourName } from '@whitebox/services';
import type { DatabaseAccount } from './discovery/cloud-facts.js';
import { TestkitError } from './errors.js';
import type { Machines } from './machines.js';
import {
  novaServicesOf,
  readNovaConnection,
  sentenceOf,
  type NovaConnection,
  type NovaService,
} from './nova-connection.js';
import { recordStatement } from './recording/record-statement.js';
import type { DatabaseSettings } from './settings.js';

/** The predecessor knows no other: MySQL's own. */
const databasePort = 3306;

/** Nova's databases, open. */
export interface OpenedDatabase<T = NovaDatabase> {
  readonly database: T;
  /** Whose word the account is: "[whitebox-database]", "[api_database] connection of nova-conductor on controller". */
  readonly place: string;
  readonly account: DatabaseAccount;
}

/** What looking for the database needs of the world. */
export interface DatabaseSearch<T> {
  readonly machines: Pick<Machines, 'root' | 'gateway'>;
  /** Hosts of Nova's control plane; asked only where the configuration leaves something out. */
  readonly controlHosts: () => Promise<readonly string[]>;
  readonly servicesOf: (machine: Host) => Promise<NovaService[]>;
  readonly open: (options: NovaDatabaseOptions) => Promise<T>;
}

/** What the search is in a real cloud. */
export function databaseSearch(
  machines: Machines,
  controlHosts: () => Promise<readonly string[]>,
  flavour?: FlavourName,
  onStatement: (record: StatementRecord) => void = recordStatement,
): DatabaseSearch<NovaDatabase> {
  return {
    machines,
    controlHosts,
    servicesOf: (machine) => novaServicesOf(machine, flavour),
    open: (options) => NovaDatabase.open({ ...options, onStatement }),
  };
}

/**
 * Opens Nova's databases with what `[whitebox-database]` says; what it leaves out is taken from the configuration of a
 * Nova service on the control plane, and the server is then dialled from that machine, over its SSH connection.
 *
 * @throws TestkitError `WB_TESTKIT_NO_DATABASE` with everything that was tried; DatabaseError where all was said
 */
export async function openDatabase<T>(
  said: DatabaseSettings,
  search: DatabaseSearch<T>,
): Promise<OpenedDatabase<T>> {
  const { address, user, password } = said;
  if (address !== undefined && user !== undefined && password !== undefined) {
    const through = said.gateway === undefined ? undefined : await search.machines.gateway(said.gateway);
    const endpoint = { address, port: databasePort };
    const database = await search
      .open({ endpoint, user, password: password.reveal(), through })
      .catch((error: unknown) => {
        throw ofTheConfiguration(error);
      });
    return { database, place: '[whitebox-database]', account: { address, user, password } };
  }
  const tried: string[] = [];
  const hosts = await search.controlHosts();
  for (const name of hosts) {
    const found = await connectionOn(name, search, tried);
    if (found === undefined) continue;
    const options = await optionsOf(said, found, search);
    if (options === undefined) {
      tried.push(
        `${found.place}: it is for user ${found.url.user}, whose password is not that of ${String(user)}`,
      );
      continue;
    }
    try {
      return { database: await search.open(options), place: found.place, account: accountOf(options) };
    } catch (error) {
      tried.push(`${found.place}: ${sentenceOf(error)}`);
    }
  }
  throw noDatabase(said, hosts, tried);
}

/** The same error with the place of what it speaks of. */
function ofTheConfiguration(error: unknown): unknown {
  if (!(error instanceof WhiteboxError)) return error;
  const { code, action, host, observed, advice } = error;
  return new TestkitError({
    code,
    action,
    host,
    observed,
    advice: `${advice} The account is that of [whitebox-database]; where host, user and password are left out there, Nova's own is looked for.`,
    cause: error,
  });
}

async function connectionOn<T>(
  name: string,
  { machines, servicesOf }: DatabaseSearch<T>,
  tried: string[],
): Promise<NovaConnection | undefined> {
  try {
    const machine = await machines.root(name);
    return await readNovaConnection(machine, name, await servicesOf(machine), (what) => tried.push(what));
  } catch (error) {
    tried.push(`${name}: ${sentenceOf(error)}`);
    return undefined;
  }
}

/** What was said wins. A password that was found belongs to the user that was found and to no other. */
async function optionsOf<T>(
  { address, user, password, gateway }: DatabaseSettings,
  { machine, url, cellConnection, ca }: NovaConnection,
  { machines }: DatabaseSearch<T>,
): Promise<NovaDatabaseOptions | undefined> {
  if (password === undefined && user !== undefined && user !== url.user) return undefined;
  const account = {
    user: user ?? url.user,
    password: password?.reveal() ?? url.password,
    connection: cellConnection?.reveal(),
    ...(ca === undefined ? {} : { tls: { ca } }),
  };
  if (address === undefined) {
    return { ...account, endpoint: url.endpoint, database: url.database, through: machine };
  }
  const through = gateway === undefined ? undefined : await machines.gateway(gateway);
  return { ...account, endpoint: { address, port: databasePort }, database: url.database, through };
}

function accountOf({ endpoint, user, password }: NovaDatabaseOptions): DatabaseAccount {
  return {
    address: 'socketPath' in endpoint ? endpoint.socketPath : endpoint.address,
    user,
    password: password === undefined ? undefined : new Secret(password),
  };
}

function noDatabase(
  { address, user, password }: DatabaseSettings,
  hosts: readonly string[],
  tried: string[],
): TestkitError {
  const missing = [
    ...(address === undefined ? ['host'] : []),
    ...(user === undefined ? ['user'] : []),
    ...(password === undefined ? ['password'] : []),
  ];
  const looked =
    hosts.length === 0
      ? 'Nova names no host of its conductor or scheduler where they could be found'
      : `they were not found on ${hosts.join(', ')} either:\n${tried.map((line) => `  - ${line}`).join('\n')}`;
  return new TestkitError({
    code: 'WB_TESTKIT_NO_DATABASE',
    action: "open Nova's databases",
    observed: `[whitebox-database] does not say ${missing.join(', ')}, and ${looked}`,
    advice: `Set ${missing.join(', ')} in [whitebox-database] (an account that may only SELECT is enough), or make the control hosts reachable by SSH: [whitebox] ctlplane_addresses names their addresses.`,
  });
}
