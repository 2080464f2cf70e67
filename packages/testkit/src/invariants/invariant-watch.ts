import { waitUntil, WaitTimeoutError } from '@whitebox/core';
import { identityOf, invariants, judge, type Snapshot, type Violation } from '@whitebox/invariants';
import type { Scope } from '../snapshot/read-snapshot.js';
import { evidenceOf, type InvariantEvidence } from './evidence.js';
import { InvariantError, type Seen } from './invariant-error.js';

/** A server of the case. */
export interface WatchedServer {
  readonly id: string;
  readonly name: string;
  readonly hasHost: boolean;
  readonly host: { readonly name: string };
}

export interface WatchOptions {
  readonly read: (scope: Scope) => Promise<Snapshot>;
  /** Names of all computes. */
  readonly computes: () => readonly string[];
  readonly signal: AbortSignal;
  /** Whether a violation fails the case; otherwise it is only kept. */
  readonly fails: boolean;
  /** Whether other cases run beside this one: then only its own servers are judged, since theirs may be in motion. */
  readonly shared?: boolean | undefined;
  /** Told each violation once. */
  readonly keep: (evidence: InvariantEvidence) => Promise<void>;
  /** Milliseconds beside the interval that a periodic task may take; default 15 000. */
  readonly graceMs?: number | undefined;
}

interface Pending extends Seen {
  /** Since when it is waited for, and how often its host was heard of since. */
  readonly since: number;
  /** Times at which the resource tracker of its host wrote compute_nodes. */
  readonly writes: Set<number>;
  /** Heartbeats of its host's nova-compute. */
  readonly reports: Set<number>;
}

/** Cases stop services and change configurations on purpose. */
const judged = invariants.filter(({ id }) => id !== 'I46');

const defaultGraceMs = 15_000;
/** A case does not wait longer for what another periodic task than the resource tracker's may put right; that is kept alone. */
const slowMs = 120_000;

/**
 * Holds the servers of a case and the hosts that they have been on against the invariants after every step. What Nova's
 * periodic tasks may still put right is kept, and at the end of the case waited for.
 */
