import type { ReadyProbe, Restarted } from './service.js';

/** What Nova's `services` table (or GET /os-services) says of a service now. */
export interface Heartbeat {
  /**
   * `last_seen_up`, or `updated_at` of the API: a Date, or the text as the database or the API gives it (UTC without
   * saying so). Null or undefined before the first heartbeat.
   */
  readonly seen: Date | string | null | undefined;
  /** `report_count`; tells two heartbeats within one second apart. */
  readonly reportCount?: number | bigint | string | undefined;
}

/**
 * A probe for {@link Service.restart}: the service has reported to Nova after its new process was there.
 *
 * Nova's times come from the clock of the conductor's machine, in whole seconds that MySQL rounds and MariaDB cuts off,
 * so they cannot be compared with the start time of a process. This compares heartbeats with each other only: the first
 * one that is read is taken while the new process lives, when the old one cannot report any more, and the service serves
 * once a later one is seen. Nova reports first 5 s after its start, when its RPC server listens already
 * (INITIAL_REPORTING_DELAY in nova/servicegroup/api.py; Service.start in nova/service.py).
 *
 * @param read reads the row anew; undefined when there is none yet
 */
export function heartbeatProbe(read: (signal: AbortSignal) => Promise<Heartbeat | undefined>): ReadyProbe {
  const first = new WeakMap<Restarted, Heartbeat>();
  return async (restarted, signal) => {
    const now = (await read(signal)) ?? { seen: undefined };
    const before = first.get(restarted);
    if (before === undefined) {
      first.set(restarted, now);
      return { done: false, seen: `heartbeat at the restart: ${shown(now)}` };
    }
    if (isLaterHeartbeat(before, now)) return { done: true, value: now };
    return { done: false, seen: `no heartbeat since the restart, the last one: ${shown(now)}` };
  };
}

/** Whether `now` is another, later heartbeat than `before`. Both from the same source. */
export function isLaterHeartbeat(before: Heartbeat, now: Heartbeat): boolean {
  const [was, is] = [parseNovaTime(before.seen), parseNovaTime(now.seen)];
  if (is === undefined) return false;
  if (was === undefined || is > was) return true;
  if (is < was || before.reportCount === undefined || now.reportCount === undefined) return false;
  return BigInt(now.reportCount) > BigInt(before.reportCount);
}

/** A time of Nova's database ("2026-11-22 18:03:19") or API ("2026-11-22T18:03:19.000000"): UTC, though it does not say so. */
export function parseNovaTime(time: Date | string | null | undefined): Date | undefined {
  if (time === null || time === undefined || time === '') return undefined;
  if (time instanceof Date) return time;
  const [, day = '', clock = '', fraction = '', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(time.trim()) ?? [];
  const parsed = new Date(`${day}T${clock}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
  if (day === '' || Number.isNaN(parsed.getTime())) {
    throw new TypeError(`${JSON.stringify(time)} is no time of Nova`);
  }
  return parsed;
}

function shown({ seen, reportCount }: Heartbeat): string {
  const time = parseNovaTime(seen)?.toISOString() ?? 'never';
  return reportCount === undefined ? time : `${time}, report ${reportCount}`;
}
