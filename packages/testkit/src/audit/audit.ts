import { sleep } from '@whitebox/core';
import type { NovaReader } from '@whitebox/db';
import { invariants as allInvariants } from '@whitebox/invariants';
import { Suspicions, type Rules, type Suspicion } from './confirm.js';
import { findingOf } from './finding-of.js';
import { hostTasks, type AuditScope } from './host-tasks.js';
import { notReadOf } from './not-read.js';
import type { HostLook, HostTask } from './look-at-host.js';
import type { AuditFinding, AuditResults, NotRead } from './results.js';
import { Slots } from './slots.js';

/** What an audit is made of. */
export interface AuditSources {
  readonly database: Pick<NovaReader, 'services' | 'instances'>;
  /** What reads a host once and judges it, for an audit of so many hosts. */
  readonly lookFor: (hosts: number) => (task: HostTask, signal: AbortSignal) => Promise<HostLook>;
}

export interface AuditOptions extends AuditScope {
  /** "I6"; undefined: all. */
  readonly invariants?: readonly string[] | undefined;
  /** Hosts that are looked at at the same time; default 8, or 32 of a cloud with 64 or more. */
  readonly parallel?: number | undefined;
  readonly signal: AbortSignal;
  /** Told how far it is. */
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
  /** Told each host's findings as soon as it is judged, with what it looked like. */
  readonly onHost?: ((host: string, findings: readonly AuditFinding[], look: HostLook) => void) | undefined;
  /** Milliseconds beside the interval that a periodic task may take; default 15 000. */
  readonly graceMs?: number | undefined;
  /** Milliseconds between two looks at what nothing puts right; default 3000. */
  readonly pauseMs?: number | undefined;
  /**
   * Milliseconds that are waited for something at the most, but for one run of the resource tracker, which is always waited for;
   * default 120 000. What Nova may take longer to put right (power states, 600 s) is said not to be told yet.
   */
  readonly patienceMs?: number | undefined;
  /** Of one audit for the next one: host -> what could not be told yet. */
  readonly memory?: Map<string, Suspicions> | undefined;
}

export interface AuditProgress {
  readonly hosts: number;
  /** Looked at at least once. */
  readonly looked: number;
  /** Done with. */
  readonly done: number;
  /** Looked at again, since something may pass. */
  readonly waiting: number;
}

/** Looks at a host in which something new is seen each time. */
const mostLooks = 12;

/**
 * Holds a cloud against the invariants, host by host, each judged as soon as it is read and forgotten then. What is wrong is looked at
 * again: at once where nothing puts it right, else after a whole periodic task of Nova.
 *
 * @throws TestkitError `WB_AUDIT_UNKNOWN_HOST`, `WB_AUDIT_UNKNOWN_SERVER`; DatabaseError where the databases cannot be asked who
 *   there is
 */
export async function audit(
  sources: AuditSources,
  options: AuditOptions,
): Promise<Omit<AuditResults, 'nova' | 'sent'>> {
  const started = new Date();
  const { signal } = options;
  const chosen = allInvariants.filter(({ id }) => options.invariants?.includes(id) ?? true);
  const { tasks, notRead: elsewhere } = await hostTasks(sources.database, options, chosen, signal);
  const slots = new Slots(options.parallel ?? (tasks.length < 64 ? 8 : 32));
  const look = sources.lookFor(tasks.length);
  const progress = { hosts: tasks.length, looked: 0, done: 0, waiting: 0 };
  const tell = (): void => options.onProgress?.({ ...progress });
  tell();
  const findings: AuditFinding[] = [];
  const notRead: NotRead[] = [...elsewhere];
  const judged = new Set<string>();
  let servers = 0;
  const atHost = async (task: HostTask): Promise<void> => {
    let waiting = false;
    const ended = await judgeHost(look, task, { ...options, slots }, (first) => {
      if (waiting) return;
      waiting = true;
      progress.looked += 1;
      progress.waiting += 1;
      servers += first.servers.length;
      tell();
    });
    progress.waiting -= 1;
    progress.done += 1;
    for (const id of ended.look.looked) judged.add(id);
    findings.push(...ended.findings);
    notRead.push(...ended.notRead);
    options.onHost?.(task.host, ended.findings, ended.look);
    tell();
  };
  const outcomes = await Promise.allSettled(tasks.map(atHost));
  signal.throwIfAborted();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return {
    started: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    hosts: tasks.length,
    servers,
    invariants: chosen.map(({ id }) => id),
    judged: chosen.map(({ id }) => id).filter((id) => judged.has(id)),
    findings: findings.sort(byNumber),
    notRead: notRead.sort((one, other) => (one.host ?? '').localeCompare(other.host ?? '', 'en')),
  };
}

