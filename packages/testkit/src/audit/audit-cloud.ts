import type { HostLook as HostPicture } from '../recording/model.js';
import { lookOf } from '../recording/look-of.js';
import type { CloudReference } from '../run-context.js';
import { audit, type AuditOptions, type AuditSources } from './audit.js';
import { lookAtHost } from './look-at-host.js';
import { AuditedCloud } from './open-audit.js';
import type { AuditResults } from './results.js';
import type { Sending } from './sent.js';

export interface AuditCloudOptions extends Omit<AuditOptions, 'onHost'> {
  /** Told of everything that is sent to the cloud. */
  readonly onSent?: Sending | undefined;
  /** Whether hosts with findings are kept for pictures. */
  readonly pictures?: boolean | undefined;
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
  const sent = { command: 0, file: 0, connection: 0, statement: 0, request: 0 };
  await using audited = await AuditedCloud.open(cloud, (one) => {
    sent[one.kind] += 1;
    options.onSent?.(one);
  });
  const pictures: HostPicture[] = [];
  const sources: AuditSources = {
    database: audited.database,
    look: (task, signal) => lookAtHost(audited, task, signal),
  };
  const results = await audit(sources, {
    ...options,
    onHost: (_, findings, { snapshot }) => {
      if (options.pictures === true && findings.length > 0) pictures.push(...lookOf(snapshot));
    },
  });
  const whole: AuditResults = { ...results, nova: audited.release.text, sent };
  // What a layer says may repeat anything.
  return {
    results: JSON.parse(audited.redactor.redact(JSON.stringify(whole))) as AuditResults,
    pictures,
  };
}
