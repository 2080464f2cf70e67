import { CloudConnection } from './cloud-connection.js';
import type { KnownOption } from './discovery/option-finder.js';
import type { CloudReference } from './run-context.js';

/** What was found out about a cloud and its configuration. */
export interface DiscoveredOptions {
  readonly options: readonly KnownOption[];
  /** Where the configuration is not what was meant, or not what was found. */
  readonly warnings: readonly string[];
}

/** Looks at a cloud for every option, also for those that the configuration says. Changes nothing. */
export async function discoverOptions(cloud: CloudReference): Promise<DiscoveredOptions> {
  await using connection = await CloudConnection.open(cloud);
  return { options: await connection.options.all(), warnings: connection.warnings };
}