interface Ended {
  readonly findings: readonly AuditFinding[];
  readonly notRead: readonly NotRead[];
  readonly look: HostLook;
}

async function judgeHost(
  lookAt: ReturnType<AuditSources['lookFor']>,
  task: HostTask,
  options: AuditOptions & { readonly slots: Slots },
  looked: (look: HostLook) => void,
): Promise<Ended> {
  const { signal, graceMs = 15_000, pauseMs = 3000, patienceMs = 120_000, slots, memory } = options;
  const suspicions = memory?.get(task.host) ?? new Suspicions();
  for (let looks = 1; ; looks += 1) {
    const look = await slots.run(() => lookAt(task, signal));
    looked(look);
    suspicions.add(look.takenAt, look.violations.filter(isMeant(task)));
    const settleMs = look.intervalS * 1000 + graceMs;
    const rules: Rules = { pauseMs, settleMs, graceMs, patienceMs: Math.max(patienceMs, settleMs) };
    // A server that goes while its host is looked at leaves things unread that are there in the next look.
    const again =
      suspicions.nextLook(rules) ??
      (looks === 1 &&
      look.troubles.length === 0 &&
      look.unchecked.some(({ subject }) => subject !== undefined)
        ? new Date(look.takenAt.getTime() + pauseMs)
        : undefined);
    if (again === undefined || looks >= mostLooks) {
      memory?.set(task.host, suspicions.slow());
      return {
        look,
        findings: suspicions.confirmed(rules).map((suspicion) => findingOf(suspicion)),
        notRead: [...notReadOf(task.host, look), ...unsettled(task.host, suspicions.open(rules))],
      };
    }
    await sleep(Math.max(0, again.getTime() - Date.now()), signal);
  }
}

/** With `--instance` only what is about one of these. */
function isMeant({ servers }: HostTask): (violation: HostLook['violations'][number]) => boolean {
  return ({ subject, point, text }) =>
    servers === undefined ||
    (subject.kind === 'server'
      ? servers.has(subject.id)
      : [...servers].some((uuid) => point.includes(uuid) || text.includes(uuid)));
}

function unsettled(host: string, open: readonly Suspicion[]): readonly NotRead[] {
  const slow = open.filter(({ violation }) => violation.settlesWithinS !== undefined);
  const inMotion = open.filter((suspicion) => !slow.includes(suspicion));
  const one = (of: readonly Suspicion[], why: readonly string[]): readonly NotRead[] =>
    of.length === 0
      ? []
      : [
          {
            host,
            missing: 'a state that lasts',
            servers: [
              ...new Set(
                of.flatMap(({ violation: { subject } }) => (subject.kind === 'server' ? [subject.name] : [])),
              ),
            ],
            invariants: [...new Set(of.map(({ violation }) => violation.id))],
            why,
          },
        ];
  return [
    ...one(inMotion, [
      'it looked different each time it was looked at: look again when less is under way there',
    ]),
    ...one(
      slow,
      slow.map(
        ({ violation: { text, settlesWithinS = 0 } }) =>
          `${text}; Nova itself may put that right within ${settlesWithinS} s: look again then, or with --watch`,
      ),
    ),
  ];
}

function byNumber(one: AuditFinding, other: AuditFinding): number {
  return (
    Number(one.id.slice(1)) - Number(other.id.slice(1)) ||
    (one.subject.host ?? '').localeCompare(other.subject.host ?? '', 'en') ||
    one.text.localeCompare(other.text, 'en', { numeric: true })
  );
}
