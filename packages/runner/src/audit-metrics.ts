import type { AuditResults } from '@whitebox/testkit';
import { Counter, Gauge, Registry } from 'prom-client';

/** What a repeated audit tells Prometheus. What was not looked at has no value, so that it never looks clean. */
export class AuditMetrics {
  readonly #registry = new Registry();
  readonly #findings = this.#gauge('findings', 'Violations that the last audit has found.', [
    'invariant',
    'host',
  ]);
  readonly #judged = this.#gauge('judged', 'Whether the last audit had something to judge it by.', [
    'invariant',
  ]);
  readonly #notRead = this.#gauge('not_read', 'Things that the last audit could not read.', ['host']);
  readonly #hosts = this.#gauge('hosts', 'Computes that the last audit has looked at.');
  readonly #servers = this.#gauge('servers', 'Servers that the last audit has looked at.');
  readonly #duration = this.#gauge('duration_seconds', 'How long the last audit took.');
  readonly #ended = this.#gauge(
    'last_end_timestamp_seconds',
    'When the last audit that came to its end did.',
  );
  readonly #rounds = new Counter({
    name: 'whitebox_audit_rounds_total',
    help: 'Audits by their outcome.',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** @param now milliseconds since 1970 */
  take(results: AuditResults, now: number): void {
    for (const gauge of [this.#findings, this.#judged, this.#notRead]) gauge.reset();
    const judged = new Set(results.judged);
    for (const invariant of results.invariants) {
      this.#judged.set({ invariant }, judged.has(invariant) ? 1 : 0);
    }
    for (const { id, subject } of results.findings) {
      this.#findings.inc({ invariant: id, host: subject.host ?? '' });
    }
    // A clean invariant is a 0 of no host, so that an alert has something to compare with.
    for (const invariant of judged) {
      if (results.findings.every(({ id }) => id !== invariant))
        this.#findings.set({ invariant, host: '' }, 0);
    }
    for (const { host } of results.notRead) this.#notRead.inc({ host: host ?? '' });
    this.#hosts.set(results.hosts);
    this.#servers.set(results.servers);
    this.#duration.set(results.durationMs / 1000);
    this.#ended.set(now / 1000);
    this.#rounds.inc({ outcome: outcomeOf(results) });
  }

  /** An audit that did not come to its end. What the one before it has found stays, with its time. */
  fail(): void {
    this.#rounds.inc({ outcome: 'failed' });
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name: `whitebox_audit_${name}`, help, labelNames, registers: [this.#registry] });
  }
}

function outcomeOf({ findings, notRead }: AuditResults): 'clean' | 'findings' | 'incomplete' {
  if (findings.length > 0) return 'findings';
  return notRead.length > 0 ? 'incomplete' : 'clean';
}
