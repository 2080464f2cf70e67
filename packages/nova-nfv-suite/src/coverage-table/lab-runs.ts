/** How a case ended in a lab of one profile when that was last written down (`npm run coverage-table -- --record`). */
export interface RecordedCase {
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string | undefined;
}

/** docs/lab-runs.json: profile of the lab -> release of Nova and its cases by their names. */
export type LabRuns = Readonly<
  Record<string, { readonly recorded: string; readonly cases: Readonly<Record<string, RecordedCase>> }>
>;

interface Ended extends RecordedCase {
  readonly name: string;
}

/**
 * What is known after one more run. A case that ran several times has passed only if it did each time; what a run left
 * out stays as it was.
 *
 * @param recorded when, "2026-11-22"
 */
export function recordRun(
  known: LabRuns,
  profile: string,
  recorded: string,
  results: readonly Ended[],
): LabRuns {
  const cases: Record<string, RecordedCase> = { ...known[profile]?.cases };
  // In the words of the runner's engine.
  const ended = results.filter(({ reason = '' }) => !/^(interrupted|the run ended)/.test(reason));
  for (const name of new Set(ended.map((result) => result.name))) {
    const attempts = ended.filter((result) => result.name === name);
    const worst = (['failed', 'skipped', 'passed'] as const).find((verdict) =>
      attempts.some((attempt) => attempt.verdict === verdict),
    );
    const one = attempts.find(({ verdict }) => verdict === worst);
    if (one === undefined) continue;
    cases[name] = { verdict: one.verdict, ...(one.reason === undefined ? {} : { reason: one.reason }) };
  }
  const sorted = Object.fromEntries(Object.entries(cases).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...known, [profile]: { recorded, cases: sorted } };
}

/** Without the cases that there are no longer. */
export function withoutOldNames(runs: LabRuns, names: ReadonlySet<string>): LabRuns {
  return Object.fromEntries(
    Object.entries(runs).map(([profile, { recorded, cases }]) => [
      profile,
      { recorded, cases: Object.fromEntries(Object.entries(cases).filter(([name]) => names.has(name))) },
    ]),
  );
}

/** Whether a case runs in the lab, as it was seen there: "yes: nfv, nfv-smt", else why not. */
export function runsInLab(
  { name, hardware }: { readonly name: string; readonly hardware: readonly string[] },
  runs: LabRuns,
): string {
  const seen = Object.entries(runs).flatMap(([profile, { cases }]) => {
    const one = cases[name];
    return one === undefined ? [] : [{ profile, ...one }];
  });
  const failed = seen.filter(({ verdict }) => verdict === 'failed');
  if (failed.length > 0) return `fails: ${failed.map(({ profile }) => profile).join(', ')}`;
  const passed = seen.filter(({ verdict }) => verdict === 'passed');
  if (passed.length > 0) return `yes: ${passed.map(({ profile }) => profile).join(', ')}`;
  const bug = seen.find(({ reason }) => reason?.startsWith('known bug ') === true);
  if (bug !== undefined) return `yes: ${bug.profile}, ${(bug.reason ?? '').replace(/ \([^]*$/, '')}`;
  if (hardware.length > 0) return `waits for ${hardware.join(', ')}`;
  const skipped = seen.find(({ verdict }) => verdict === 'skipped');
  return skipped === undefined ? 'not recorded' : `no, ${skipped.profile}: ${skipped.reason ?? ''}`;
}
