import type { NovaReader } from '@whitebox/db';
import { heartbeatProbe, type ReadyProbe } from '@whitebox/services';

/** Whether the nova-compute of a host serves again after a restart: it has reported to Nova since. */
export function novaComputeServes(database: Pick<NovaReader, 'services'>, host: string): ReadyProbe {
  return heartbeatProbe(async (signal) => {
    const [row] = await database.services({ host, binary: 'nova-compute' }, { signal });
    return row === undefined ? undefined : { seen: row.lastSeenUp, reportCount: row.reportCount };
  });
}
