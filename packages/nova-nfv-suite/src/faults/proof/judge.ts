import type { CaseListing, CaseResult } from '@whitebox/runner';
import type { Fault, Layer } from '../fault.js';
import type { ProvenCase } from '../proven-by-unit-tests.js';

/**
 * - `noticed`: the case failed for the reason that the fault expects
 * - `another reason`: it failed, but over something else
 * - `by invariants`: it passed, but an invariant was violated; a run that is no proof fails over that
 * - `unnoticed`: it passed, and nothing else complained
 * - `not broken`: the moment of the fault never came, or breaking failed; nothing is shown
 * - `unit test`: no lab can run the case; a unit test turns it red on a made-up cloud that has the fault
 * - `not proven`: no lab can run the case, and no unit test either, which is known and said
 * - `not run`: the cloud does not have what the case needs
 * - `missing`: the run ended before the case
 */
export type FaultVerdict =
  | 'noticed'
  | 'another reason'
  | 'by invariants'
  | 'unnoticed'
  | 'unit test'
  | 'not proven'
  | 'not broken'
  | 'not run'
  | 'missing';

export interface FaultRow {
  /** Of the case. */
  readonly id: string;
  readonly what: string;
  readonly layer: Layer | 'made-up cloud';
  readonly source?: string | undefined;
  readonly verdict: FaultVerdict;
  /** The line of the failure that says what was noticed, else its first line; of a case that was not run, why. */
  readonly byCase: string;
  /** Ids of the invariants that were violated. */
  readonly byInvariants: readonly string[];
  /** Set where a first try showed nothing: what that one ended with. */
  readonly firstTry?: FaultVerdict | undefined;
}

/** What one run of the cases showed, each with at most one fault. */
export interface Pass {
  readonly results: readonly CaseResult[];
  /** Names of the cases whose fault was brought about. */
  readonly broken: ReadonlySet<string>;
  /** What went wrong outside of any case, and what was left behind. */
  readonly troubles: readonly string[];
  readonly interrupted: boolean;
  /** The same for the cases of which it showed nothing, tried once more. */
  readonly again?: Pass | undefined;
}

export interface Judgement {
  readonly rows: readonly FaultRow[];
  /** Why the cases are not proven able to fail; empty where they are. */
  readonly complaints: readonly string[];
}

/**
 * @param passes in the nth of them each case ran with its nth fault
 * @param unitTests what is shown of cases without a fault
 */
export function judge(
  cases: readonly CaseListing[],
  faults: readonly Fault[],
  passes: readonly Pass[],
  unitTests: readonly ProvenCase[] = [],
): Judgement {
  const rowsOf = ({ id, name }: CaseListing): FaultRow[] => {
    const own = faults.filter(({ testName }) => testName === name);
    if (own.length > 0) return own.map((fault, index) => rowOf(id, fault, passes[index]));
    return unitTests
      .filter(({ testName }) => testName === name)
      .map(({ bug, by, open }) => ({
        id,
        what: bug,
        layer: 'made-up cloud',
        verdict: open === true ? 'not proven' : 'unit test',
        byCase: by,
        byInvariants: [],
      }));
  };
  const judged = cases.map((one) => ({ id: one.id, rows: rowsOf(one) }));
  const names = new Set(cases.map(({ name }) => name));
  return {
    rows: judged.flatMap(({ rows }) => rows),
    complaints: [
      ...judged.flatMap(({ id, rows }) => complaintsOf(id, rows)),
      ...faults
        .filter(({ testName }) => !names.has(testName))
        .map(({ testName, what }) => `a fault is for a case that there is not: ${testName} (${what})`),
      ...passes.flatMap(({ troubles, again }, index) =>
        [...troubles, ...(again?.troubles ?? [])].map((text) => `pass ${index + 1}: ${text}`),
      ),
    ],
  };
}

/** Verdicts that say nothing of the case: something else in the cloud was in the way of the fault. */
const inconclusive: readonly FaultVerdict[] = ['another reason', 'not broken', 'missing'];

/** The cases of which the nth pass shows nothing. One that did not notice its fault is not among them: it had its chance. */
export function worthAnotherTry(
  cases: readonly CaseListing[],
  faults: readonly Fault[],
  pass: Pass,
  nth: number,
): CaseListing[] {
  return cases.filter(({ id, name }) => {
    const fault = faults.filter(({ testName }) => testName === name)[nth - 1];
    return fault !== undefined && inconclusive.includes(rowOf(id, fault, pass).verdict);
  });
}

function rowOf(id: string, fault: Fault, pass: Pass | undefined): FaultRow {
  const row = rowOfTry(id, fault, pass);
  const { again } = pass ?? {};
  if (again === undefined || !inconclusive.includes(row.verdict)) return row;
  return { ...rowOfTry(id, fault, again), firstTry: row.verdict };
}

function rowOfTry(
  id: string,
  { testName, what, layer, source, expects }: Fault,
  pass: Pass | undefined,
): FaultRow {
  const result = pass?.results.find(({ name }) => name === testName);
  const base = { id, what, layer, ...(source === undefined ? {} : { source }) };
  if (result === undefined || pass === undefined) {
    return { ...base, verdict: 'missing', byCase: 'the run ended before it', byInvariants: [] };
  }
  const text = result.failures.map(({ message }) => message).join('\n');
  const verdict = verdictOf(result, text, expects, pass.broken.has(testName));
  const byInvariants = invariantsOf(result);
  return {
    ...base,
    verdict: verdict === 'unnoticed' && byInvariants.length > 0 ? 'by invariants' : verdict,
    byCase: result.verdict === 'skipped' ? (result.reason ?? '') : lineOf(text, expects),
    byInvariants,
  };
}

function verdictOf({ verdict }: CaseResult, text: string, expects: RegExp, broken: boolean): FaultVerdict {
  if (verdict === 'skipped') return 'not run';
  if (!broken) return 'not broken';
  if (verdict === 'passed') return 'unnoticed';
  return expects.test(text) ? 'noticed' : 'another reason';
}

function lineOf(text: string, expects: RegExp): string {
  const lines = text.split('\n');
  return (lines.find((line) => expects.test(line)) ?? lines[0] ?? '').trim().replace(/^- /, '');
}

function invariantsOf({ invariants }: CaseResult): string[] {
  return [...new Set(invariants.map(({ id }) => id))];
}

function complaintsOf(id: string, rows: readonly FaultRow[]): string[] {
  if (rows.length === 0) return [`no fault is there for: ${id}`];
  const wrong = rows.filter(
    ({ verdict }) => !['noticed', 'by invariants', 'unit test', 'not proven', 'not run'].includes(verdict),
  );
  const red = rows.some(({ verdict }) => verdict === 'noticed');
  const ran = rows.some(({ verdict }) => !['not run', 'unit test', 'not proven'].includes(verdict));
  return [
    ...(ran && !red ? [`no fault turns it red: ${id}`] : []),
    ...wrong.map(({ verdict, what }) => `${verdict}: ${what} (${id})`),
  ];
}
