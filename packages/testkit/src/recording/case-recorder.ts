import type { Redactor } from '@whitebox/core';
import type { Snapshot } from '@whitebox/invariants';
import { domainsIn } from './domains-in.js';
import { lookOf } from './look-of.js';
import type { Activity, CaseRecording, LogExcerpt, Look, RecordedDocument } from './model.js';
import { rowsOf } from './rows-of.js';

/** Bounds of what is kept of one case, so that a run of hundreds can still be read. Texts are in characters. */
const limits = {
  activities: 500,
  what: 400,
  output: 4000,
  outputs: 200_000,
  /** All texts that are compared, of a case that passed and of one that failed. */
  documents: { passed: 40_000, failed: 400_000 },
  looks: 60,
};

export type NewActivity = Omit<Activity, 'step' | 'atMs' | 'times'>;

/**
 * Keeps what a case does behind its steps, and what was seen of its servers. Everything is redacted before it is cut to size:
 * half a secret would not be recognised.
 */
export class CaseRecorder {
  readonly #redactor: Redactor;
  readonly #started = performance.now();
  readonly #activities: Activity[] = [];
  /** Of the present step: what it was -> position in the list. */
  readonly #known = new Map<string, number>();
  readonly #looks: Look[] = [];
  readonly #documents = new Map<string, { step: number; text: string }[]>();
  readonly #servers = new Map<string, string>();
  #logs: readonly LogExcerpt[] = [];
  #step = -1;
  #afterwards = false;
  #dropped = 0;
  #outputs = 0;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Milliseconds since the case began. */
  get nowMs(): number {
    return performance.now() - this.#started;
  }

  /** Uuids of the servers of the case, and the ids of its requests: what to look for in logs. */
  get names(): readonly string[] {
    return [...this.#servers.keys(), ...this.#activities.flatMap(({ requestId }) => requestId ?? [])];
  }

  /** A case that was skipped before its first step has nothing to tell. */
  get hasSteps(): boolean {
    return this.#step >= 0;
  }

  /** From now on it is about the next step. */
  step(): void {
    this.#step += 1;
    this.#afterwards = false;
    this.#known.clear();
  }

  /** What follows belongs to no step any more, unless another one is said. */
  givingBack(): void {
    this.#afterwards = true;
    this.#known.clear();
  }

  add(activity: NewActivity): void {
    const { kind, where, failed } = activity;
    const what = this.#short(activity.what, limits.what);
    const key = JSON.stringify([kind, where, what, failed]);
    // Waits are not summed up: they may overlap, and it matters when each was.
    const index = kind === 'wait' ? undefined : this.#known.get(key);
    const same = index === undefined ? undefined : this.#activities[index];
    const outcome = this.#short(activity.outcome, limits.what);
    const output = this.#output(activity.output);
    if (index !== undefined && same !== undefined) {
      const { ms, requestId = same.requestId } = activity;
      this.#activities[index] = {
        ...same,
        ...(output === undefined ? {} : { output }),
        requestId,
        outcome,
        ms: same.ms + Math.round(ms),
        times: same.times + 1,
      };
      return;
    }
    if (this.#activities.length >= limits.activities) {
      this.#dropped += 1;
      return;
    }
    this.#known.set(key, this.#activities.length);
    const ms = Math.round(activity.ms);
    const atMs = Math.max(0, Math.round(this.nowMs - activity.ms));
    this.#activities.push({ ...activity, what, outcome, ms, atMs, output, step: this.#now, times: 1 });
  }

  /** What virsh printed: the XML of domains, of which those of the case's servers are kept. */
  xml(host: string, printed: string): void {
    for (const { uuid, live, text } of domainsIn(printed)) {
      const name = this.#servers.get(uuid);
      if (name === undefined) continue;
      this.#document(
        `${name}: ${live ? 'domain XML' : 'inactive XML'}`,
        `<!-- libvirt of ${host} -->\n${text}`,
      );
    }
  }

  /** What all layers said after the present step. */
  look(snapshot: Snapshot): void {
    for (const { uuid, name } of snapshot.guests) this.#servers.set(uuid, name);
    for (const guest of snapshot.guests)
      this.#document(`${guest.name}: database and Placement`, rowsOf(guest));
    if (this.#looks.length >= limits.looks) {
      this.#dropped += 1;
      return;
    }
    this.#looks.push({ step: this.#step, hosts: lookOf(snapshot) });
  }

  /** A server of the case: its XML is kept from now on. */
  watch(uuid: string, name: string): void {
    this.#servers.set(uuid, name);
  }

  logs(excerpts: readonly LogExcerpt[]): void {
    this.#logs = excerpts.map(({ title, lines, dropped }) => ({
      title,
      lines: lines.map((line) => this.#short(line, limits.what)),
      dropped,
    }));
  }

  /** All of it; of a case that passed without what its commands printed. */
  finish(failed: boolean): CaseRecording {
    return {
      activities: failed
        ? this.#activities
        : this.#activities.map((activity) => ({ ...activity, output: undefined })),
      looks: this.#looks,
      ...this.#fitting(failed ? limits.documents.failed : limits.documents.passed),
      logs: failed ? this.#logs : [],
    };
  }

  get #now(): number {
    return this.#afterwards ? this.#step + 1 : this.#step;
  }

  #fitting(room: number): Pick<CaseRecording, 'documents' | 'dropped'> {
    let left = room;
    let dropped = this.#dropped;
    const documents = [...this.#documents].map(([title, all]): RecordedDocument => {
      const versions = all.filter(({ text }) => {
        left -= text.length;
        if (left < 0) dropped += 1;
        return left >= 0;
      });
      return { title, versions };
    });
    return { documents: documents.filter(({ versions }) => versions.length > 0), dropped };
  }

  #document(title: string, text: string): void {
    const safe = this.#redactor.redact(text);
    const versions = this.#documents.get(title) ?? [];
    this.#documents.set(title, versions);
    const last = versions.at(-1);
    if (last?.text === safe) return;
    // Within a step only what is there at its end counts.
    if (last?.step === this.#step) versions.pop();
    versions.push({ step: this.#step, text: safe });
  }

  #output(output: string | undefined): string | undefined {
    if (output === undefined || output.trim() === '' || this.#outputs > limits.outputs) return undefined;
    const short = this.#short(output, limits.output);
    this.#outputs += short.length;
    return short;
  }

  #short(text: string, most: number): string {
    const safe = this.#redactor.redact(text);
    return safe.length <= most ? safe : `${safe.slice(0, most)} … (${safe.length} characters)`;
  }
}
