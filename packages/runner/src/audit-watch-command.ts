import { auditCloud } from '@whitebox/testkit';
import type { AuditOptions } from './audit-command.js';
import { AuditMetrics } from './audit-metrics.js';
import { auditText } from './audit-text.js';
import { watchAudit } from './audit-watch.js';
import { cloudReference } from './cloud-options.js';
import { UsageError } from './errors.js';
import { ExitCode } from './exit-codes.js';
import { serveMetrics } from './metrics-server.js';

/** Where metrics are served when --metrics says nothing else. */
const defaultWhere = '9477';

/** `whitebox audit --watch`: again and again until Ctrl-C or SIGTERM, which is its ordinary end. Looks only. */
export async function auditAgain(options: AuditOptions, seconds: number): Promise<ExitCode> {
  refuseWithWatch(options);
  const stop = new AbortController();
  const end = (): void => {
    stop.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  // Nobody reads what it says any more (`| head`).
  process.stdout.once('error', end);
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  const metrics = new AuditMetrics();
  const memory = new Map();
  try {
    const where = options.metrics === true ? defaultWhere : options.metrics;
    await using server = where === undefined ? undefined : await serveMetrics(where, metrics);
    if (server !== undefined) say(`Metrics are at ${server.url}`);
    const last = await watchAudit({
      look: async () => {
        const { results } = await auditCloud(cloudReference(options), {
          hosts: options.host,
          servers: options.instance,
          invariants: options.invariant,
          parallel: options.parallel,
          threads: options.threads,
          memory,
          signal: stop.signal,
        });
        return results;
      },
      intervalMs: seconds * 1000,
      signal: stop.signal,
      say,
      metrics,
    });
    process.stdout.write(auditText(last));
    return ExitCode.Interrupted;
  } catch (error) {
    if (stop.signal.aborted) return ExitCode.Interrupted;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, end);
    process.stdout.off('error', end);
  }
}

function refuseWithWatch({ json, html }: AuditOptions): void {
  if (json !== true && html === undefined) return;
  throw new UsageError({
    code: 'WB_RUN_USAGE',
    action: 'audit with --watch',
    observed: `${json === true ? '--json' : '--html'} is of one audit`,
    advice: 'Leave it out; --metrics serves what each audit has found.',
  });
}

/** @throws UsageError `WB_RUN_USAGE` */
export function refuseMetricsAlone({ metrics, watch }: AuditOptions): void {
  if (metrics === undefined || watch !== undefined) return;
  throw new UsageError({
    code: 'WB_RUN_USAGE',
    action: 'audit with --metrics',
    observed: 'one audit is over before anybody asks for its metrics',
    advice: 'Add --watch SECONDS.',
  });
}
