import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Host } from '@whitebox/host';
import type { Cloud } from '../cloud.js';
import { runCase } from '../run-case.js';
import type { CloudReference } from '../run-context.js';
import { CloudSession } from '../session.js';
import { auditCloud, type AuditCloudOptions } from './audit-cloud.js';
import type { AuditResults } from './results.js';
import type { Sent } from './sent.js';

/** A lab with servers of its own, for tests that break it and audit it. */
export class AuditedLab implements AsyncDisposable {
  readonly session: CloudSession;
  /** Root on the machine with the databases. */
  readonly control: Host;
  readonly #cloud: CloudReference;
  readonly #folder: string;

  private constructor(session: CloudSession, control: Host, cloud: CloudReference, folder: string) {
    this.session = session;
    this.control = control;
    this.#cloud = cloud;
    this.#folder = folder;
  }

  /** @param cloud how it is reached */
  static async open(name: string, cloud: CloudReference): Promise<AuditedLab> {
    const folder = await mkdtemp(join(tmpdir(), `${name}-`));
    // Whoever looks on may break the cloud, so violations do not fail the case.
    const observer = join(folder, 'looks-on.mjs');
    await writeFile(observer, 'export default { async afterStep() {} };\n');
    const session = await CloudSession.open({
      cloud,
      runId: `wb-${name}-${process.pid}`,
      stateDirectory: folder,
      observers: [observer],
      requireNeeds: true,
      failKnownBugs: false,
      repeat: 1,
    });
    const machines = session.computes.map(({ machine }) => machine);
    const answers = await Promise.all(machines.map((machine) => machine.exec(['mysqladmin', 'ping'])));
    const control = machines[answers.findIndex(({ exitCode }) => exitCode === 0)];
    if (control === undefined) throw new Error('No machine of the lab has a database server.');
    return new AuditedLab(session, control, cloud, folder);
  }

  /** Has something done with servers of its own, which are gone afterwards. */
  async withServers(body: (cloud: Cloud) => Promise<void>): Promise<void> {
    const context = {
      name: 'audits',
      session: this.session,
      signal: new AbortController().signal,
      requireNeeds: true,
      failKnownBugs: false,
      skip: (reason: string): never => {
        throw new Error(reason);
      },
      step: () => Promise.resolve(),
      evidence: () => Promise.resolve(),
      recording: () => Promise.resolve(),
      invariant: () => Promise.resolve(),
    };
    await runCase(context, { timeoutMs: 3_600_000 }, async ({ cloud }) => body(cloud));
  }

  /** As the root of the database server; what it printed. */
  async sql(database: string, statement: string): Promise<string> {
    const argv = ['mysql', '--batch', '--raw', '--skip-column-names', database];
    return (await run(this.control, argv, { stdin: statement })).stdout.trimEnd();
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
    await this.session[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
