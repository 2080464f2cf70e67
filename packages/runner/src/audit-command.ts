import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { auditHtml } from '@whitebox/report';
import { auditCloud, listInvariants, type AuditResults } from '@whitebox/testkit';
import { invariantsText } from './audit-list.js';
import { AuditProgressLine } from './audit-progress.js';
import { auditText } from './audit-text.js';
import { auditAgain, refuseMetricsAlone } from './audit-watch-command.js';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { ExitCode } from './exit-codes.js';

export interface AuditOptions extends CloudOptions {
  readonly host?: readonly string[] | undefined;
  readonly instance?: readonly string[] | undefined;
  readonly invariant?: readonly string[] | undefined;
  readonly list?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly html?: string | undefined;
  readonly parallel?: number | undefined;
  readonly threads?: number | undefined;
  /** Seconds from one audit to the next. */
  readonly watch?: number | undefined;
  /** Where metrics are served; true: at the usual place. */
  readonly metrics?: string | true | undefined;
}

/** `whitebox audit`: whether what must always hold does. Looks only; docs/audit-read-only.md has all that it sends. */
export async function audit(options: AuditOptions): Promise<ExitCode> {
  if (options.list === true) {
    const listed =
      options.json === true ? `${JSON.stringify(listInvariants(), undefined, 2)}\n` : invariantsText();
    process.stdout.write(listed);
    return ExitCode.Passed;
  }
  refuseMetricsAlone(options);
  if (options.watch !== undefined) return auditAgain(options, options.watch);
  const giveUp = new AbortController();
  const stop = (): void => {
    giveUp.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const line = new AuditProgressLine(process.stderr);
  try {
    const { results, pictures } = await auditCloud(cloudReference(options), {
      hosts: options.host,
      servers: options.instance,
      invariants: options.invariant,
      parallel: options.parallel,
      threads: options.threads,
      pictures: options.html !== undefined,
      signal: giveUp.signal,
      onProgress: (progress) => {
        line.show(progress);
      },
    });
    line.clear();
    if (options.html !== undefined) await writePage(resolve(options.html), auditHtml(results, pictures));
    process.stdout.write(
      options.json === true ? `${JSON.stringify(results, undefined, 2)}\n` : auditText(results),
    );
    return auditExitCode(results);
  } catch (error) {
    line.clear();
    // Nothing was changed, so nothing has to be given back.
    if (giveUp.signal.aborted) return ExitCode.Interrupted;
    throw error;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

export function auditExitCode({ findings, notRead }: Pick<AuditResults, 'findings' | 'notRead'>): ExitCode {
  if (findings.length > 0) return ExitCode.CaseFailed;
  return notRead.length > 0 ? ExitCode.NotRun : ExitCode.Passed;
}

async function writePage(file: string, html: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.part`, html);
  await rename(`${file}.part`, file);
}
