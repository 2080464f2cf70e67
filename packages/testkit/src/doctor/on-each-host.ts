import type { Finding } from './check.js';
import { after } from './check.js';
import { findingsOfError } from './findings-of-error.js';
import type { Site, SiteHost } from './site.js';

export interface EachHostOptions {
  /** Only hosts with nova-compute. */
  readonly computes?: boolean | undefined;
}

/** Looks at all hosts at once; what is wrong with one keeps no other from being looked at. */
export async function onEachHost(
  site: Site,
  look: (host: SiteHost) => Promise<readonly Finding[]>,
  { computes = false }: EachHostOptions = {},
): Promise<readonly Finding[]> {
  const hosts = (await after('finding its hosts', site.hosts())).filter(
    ({ isCompute }) => isCompute || !computes,
  );
  if (hosts.length === 0) return [{ verdict: 'unknown', found: 'no host is known' }];
  const each = await Promise.all(
    hosts.map(async (host) => {
      try {
        return await look(host);
      } catch (error) {
        return findingsOfError(error, host.name);
      }
    }),
  );
  return each.flat();
}
