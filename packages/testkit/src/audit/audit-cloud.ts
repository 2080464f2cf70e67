import { errorCode } from '@whitebox/core';
import type { HostLook as HostPicture } from '../recording/model.js';
import { lookOf } from '../recording/look-of.js';
import type { CloudReference } from '../run-context.js';
import { audit, type AuditOptions, type AuditSources } from './audit.js';
import { lookAtHost } from './look-at-host.js';
import { LookThreads, usefulThreads } from './look-threads.js';
import { nothingSent } from './look-messages.js';
import { AuditedCloud } from './open-audit.js';
import type { AuditResults } from './results.js';
import type { Sending } from './sent.js';

export interface AuditCloudOptions extends Omit<AuditOptions, 'onHost'> {
  /** Told of everything that is sent to the cloud. */
  readonly onSent?: Sending | undefined;
  /** Whether hosts with findings are kept for pictures. */
  readonly pictures?: boolean | undefined;
}

/** Looks that are done before threads are worth their start. */
const looksHere = 40;

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
  const sent = nothingSent();
  await using audited = await AuditedCloud.open(cloud, (one) => {
    sent[one.kind] += 1;
    options.onSent?.(one);
  });
  const pictures: HostPicture[] = [];
  let looks = 0;
  let threads: LookThreads | undefined;
  // Neither pictures nor records of all that is sent come out of a thread.
  const mayThread = options.pictures !== true && options.onSent === undefined && usefulThreads() > 1;
  const look: AuditSources['look'] = (task, signal) => {
    looks += 1;
    if (!mayThread || looks <= looksHere) return lookAtHost(audited, task, signal);
    threads ??= new LookThreads(cloud, usefulThreads(), (counts) => {
      for (const kind of Object.keys(counts) as (keyof typeof counts)[]) sent[kind] += counts[kind];
    });
    return threads.look(task, signal).catch((error: unknown) => {
      // A thread that has ended, of too little memory say: it is no reason to know nothing of its hosts.
      if (errorCode(error) !== 'WB_AUDIT_THREAD' || signal.aborted) throw error;
      return lookAtHost(audited, task, signal);
    });
  };
  const sources: AuditSources = { database: audited.database, look };
  const results = await audit(sources, {
    ...options,
    onHost: (_, findings, { snapshot }) => {
      if (options.pictures === true && findings.length > 0 && snapshot !== undefined)
        pictures.push(...lookOf(snapshot));
    },
  }).finally(() => threads?.[Symbol.asyncDispose]());
  const whole: AuditResults = { ...results, nova: audited.release.text, sent };
  // What a layer says may repeat anything.
  return {
    results: JSON.parse(audited.redactor.redact(JSON.stringify(whole))) as AuditResults,
    pictures,
  };
}
