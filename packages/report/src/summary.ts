import { duration, moment, plural } from './duration.js';
import { gistOf } from './gist.js';
import { markup, type Content, type Html } from './html.js';
import { verdictIcon } from './icons.js';
import type { ReportCase, ReportRun } from './model.js';
import { attemptsOf, subjectsOf, type Subject } from './subjects.js';
import { unbroken } from './unbroken.js';

const verdicts = ['failed', 'passed', 'skipped'] as const;

/** How the run ended, in a sentence. */
export function headline(run: ReportRun): string {
  const { interrupted, leftovers, troubles } = run;
  const counts = casesOf(run);
  const all = counts.passed + counts.failed + counts.skipped;
  const ended = interrupted ? 'Interrupted: ' : '';
  if (counts.failed > 0) return `${ended}${counts.failed} of ${plural(all, 'case')} failed`;
  if (leftovers.length > 0) return `${ended}not everything could be given back`;
  if (troubles.length > 0) return `${ended}the run could not be carried out`;
  if (counts.passed === 0) return `${ended}no case ran`;
  const passed = counts.passed === 1 ? 'the case' : `all ${counts.passed} cases`;
  const sentence = `${passed}${counts.skipped > 0 ? ' that ran' : ''} passed`;
  return interrupted ? ended + sentence : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Where cases ran several times: how many cases, a case having failed where it ever has. */
function casesOf({ counts, repeat, cases }: ReportRun): ReportRun['counts'] {
  if (repeat === undefined) return counts;
  const all = attemptsOf(subjectsOf(cases).flatMap((subject) => subject.cases));
  const of = (verdict: ReportCase['verdict']): number => all.filter((one) => one.verdict === verdict).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

export function summary(run: ReportRun, subjects: readonly Subject[]): Html {
  const { counts, suites, repeat } = run;
  return markup`<header class="summary">
    <p class="product">Whitebox report</p>
    <h1>${headline(run)}</h1>
    ${proportions(run)}
    <ul class="counts">
      ${verdicts.map((verdict) => markup`<li>${verdictIcon(verdict)} <b>${counts[verdict]}</b> ${verdict}</li>`)}
      ${repeat !== undefined && markup`<li class="where">of ${plural(run.cases.length, 'attempt')}</li>`}
    </ul>
    <dl class="facts">
      <div>
        <dt>Started</dt>
        <dd>${moment(run.started)}</dd>
      </div>
      <div>
        <dt>Took</dt>
        <dd>${duration(run.durationMs)}${repeat !== undefined && `, each case ${repeat} times`}</dd>
      </div>
      <div>
        <dt>${suites.length === 1 ? 'Suite' : 'Suites'}</dt>
        <dd>${suites.map(({ name, version }) => `${name} ${version}`).join(', ')}</dd>
      </div>
      ${run.facts?.map((fact) => {
        const [, name, said] = /^([^:]+): (.*)$/s.exec(fact) ?? [undefined, 'Cloud', fact];
        return markup`<div>
          <dt>${name}</dt>
          <dd>${unbroken(said)}</dd>
        </div>`;
      })}
    </dl>
    ${notice('bad', 'Not given back to the cloud', run.leftovers)}
    ${notice('bad', 'Went wrong outside of any case', run.troubles)}
    ${notice(
      'odd',
      'Passed sometimes, failed sometimes',
      (run.flaky ?? []).map(({ id, passed, failed }) => `${passed} of ${passed + failed} times: ${id}`),
    )}
    ${notice('odd', 'Warnings', run.warnings)} ${failures(subjects)}
  </header>`;
}

/** The counts as a bar; the numbers stand below it. */
function proportions({ counts }: ReportRun): Content {
  const all = counts.passed + counts.failed + counts.skipped;
  if (all === 0) return undefined;
  let x = 0;
  const parts = verdicts.map((verdict) => {
    const width = (counts[verdict] / all) * 100;
    const start = x;
    x += width;
    return markup`<rect
      class="bar ${verdict}"
      x="${start.toFixed(3)}%"
      width="${width.toFixed(3)}%"
      y="0"
      height="8"
    />`;
  });
  return markup`<svg class="proportions" height="8" width="100%" aria-hidden="true">${parts}</svg>`;
}

function notice(kind: 'bad' | 'odd', title: string, lines: readonly string[]): Content {
  if (lines.length === 0) return undefined;
  return markup`<section class="notice ${kind}">
    <h2>${title}</h2>
    <ul>
      ${lines.map((line) => markup`<li>${line}</li>`)}
    </ul>
  </section>`;
}

/** What failed, each with the first line of why, to go to. */
function failures(subjects: readonly Subject[]): Content {
  const failed = subjects.flatMap(({ title, cases }) =>
    attemptsOf(cases)
      .filter(({ verdict }) => verdict === 'failed')
      .map((one) => ({ title, ...one })),
  );
  if (failed.length === 0) return undefined;
  return markup`<section class="failed-list" aria-labelledby="failed-title">
    <h2 id="failed-title">Failed</h2>
    <ol>
      ${failed.map(({ title, anchor, name, attempts }) => {
        const bad = attempts.filter(({ verdict }) => verdict === 'failed');
        const often = attempts.length > 1 && `, ${bad.length} of ${attempts.length} times`;
        return markup`<li>
          <a href="#${attempts.length > 1 ? (bad[0]?.anchor ?? anchor) : anchor}">${name}</a>
          <span class="where">${title}${often}</span>
          <p class="why">${unbroken(gistOf(bad[0]?.failures[0]?.message ?? ''))}</p>
        </li>`;
      })}
    </ol>
  </section>`;
}
