import { caseBody } from './case-body.js';
import { duration } from './duration.js';
import { html, type Content, type Html } from './html.js';
import { verdictIcon } from './icons.js';
import type { NumberedCase, Subject } from './subjects.js';

/** As many failed cases are open from the start; more would bury the list. */
const mostOpen = 3;

export function caseList(subjects: readonly Subject[]): Html {
  const failed = subjects.flatMap(({ cases }) => cases.filter(({ verdict }) => verdict === 'failed'));
  const open = new Set(failed.slice(0, mostOpen).map(({ anchor }) => anchor));
  // What is alone is what one wants to see.
  const all = subjects.flatMap(({ cases }) => cases);
  if (all.length === 1) open.add(all[0]?.anchor ?? '');
  return html`<section class="cases" aria-labelledby="cases-title">
    <h2 id="cases-title">Cases</h2>
    ${toolbar(all)}
    ${subjects.map(
      ({ title, anchor, cases }) =>
        html`<section class="subject" id="${anchor}">
          <h3>${title} <span class="tally">${tally(cases)}</span></h3>
          ${cases.map((one) => caseRow(one, open.has(one.anchor)))}
        </section>`,
    )}
    <p class="nothing" hidden>No case matches.</p>
  </section>`;
}

/** Works with the script alone, which shows it. */
function toolbar(cases: readonly NumberedCase[]): Content {
  if (cases.length === 1) return undefined;
  const box = (verdict: NumberedCase['verdict']): Content => {
    const count = cases.filter((one) => one.verdict === verdict).length;
    return (
      count > 0 &&
      html`<label
        ><input type="checkbox" name="${verdict}" checked /> ${verdict}
        <span class="tally">${count}</span></label
      >`
    );
  };
  return html`<form class="toolbar" role="search" aria-label="Cases" hidden>
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

function tally(cases: readonly NumberedCase[]): string {
  const of = (verdict: NumberedCase['verdict']): number =>
    cases.filter((one) => one.verdict === verdict).length;
  return (['failed', 'passed', 'skipped'] as const)
    .filter((verdict) => of(verdict) > 0)
    .map((verdict) => `${of(verdict)} ${verdict}`)
    .join(', ');
}

function caseRow(one: NumberedCase, open: boolean): Html {
  const { anchor, name, verdict, durationMs, attempt, reason, invariants = [] } = one;
  return html`<details class="case ${verdict}" id="${anchor}" data-verdict="${verdict}" ${open && html`open`}>
    <summary>
      ${verdictIcon(verdict)}
      <span class="name"
        >${name}${attempt !== undefined && html` <span class="tag">time ${attempt}</span>`}${
          verdict === 'passed' &&
          invariants.length > 0 &&
          html` <span class="tag">${invariants.length} noticed</span>`
        }</span
      >
      <span class="took">${durationMs > 0 && duration(durationMs)}</span>
      ${reason !== undefined && html`<span class="reason">${reason}</span>`}
    </summary>
    <div class="body">${caseBody(one)}</div>
  </details>`;
}
