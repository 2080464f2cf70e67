import { anySignal, sleep } from '@whitebox/core';
import type { NovaReader } from '@whitebox/db';
import type { Hypervisors } from '@whitebox/openstack';
import { heartbeatProbe, type ReadyProbe, type Restarted } from '@whitebox/services';

/** As much of a cloud as tells whether a nova-compute serves. */
export interface ServingSources {
  readonly database: Pick<NovaReader, 'services' | 'computeNodes'>;
  readonly hypervisors: Pick<Hypervisors, 'uptime'>;
  /** Milliseconds of `[DEFAULT] service_down_time`; default Nova's own, 60 000. */
  readonly serviceDownMs?: number | undefined;
}

/** Milliseconds between two questions that were refused: Nova holds a service for down that has been away for long. */
const againMs = 500;

/** Milliseconds that its last report may be older than that of any other service, at most. */
const recentMs = 20_000;
/** Milliseconds until the next report, and what times in whole seconds may differ: until then it must not be held for down. */
const untilReportMs = 10_000;

/** One question after the other until one is answered. */
interface Asking {
  answered: boolean;
  readonly stop: AbortController;
}

/**
 * Whether the nova-compute of a host serves again after a restart: it has answered an RPC call, or has reported to Nova since.
 * The call comes first by some seconds: a service listens as soon as it has looked at its host, and reports 5 s later
 * (Service.start of nova/service.py; INITIAL_REPORTING_DELAY of nova/servicegroup/api.py). It waits in the queue of the host
 * until then. Where Nova holds the service for down no call is made, and the report is the first that is heard of it; where its
 * last report is old, the scheduler may leave it out until the next.
 */
export function novaComputeServes(
  { database, hypervisors, serviceDownMs = 60_000 }: ServingSources,
  host: string,
): ReadyProbe {
  const reported = heartbeatProbe(async (signal) => {
    const [row] = await database.services({ host, binary: 'nova-compute' }, { signal });
    return row === undefined ? undefined : { seen: row.lastSeenUp, reportCount: row.reportCount };
  });
  const calls = new WeakMap<Restarted, Asking>();

  const isRecent = async (signal: AbortSignal): Promise<boolean> => {
    const rows = await database.services({}, { signal });
    const times = rows.map(({ lastSeenUp }) => lastSeenUp?.getTime() ?? 0);
    const own = rows.find((row) => row.host === host && row.binary === 'nova-compute')?.lastSeenUp;
    return (
      own != null && Math.max(...times) - own.getTime() <= Math.min(recentMs, serviceDownMs - untilReportMs)
    );
  };

  const ask = (signal: AbortSignal): Asking => {
    const asking: Asking = { answered: false, stop: new AbortController() };
    const until = anySignal([signal, asking.stop.signal]);
    const untilAnswered = async (): Promise<void> => {
      const nodes = await database.computeNodes({ host }, { signal: until });
      const id = nodes.find(({ uuid }) => uuid !== null)?.uuid;
      if (id == null) return;
      while (!until.aborted && !asking.answered) {
        try {
          await hypervisors.uptime(id, { signal: until });
          asking.answered = true;
        } catch {
          // Refused, or the API is restarted too: the report tells then, if this does not.
          await sleep(againMs, until);
        }
      }
    };
    untilAnswered().catch(() => undefined);
    return asking;
  };

  return async (restarted, signal) => {
    let asking = calls.get(restarted);
    if (asking === undefined) calls.set(restarted, (asking = ask(signal)));
    const look = await reported(restarted, signal);
    if (!look.done && !(asking.answered && (await isRecent(signal)))) return look;
    asking.stop.abort();
    return { done: true, value: undefined };
  };
}
