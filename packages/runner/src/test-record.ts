import type { CaseResult } from './case-result.js';
import type { RunResults } from './results.js';

/** A case as the tools around subunit know it. */
export interface TestRecord {
  readonly id: string;
  readonly status: 'success' | 'fail' | 'skip';
  readonly started: Date;
  readonly ended: Date;
  readonly attachments: readonly Attachment[];
}

/** Text that is kept with a test. The tools know "reason" (of a skip) and "traceback" by their names. */
export interface Attachment {
  readonly name: string;
  /** "text/plain;charset=utf8" */
  readonly mimeType: string;
  readonly text: string;
}

const plain = 'text/plain;charset=utf8';
const statuses = { passed: 'success', failed: 'fail', skipped: 'skip' } as const;

/** Every case of a run, and what went wrong outside of any case as a test that failed, so that no such run looks green. */
export function testRecords(results: RunResults): readonly TestRecord[] {
  return [...results.cases.map(recordOf), ...troublesOf(results)];
}

function recordOf(result: CaseResult): TestRecord {
  const { testId, attempt, verdict, durationMs } = result;
  const started = new Date(result.started);
  return {
    // As testscenarios marks the repetitions of a test.
    id: attempt === undefined ? testId : `${testId}(${attempt})`,
    status: statuses[verdict],
    started,
    ended: new Date(started.getTime() + durationMs),
    attachments: attachmentsOf(result),
  };
}

function attachmentsOf({ verdict, reason, failures, evidence, steps, output }: CaseResult): Attachment[] {
  if (verdict === 'passed') return [];
  if (verdict === 'skipped') return [{ name: 'reason', mimeType: plain, text: reason ?? '' }];
  const said = failures.map(({ message, stack, at, code }) =>
    [stack ?? message, ...(at === undefined ? [] : [`at ${at}    ${code ?? ''}`.trimEnd()])].join('\n'),
  );
  const parts = {
    evidence: evidence.join('\n\n'),
    steps: steps.map(({ atMs, text }) => `${(atMs / 1000).toFixed(1)} s  ${text}\n`).join(''),
    output: output ?? '',
  };
  return [
    { name: 'traceback', mimeType: 'text/x-traceback;charset=utf8', text: said.join('\n\n') },
    ...Object.entries(parts).flatMap(([name, text]) =>
      text === '' ? [] : [{ name, mimeType: plain, text }],
    ),
  ];
}

function troublesOf({ started, durationMs, troubles, leftovers, interrupted }: RunResults): TestRecord[] {
  const said = [
    ...troubles,
    ...leftovers.map((leftover) => `not given back: ${leftover}`),
    ...(interrupted ? ['interrupted'] : []),
  ];
  const ended = new Date(new Date(started).getTime() + durationMs);
  return said.map((text, index) => ({
    id: `whitebox.the_run_itself.trouble_${index + 1}`,
    status: 'fail',
    started: ended,
    ended,
    attachments: [{ name: 'traceback', mimeType: 'text/x-traceback;charset=utf8', text }],
  }));
}
