import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@whitebox/host';
import { openBrokenLab, quietCase, sql, type BrokenLab } from '../broken-lab.suite.js';
import type { Cloud } from '../cloud.js';
import { runCase } from '../run-case.js';
import type { CloudReference } from '../run-context.js';
import type { CloudSession } from '../session.js';
import { auditCloud, type AuditCloudOptions } from './audit-cloud.js';
import type { AuditResults } from './results.js';
import type { Sent } from './sent.js';

/** A lab with servers of its own, for tests that break it and audit it. */
export class AuditedLab implements AsyncDisposable {
  readonly #lab: BrokenLab;
  readonly #cloud: CloudReference;

  private constructor(lab: BrokenLab, cloud: CloudReference) {
    this.#lab = lab;
    this.#cloud = cloud;
  }

  get session(): CloudSession {
    return this.#lab.session;
  }

  /** Root on the machine with the databases. */
  get control(): Host {
    return this.#lab.control;
  }

  /** @param cloud how it is reached */
  static async open(name: string, cloud: CloudReference): Promise<AuditedLab> {
    const lab = await openBrokenLab(name, cloud, async (folder) => {
      // Whoever looks on may break the cloud, so violations do not fail the case.
      const observer = join(folder, 'looks-on.mjs');
      await writeFile(observer, 'export default { async afterStep() {} };\n');
      return [observer];
    });
    return new AuditedLab(lab, cloud);
  }

  /** Has something done with servers of its own, which are gone afterwards. */
  async withServers(body: (cloud: Cloud) => Promise<void>): Promise<void> {
    const context = quietCase('audits', this.session);
    await runCase(context, { timeoutMs: 3_600_000 }, async ({ cloud }) => body(cloud));
  }

  /** As the root of the database server; what it printed. */
  async sql(database: string, statement: string): Promise<string> {
    return sql(this, database, statement);
  }

  /** An audit of all of it, or of a part, and all that was sent for it. */
  async audit(
    options: Partial<AuditCloudOptions> = {},
  ): Promise<{ readonly results: AuditResults; readonly sent: readonly Sent[] }> {
    const sent: Sent[] = [];
    const { results } = await auditCloud(this.#cloud, {
      signal: new AbortController().signal,
      graceMs: 3000,
      pauseMs: 1000,
      onSent: (one) => sent.push(one),
      ...options,
    });
    return { results, sent };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lab[Symbol.asyncDispose]();
  }
}
