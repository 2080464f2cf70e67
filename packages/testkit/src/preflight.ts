import type { Redactor } from '@whitebox/core';
import { describeHostChanges, readHostChanges } from '@whitebox/services';
import { CloudConnection } from './cloud-connection.js';
import { redactorOf } from './known-secrets.js';
import type { CloudReference } from './run-context.js';

/** What a look at a cloud told, a line each. */
export interface Preflight {
  readonly facts: readonly string[];
  /** Where the configuration is not what was meant, or not what was found. */
  readonly warnings: readonly string[];
  /** What is changed on its hosts and not given back, by the word of the hosts themselves, a line each. */
  readonly open: readonly string[];
  /** The same for every way to reach this cloud: the address of its Keystone. */
  readonly cloudId: string;
  /** Knows the passwords of this cloud. */
  readonly redactor: Redactor;
}

/**
 * Opens and closes everything that a run will need, so that a cloud which cannot be reached is told once and before any
 * case runs.
 */
export async function preflight(cloud: CloudReference): Promise<Preflight> {
  await using connection = await CloudConnection.open(cloud);
  const changes = await readHostChanges(connection.computes.map(({ machine }) => machine));
  const { release, computes, settings, warnings, databasePlace, databaseAccount } = connection;
  return {
    facts: [
      `Nova: ${release.text}; its databases as ${databaseAccount.user}, from ${databasePlace}`,
      ...computes.map(
        ({ name, dedicated, shared, deployment }) =>
          `${name}: ${deployment.flavour.title}; dedicated CPUs ${dedicated.isEmpty ? 'none' : dedicated.toString()}, shared CPUs ${shared.isEmpty ? 'unset' : shared.toString()}`,
      ),
    ],
    warnings,
    redactor: redactorOf(settings, databaseAccount),
    open: await describeHostChanges(changes),
    cloudId: settings.credentials.authUrl.replace(/\/+(?:v3\/*)?$/, '').replace(/\/v3$/, ''),
  };
}
