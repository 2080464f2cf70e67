import { runText, type Host } from '@whitebox/host';
import { after, ok, warning, wrong, type Check, type Finding } from '../check.js';
import { onEachHost } from '../on-each-host.js';
import type { Here } from '../site.js';

/** Milliseconds. Heartbeats of services and windows of logs are compared across hosts. */
const noticeable = 2000;
/** Nova takes a service for dead after `service_down_time`, 60 s by default. */
const harmful = 30_000;

export const clockSkew: Check = {
  code: 'WB_DOCTOR_CLOCKS',
  title: 'clocks',
  look: (site) =>
    onEachHost(site, async (host) => {
      const machine = await after('SSH there', host.login());
      return [judgeSkew(await skewOf(machine, site.here), host.name)];
    }),
};

/** Milliseconds by which a host is ahead of this machine, and how far off that may be. */
async function skewOf(
  machine: Host,
  here: Pick<Here, 'now'>,
): Promise<{ readonly aheadMs: number; readonly errorMs: number }> {
  // The first command on a connection takes longest; what counts is the quickest.
  let best: { aheadMs: number; errorMs: number } | undefined;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const before = here.now();
    const text = await runText(machine, ['date', '+%s.%N'], { timeoutMs: 20_000 });
    const later = here.now();
    const errorMs = (later - before) / 2;
    if (best === undefined || errorMs < best.errorMs)
      best = { aheadMs: Number(text.trim()) * 1000 - (before + later) / 2, errorMs };
  }
  return best ?? { aheadMs: 0, errorMs: 0 };
}

export function judgeSkew(
  { aheadMs, errorMs }: { readonly aheadMs: number; readonly errorMs: number },
  host: string,
): Finding {
  const off = Math.max(0, Math.abs(aheadMs) - errorMs);
  const text = `${(Math.abs(aheadMs) / 1000).toFixed(2)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine (± ${(errorMs / 1000).toFixed(2)} s)`;
  const next =
    'Set the clocks by NTP (chronyc tracking, timedatectl): heartbeats and logs are compared across hosts.';
  if (off >= harmful) return wrong(text, next, host);
  return off >= noticeable ? warning(text, next, host) : ok(text, host);
}
