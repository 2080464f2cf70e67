import { describe, expect, it } from 'vitest';
import type { ReportCase, ReportRun } from './model.js';
import { reportHtml } from './report.js';
import { sampleRun } from './sample-run.suite.js';
import { turnText } from './turn.js';

const start = Date.parse('2026-11-22T18:15:00Z');

/** Two cases beside each other, then one that has the cloud alone. */
function together(): ReportRun {
  const [one] = sampleRun(1).cases as [ReportCase];
  const at = (id: string, from: number, to: number, turn: ReportCase['turn']): ReportCase => ({
    ...one,
    ...{ id, name: id, verdict: 'passed', failures: [], recording: undefined, turn },
    started: new Date(start + from).toISOString(),
    durationMs: to - from,
  });
  const cases = [
    at('a', 0, 10_000, { waitedMs: 0, claim: { dedicatedCpus: 2 } }),
    at('b', 4000, 12_000, { waitedMs: 4000, claim: { dedicatedCpus: 4 } }),
    at('c', 12_000, 20_000, { waitedMs: 12_000, claim: null }),
  ];
  return { ...sampleRun(0), started: new Date(start).toISOString(), durationMs: 20_000, cases };
}

describe('claims', () => {
  it('are drawn over time, as much as all together have', () => {
    const page = reportHtml(together());
    const bars = [
      ...page.matchAll(
        /<rect\s+class="claim([^"]*)"\s+x="([\d.]+)%"\s+width="([\d.]+)%"\s+y="\d+"\s+height="(\d+)"\s*><title>([^<]+)</g,
      ),
    ].map(([, kind, x, width, height, text]) => [kind, x, width, height, text]);
    expect(bars).toEqual([
      ['', '0', '20', '11', '2 dedicated CPUs claimed by 1 case'],
      ['', '20', '30', '26', '6 dedicated CPUs claimed by 2 cases'],
      ['', '50', '10', '19', '4 dedicated CPUs claimed by 1 case'],
      [' alone', '60', '40', '30', 'the cloud alone'],
    ]);
    expect(page).toContain('claimed dedicated CPUs, up to 6</div>');
    expect(page).toContain('a case had the cloud alone');
  });

  it('are told of each case, with how long it waited', () => {
    const page = reportHtml(together());
    expect(page).toContain('It claimed 2 dedicated CPUs; did not wait for its turn.');
    expect(page).toContain('It claimed 4 dedicated CPUs; waited 4.0 s for its turn.');
    expect(page).toContain('It had the cloud alone; waited 12.0 s for its turn.');
    expect(
      turnText({
        waitedMs: 0,
        claim: { dedicatedCpus: 2, cells: 2, exclusive: ['hugepages'] },
        own: ['compute1'],
      }),
    ).toBe('claimed 4 dedicated CPUs, hugepages, compute1 for itself; did not wait for its turn');
    expect(turnText({ waitedMs: 200, claim: {} })).toBe(
      'claimed no dedicated CPU; waited 200 ms for its turn',
    );
  });

  it('are no part of a run of one case after the other', () => {
    const page = reportHtml(sampleRun(12));
    expect(page).not.toContain('claimed dedicated CPUs');
    expect(page).not.toContain('class="turn"');
  });
});
