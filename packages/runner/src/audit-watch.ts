import { sleep } from '@whitebox/core';
import type { AuditFinding, AuditResults } from '@whitebox/testkit';

export interface WatchOptions {
  /** One audit. */
  readonly look: () => Promise<AuditResults>;
  /** Milliseconds from the beginning of one to that of the next. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Told of each audit, and of each that failed. */
  readonly metrics: { take(results: AuditResults, now: number): void; fail(): void };
  readonly now?: () => number;
}

/**
 * Audits again and again until it is told to stop, and says what is new and what is gone. The first has to work; later ones may
 * fail, as when the API is restarted.
 *
 * @returns the last results
 */
export async function watchAudit(options: WatchOptions): Promise<AuditResults> {
  const { look, intervalMs, signal, say, metrics, now = Date.now } = options;
  const known = new Map<string, AuditFinding>();
  let last: AuditResults | undefined;
  for (;;) {
    const started = now();
    try {
      const results = await look();
      metrics.take(results, now());
      compare(known, results, say);
      last = results;
    } catch (error) {
      if (signal.aborted && last !== undefined) return last;
      if (last === undefined) throw error;
      metrics.fail();
      say(
        `${new Date(now()).toISOString()} the audit failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    try {
      await sleep(Math.max(0, intervalMs - (now() - started)), signal);
    } catch {
      return last;
    }
  }
}

/** Says what a look has found for the first time, and what it has not found again although it was looked for. */
function compare(known: Map<string, AuditFinding>, results: AuditResults, say: (line: string) => void): void {
  const { started, hosts, servers, findings, notRead, judged, durationMs } = results;
  const found = new Map(findings.map((finding) => [keyOf(finding), finding]));
  const unread = new Set(
    notRead.flatMap(({ host, invariants }) => invariants.map((id) => `${id} ${host ?? ''}`)),
  );
  for (const [key, finding] of found) {
    if (!known.has(key)) say(`${started} new: ${finding.text}`);
    known.set(key, finding);
  }
  for (const [key, finding] of known) {
    const { id, subject, text } = finding;
    // What could not be looked at now is not gone.
    if (found.has(key) || !judged.includes(id) || unread.has(`${id} ${subject.host ?? ''}`)) continue;
    say(`${started} gone: ${text}`);
    known.delete(key);
  }
  say(
    `${started} ${hosts} hosts, ${servers} servers: ${findings.length} found, ${notRead.length} not read, ${(durationMs / 1000).toFixed(1)} s`,
  );
}

function keyOf({ id, subject, point }: AuditFinding): string {
  return [id, subject.kind, subject.id, point].join(' ');
}
