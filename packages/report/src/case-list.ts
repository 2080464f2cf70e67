import { caseBody, shortBody } from './case-body.js';
import { duration } from './duration.js';
import { gistOf } from './gist.js';
import { markup, type Content, type Html } from './html.js';
import { verdictIcon } from './icons.js';
import { packed } from './packed.js';
import { attemptsOf, type Attempted, type NumberedCase, type Subject } from './subjects.js';

/** As many failed cases are open from the start; more would bury the list. */
const mostOpen = 3;

export function caseList(subjects: readonly Subject[]): Html {
  const all = subjects.flatMap(({ cases }) => attemptsOf(cases));
  const failed = all.filter(({ verdict }) => verdict === 'failed');
  // What is alone is what one wants to see.
  const open = new Set((all.length === 1 ? all : failed.slice(0, mostOpen)).map(({ anchor }) => anchor));
  return markup`<section class="cases" aria-labelledby="cases-title">
    <h2 id="cases-title">Cases</h2>
    ${toolbar(all)}
    ${subjects.map(({ title, anchor, cases }) => {
      const grouped = attemptsOf(cases);
      return markup`<section class="subject" id="${anchor}">
        <h3>${title} <span class="tally">${tally(grouped)}</span></h3>
        ${grouped.map((one) => caseRow(one, open.has(one.anchor)))}
      </section>`;
    })}
    <p class="nothing" hidden>No case matches.</p>
  </section>`;
}

/** Works with the script alone, which shows it. */
function toolbar(cases: readonly Attempted[]): Content {
  if (cases.length === 1) return undefined;
  const box = (verdict: NumberedCase['verdict']): Content => {
    const count = cases.filter((one) => one.verdict === verdict).length;
    return (
      count > 0 &&
      markup`<label
        ><input type="checkbox" name="${verdict}" checked /> ${verdict}
        <span class="tally">${count}</span></label
      >`
    );
  };
  return markup`<form class="toolbar" role="search" aria-label="Cases" hidden>
    <label class="find"
      ><span class="unseen">Find cases</span
      ><input type="search" name="text" placeholder="Find cases" autocomplete="off" /><kbd>/</kbd></label
    >
    <span class="verdicts">${box('failed')}${box('passed')}${box('skipped')}</span>
    <span class="buttons"
      ><button type="button" name="open">Open all</button
      ><button type="button" name="close">Close all</button></span
    >
    <span class="keys"><kbd>j</kbd> <kbd>k</kbd> next, previous</span>
  </form>`;
}

/** "1 failed, 4 passed" */
function tally(cases: readonly Pick<NumberedCase, 'verdict'>[]): string {
  const of = (verdict: NumberedCase['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return (['failed', 'passed', 'skipped'] as const)
    .filter((verdict) => of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${verdict}`)
    .join(', ');
}

function caseRow({ anchor, name, verdict, attempts }: Attempted, open: boolean): Html {
  const [first] = attempts;
  const alone = attempts.length === 1 ? first : undefined;
  const noticed = attempts.reduce((sum, { invariants = [] }) => sum + invariants.length, 0);
  const reason = attempts.find((one) => one.reason !== undefined)?.reason;
  const tags = [
    ...(alone === undefined
      ? [
          `${attempts.length} times${new Set(attempts.map((one) => one.verdict)).size > 1 ? `: ${tally(attempts)}` : ''}`,
        ]
      : []),
    ...(alone?.attempt === undefined ? [] : [`time ${alone.attempt}`]),
    ...(verdict === 'passed' && noticed > 0 ? [`${noticed} noticed`] : []),
  ];
  return markup`<details class="case ${verdict}" id="${anchor}" data-verdict="${verdict}" ${open && markup`open`}>
    <summary>
      ${verdictIcon(verdict)}
      <span class="name">${name}${tags.map((tag) => markup` <span class="tag">${tag}</span>`)}</span>
      <span class="took">${took(attempts)}</span>
      ${reason !== undefined && markup`<span class="reason">${reason}</span>`}
    </summary>
    ${alone === undefined ? markup`<div class="body">${attempts.map(attemptRow)}</div>` : body(alone, open)}
  </details>`;
}

function attemptRow(one: NumberedCase, index: number): Html {
  const { anchor, verdict, attempt, failures, reason } = one;
  return markup`<details class="attempt" id="${anchor}">
    <summary>
      ${verdictIcon(verdict)}
      <span class="name"
        >Time ${attempt ?? index + 1}
        <span class="where">${failures[0] === undefined ? reason : gistOf(failures[0].message)}</span></span
      >
      <span class="took">${took([one])}</span>
    </summary>
    ${body(one, false)}
  </details>`;
}

function body(one: NumberedCase, open: boolean): Html {
  const full = caseBody(one);
  return open ? markup`<div class="body">${full}</div>` : packed(full, shortBody(one));
}

/** "8.3 s"; of several attempts from the shortest to the longest. */
function took(attempts: readonly NumberedCase[]): string {
  const times = attempts.map(({ durationMs }) => durationMs).filter((ms) => ms > 0);
  if (times.length === 0) return '';
  const [least, most] = [duration(Math.min(...times)), duration(Math.max(...times))];
  return least === most ? least : `${least} – ${most}`;
}
