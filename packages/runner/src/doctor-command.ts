import {
  checks,
  judgeNeeds,
  needsCode,
  needsTitle,
  openSite,
  runChecks,
  type CheckResult,
} from '@whitebox/testkit';
import { cloudReference, type CloudOptions } from './cloud-options.js';
import { checkText, doctorSummary, type DoctorStyle } from './doctor-text.js';
import { ExitCode } from './exit-codes.js';
import { lookAtNeeds } from './look-at-needs.js';
import { stateRoot } from './state-root.js';
import { findSuite, type SuitePackage } from './suite-package.js';

export interface DoctorOptions extends CloudOptions {
  readonly json?: boolean | undefined;
}

/** Milliseconds for the needs of all cases; opening the cloud is a part of it. */
const needsTimeoutMs = 120_000;

/** `whitebox doctor`: why does it not work here? Looks at everything that a run rests on, and changes nothing. */
export async function doctor(names: readonly string[], options: DoctorOptions): Promise<ExitCode> {
  const suites = await Promise.all(names.map((name) => findSuite(name, process.cwd())));
  const style: DoctorStyle = process.stdout.isTTY ? { columns: process.stdout.columns } : {};
  const cloud = cloudReference(options);
  const results = [...(await look(cloud))];
  if (suites.length > 0) results.push(await needs(suites, cloud, results));
  if (options.json === true) process.stdout.write(`${JSON.stringify({ checks: results }, undefined, 2)}\n`);
  else {
    for (const result of results) process.stdout.write(`${checkText(result, style)}\n`);
    process.stdout.write(`\n${doctorSummary(results)}\n`);
  }
  return doctorExitCode(results);
}

/** What could not be told is not fine. */
export function doctorExitCode(results: readonly Pick<CheckResult, 'verdict'>[]): ExitCode {
  const fine = results.every(({ verdict }) => verdict === 'ok' || verdict === 'warning');
  return fine ? ExitCode.Passed : ExitCode.CaseFailed;
}

async function look(cloud: ReturnType<typeof cloudReference>): Promise<readonly CheckResult[]> {
  await using open = openSite(cloud, stateRoot());
  return await runChecks(checks, open.site);
}

/** Only where a run could open the cloud: it would wait long for what the checks have found dead. */
async function needs(
  suites: readonly SuitePackage[],
  cloud: ReturnType<typeof cloudReference>,
  results: readonly CheckResult[],
): Promise<CheckResult> {
  const started = performance.now();
  const ended = (found: string, code?: string): CheckResult => ({
    code: needsCode,
    title: needsTitle,
    verdict: 'unknown',
    findings: [{ verdict: 'unknown', found, code }],
    durationMs: Math.round(performance.now() - started),
  });
  const declared = results.find(({ code }) => code === 'WB_DOCTOR_DECLARED');
  if (declared?.verdict === 'unknown' || declared?.verdict === 'wrong') {
    return ended('not looked at, as opening everything that a run opens does not work');
  }
  try {
    const cases = await lookAtNeeds(suites, cloud, AbortSignal.timeout(needsTimeoutMs));
    return judgeNeeds(cases, Math.round(performance.now() - started));
  } catch (error) {
    return ended(error instanceof Error ? error.message : String(error));
  }
}
