import { availableParallelism } from 'node:os';
import { raceSignal } from '@whitebox/core';
import type { HostLook as HostPicture } from '../recording/model.js';
import type { CloudReference } from '../run-context.js';
import { audit, type AuditOptions, type AuditSources } from './audit.js';
import { lookAtHost } from './look-at-host.js';
import { noneSent, sentKinds, type SentCounts } from './look-messages.js';
import { LookThreads, threadsFor } from './look-threads.js';
import { AuditedCloud } from './open-audit.js';
import type { AuditResults } from './results.js';
import type { Sending } from './sent.js';

export interface AuditCloudOptions extends Omit<AuditOptions, 'onHost'> {
  /** Told of everything that is sent to the cloud. */
  readonly onSent?: Sending | undefined;
  /** Whether hosts with findings are kept for pictures. */
  readonly pictures?: boolean | undefined;
  /** In which hosts are looked at; default: {@link threadsFor}. */
  readonly threads?: number | undefined;
}

export interface CloudAudit {
  readonly results: AuditResults;
  /** Hosts with findings as they looked last, if asked for. */
  readonly pictures: readonly HostPicture[];
}

/**
 * Holds a cloud against the invariants. Only looks: see allowed-commands.ts and allowed-reads.ts.
 *
 * @throws TestkitError as {@link audit}; what the API, the credentials and the databases throw when they cannot be reached
 */
export async function auditCloud(cloud: CloudReference, options: AuditCloudOptions): Promise<CloudAudit> {
  const sent = noneSent();
  await using audited = await AuditedCloud.open(cloud, (one) => {
    sent[one.kind] += 1;
    options.onSent?.(one);
  });
  await using looking = new Looking(audited, cloud, options);
  const pictures: HostPicture[] = [];
  const sources = { database: audited.database, lookFor: (hosts: number) => looking.lookFor(hosts) };
  const results = await audit(sources, {
    ...options,
    onHost: (_, findings, look) => {
      if (findings.length > 0) pictures.push(...look.pictures);
    },
  });
  for (const kind of sentKinds) sent[kind] += looking.sent[kind];
  const whole: AuditResults = { ...results, nova: audited.release.text, sent };
  // What a layer says may repeat anything.
  return {
    results: JSON.parse(audited.redactor.redact(JSON.stringify(whole))) as AuditResults,
    pictures,
  };
}

/** Has hosts looked at here, or in threads where there are many. */
class Looking implements AsyncDisposable {
  readonly #audited: AuditedCloud;
  readonly #cloud: CloudReference;
  readonly #options: AuditCloudOptions;
  #threads: LookThreads | undefined;

  constructor(audited: AuditedCloud, cloud: CloudReference, options: AuditCloudOptions) {
    this.#audited = audited;
    this.#cloud = cloud;
    this.#options = options;
  }

  /** What was sent by the threads. */
  get sent(): SentCounts {
    return this.#threads?.sent ?? noneSent();
  }

  lookFor(hosts: number): ReturnType<AuditSources['lookFor']> {
    const { pictures = false, onSent, threads: wanted } = this.#options;
    const count = wanted ?? threadsFor(hosts, availableParallelism());
    if (count < 2) return (task, signal) => lookAtHost(this.#audited, task, signal, pictures);
    const threads = new LookThreads({ count, cloud: this.#cloud, pictures, onSent });
    this.#threads = threads;
    return (task, signal) => raceSignal(threads.look(task), signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#threads?.[Symbol.asyncDispose]();
  }
}
