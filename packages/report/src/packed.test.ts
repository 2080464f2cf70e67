import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { caseBody } from './case-body.js';
import type { ReportCase, ReportRun } from './model.js';
import { reportHtml } from './report.js';
import { sampleRun } from './sample-run.suite.js';
import { subjectsOf } from './subjects.js';

const realRun = JSON.parse(
  readFileSync(new URL('../testdata/failed-run.json', import.meta.url), 'utf8'),
) as ReportRun;

/** As many cases as the suite has, with what a real run has recorded. */
function wholeSuite(): ReportRun {
  const recordings = realRun.cases.flatMap(({ recording }) => recording ?? []);
  const cases = sampleRun(145).cases.map((one, index): ReportCase => {
    const recording = recordings[index % recordings.length];
    if (one.recording === undefined || recording === undefined) return one;
    const more = recording.activities.map((activity, at) => ({
      ...activity,
      what: `${activity.what} # ${index} ${at}`,
    }));
    // A case of the suite does about as much as these four.
    const activities = [0, 1, 2, 3].flatMap((time) =>
      more.map((activity) => ({ ...activity, atMs: activity.atMs + time })),
    );
    return { ...one, recording: { ...recording, activities } };
  });
  return { ...sampleRun(0), cases };
}

const packedIn = (page: string): readonly string[] =>
  [...page.matchAll(/data-packed="([^"]+)"/g)].map(([, data = '']) =>
    inflateRawSync(Buffer.from(data, 'base64')).toString(),
  );

describe('what is packed', () => {
  it('makes the page of a whole suite a fraction of what it holds', () => {
    const page = reportHtml(wholeSuite());
    const inside = packedIn(page).join('').length;
    expect(inside).toBeGreaterThan(4_000_000);
    expect(page.length).toBeLessThan(2_500_000);
  });

  it('is the whole body of each case that is not open from the start', () => {
    const run = sampleRun(40);
    const page = reportHtml(run);
    const bodies = new Set(packedIn(page));
    const cases = subjectsOf(run.cases).flatMap((subject) => subject.cases);
    for (const one of cases) {
      const body = caseBody(one).toString();
      expect(bodies.has(body) || page.includes(body)).toBe(true);
    }
    expect(bodies.size).toBeGreaterThan(25);
  });

  it('leaves out nothing that one reads first', () => {
    const run = sampleRun(40);
    const page = reportHtml(run).replaceAll(/data-packed="[^"]+"/g, '');
    for (const { failures, steps } of run.cases) {
      for (const { code = '' } of failures) expect(page).toContain(code);
      for (const { text } of steps) expect(page).toContain(text);
    }
  });

  it('is none where a run has one case: nobody waits for it', () => {
    expect(packedIn(reportHtml(sampleRun(1)))).toEqual([]);
  });
});