export class InvariantWatch {
  readonly #options: WatchOptions;
  readonly #servers = new Map<string, WatchedServer>();
  readonly #hosts = new Set<string>();
  readonly #pending = new Map<string, Pending>();
  readonly #kept = new Set<string>();
  /** What was so before the case began, as long as it stays so; undefined: not looked at yet. */
  #before: Set<string> | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Before the first step: what is wrong already is not the doing of this case. */
  async begin(): Promise<void> {
    if (this.#before !== undefined) return;
    this.#before = new Set();
    // What is wrong of its own servers cannot have been there before them.
    if (this.#options.shared === true) return;
    const snapshot = await this.#options.read({ guests: [], hosts: this.#options.computes() });
    for (const violation of judge(snapshot, judged).violations) {
      this.#before.add(identityOf(violation));
      await this.#options.keep(evidenceOf(violation));
    }
  }

  /** From now on this server is looked at. */
  watch(server: WatchedServer): void {
    this.#servers.set(server.id, server);
  }

  /** @throws InvariantError for what Nova's periodic tasks cannot put right */
  async afterStep(step: string): Promise<void> {
    const { snapshot, violations } = await this.#look();
    const wrong = await this.#file(step, snapshot, violations);
    if (wrong.length > 0 && this.#options.fails)
      throw new InvariantError(wrong, 'an invariant does not hold');
  }

  /**
   * Waits for what is pending until one whole periodic task of its host has passed.
   *
   * @throws InvariantError for what is still there then
   */
  async settle(step: string): Promise<void> {
    if (this.#pending.size === 0 || !this.#options.fails) return;
    const { signal, graceMs = defaultGraceMs } = this.#options;
    const stuck: Seen[] = [];
    // What was written during the steps may have been the claim of one server; only now nothing else is under way.
    for (const [identity, { violation, step: first }] of this.#pending)
      this.#pending.set(identity, newPending({ violation, step: first }));
    try {
      await waitUntil(
        "what Nova's periodic tasks put right",
        async () => {
          const { snapshot, violations } = await this.#look();
          const wrong = await this.#file(step, snapshot, violations);
          stuck.push(...wrong);
          for (const [identity, pending] of this.#pending) {
            const { settlesWithinS } = pending.violation;
            const slow = settlesWithinS !== undefined && settlesWithinS * 1000 > slowMs;
            const waitMs = slow ? 0 : (settlesWithinS ?? 0) * 1000;
            const deadlineMs = Math.max(intervalMs(snapshot, pending.violation), waitMs) + graceMs;
            const written = pending.writes.size > 2 && settlesWithinS === undefined;
            if (!written && performance.now() - pending.since < deadlineMs) continue;
            this.#pending.delete(identity);
            // Where nova-compute is down, there is no periodic task that could put it right.
            if (pending.reports.size > 1 && !slow) stuck.push(pending);
            else await this.#keep(pending.violation, pending.step);
          }
          if (this.#pending.size === 0) return { done: true, value: undefined };
          return {
            done: false,
            seen: [...this.#pending.values()].map(({ violation }) => violation.text).join('; '),
          };
        },
        { timeoutMs: 600_000, intervalMs: 500, maxIntervalMs: 2000, signal },
      );
    } catch (error) {
      if (!(error instanceof WaitTimeoutError)) throw error;
      stuck.push(...this.#pending.values());
    }
    for (const { violation, step: first } of stuck) await this.#keep(violation, first);
    if (stuck.length > 0)
      throw new InvariantError(stuck, 'still so after a whole periodic task of the resource tracker');
  }

  /** All that is wrong now, without waiting: for a case that has failed. Never throws what the cloud says. */
  async lastLook(step: string): Promise<readonly InvariantEvidence[]> {
    if (this.#servers.size === 0) return [];
    const { violations } = await this.#look();
    const evidence = violations
      .filter((violation) => this.#before?.has(identityOf(violation)) !== true)
      .map((violation) => evidenceOf(violation, step));
    for (const violation of violations) await this.#keep(violation, step);
    return evidence;
  }

  async #look(): Promise<{ readonly snapshot: Snapshot; readonly violations: readonly Violation[] }> {
    for (const server of this.#servers.values()) if (server.hasHost) this.#hosts.add(server.host.name);
    const guests = [...this.#servers.values()].map(({ id, name }) => ({ id, name }));
    const snapshot = await this.#options.read({ guests, hosts: [...this.#hosts] });
    // One that the case has deleted is looked at no more.
    for (const { uuid, instance } of snapshot.guests) if (instance === null) this.#servers.delete(uuid);
    const violations = judge(snapshot, judged).violations.filter(
      ({ subject }) =>
        this.#options.shared !== true || (subject.kind === 'server' && this.#servers.has(subject.id)),
    );
    const now = new Set(violations.map(identityOf));
    for (const identity of this.#before ?? []) if (!now.has(identity)) this.#before?.delete(identity);
    return { snapshot, violations };
  }

  /** Keeps what may pass and what is a known bug; returns the rest. */
  async #file(step: string, snapshot: Snapshot, violations: readonly Violation[]): Promise<readonly Seen[]> {
    const now = new Map(violations.map((violation) => [identityOf(violation), violation]));
    for (const identity of this.#pending.keys()) if (!now.has(identity)) this.#pending.delete(identity);
    const wrong: Seen[] = [];
    for (const [identity, violation] of now) {
      if (this.#before?.has(identity) === true) continue;
      if (violation.knownBug !== undefined) {
        await this.#keep(violation, step);
        continue;
      }
      if (!violation.transient) {
        await this.#keep(violation, step);
        wrong.push({ violation, step });
        continue;
      }
      const pending = this.#pending.get(identity) ?? newPending({ violation, step });
      const host = snapshot.hosts.find(({ name }) => name === violation.subject.host);
      const written = host?.computeNode?.updatedAt?.getTime();
      if (written !== undefined) pending.writes.add(written);
      if (typeof host?.service?.reportCount === 'number') pending.reports.add(host.service.reportCount);
      this.#pending.set(identity, { ...pending, violation });
    }
    return wrong;
  }

  async #keep(violation: Violation, step: string): Promise<void> {
    const identity = identityOf(violation);
    if (this.#kept.has(identity) || this.#before?.has(identity) === true) return;
    this.#kept.add(identity);
    await this.#options.keep(evidenceOf(violation, step));
  }
}

function newPending(seen: Seen): Pending {
  return { ...seen, since: performance.now(), writes: new Set(), reports: new Set() };
}

function intervalMs({ hosts }: Snapshot, { subject }: Violation): number {
  const host = hosts.find(({ name }) => name === subject.host);
  return (host?.config?.updateResourcesIntervalS ?? 60) * 1000;
}
