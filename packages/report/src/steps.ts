import { duration, plural, secondsOf } from './duration.js';
import { markup, type Content, type Html } from './html.js';
import type { ReportActivity, ReportCase, ReportStep } from './model.js';
import { scrolling } from './scrolling.js';

const kinds: Readonly<Record<ReportActivity['kind'], string>> = {
  command: 'command',
  sql: 'SQL',
  request: 'request',
  file: 'file',
  look: 'look',
  wait: 'wait',
};

/** The steps with their times, and behind each what it made of commands, statements and requests. */
export function steps({ steps: all, durationMs, recording, verdict }: ReportCase): Content {
  if (all.length === 0 && (recording?.activities.length ?? 0) === 0) return undefined;
  const behind = (index: number): readonly ReportActivity[] =>
    recording?.activities.filter(({ step }) => step === index) ?? [];
  const lastOwn = all.findLastIndex(({ text }) => !text.startsWith('give back '));
  const before = behind(-1);
  const after = behind(all.length);
  const rows: { readonly index: number; readonly step: ReportStep }[] = [
    ...(before.length > 0 ? [{ index: -1, step: { atMs: 0, text: 'look at what the case needs' } }] : []),
    ...all.map((step, index) => ({ index, step })),
    ...(after.length > 0
      ? [{ index: all.length, step: { atMs: after[0]?.atMs ?? durationMs, text: 'give everything back' } }]
      : []),
  ];
  return markup`<ol class="steps">
      ${rows.map(({ index, step }, row) => {
        const took = (rows[row + 1]?.step.atMs ?? Math.max(durationMs, step.atMs)) - step.atMs;
        const last = verdict === 'failed' && index === lastOwn;
        return stepRow(step, took, behind(index), last);
      })}
    </ol>
    ${recording !== undefined && recording.dropped > 0 && markup`<p class="note">${plural(recording.dropped, 'more activity', 'more activities')} did not fit.</p>`}`;
}

function stepRow(step: ReportStep, took: number, activities: readonly ReportActivity[], last: boolean): Html {
  const line = markup`<span class="at">${secondsOf(step.atMs)} s</span>
    <span class="text">${step.text}${last && markup` <span class="tag bad">last step</span>`}</span>
    <span class="took">${duration(took)}</span>`;
  if (activities.length === 0) return markup`<li><div class="step">${line}</div></li>`;
  const failed = activities.filter((activity) => activity.failed).length;
  return markup`<li>
    <details>
      <summary class="step">
        ${line} <span class="tally">${countsOf(activities)}${failed > 0 && `, ${failed} failed`}</span>
      </summary>
      <div class="wide" tabindex="0" role="group" aria-label="behind this step">
        <table class="activities">
          <thead>
            <tr>
              <th>at</th>
              <th>what</th>
              <th>where</th>
              <th><span class="unseen">text</span></th>
              <th>result</th>
              <th>took</th>
            </tr>
          </thead>
          <tbody>
            ${activities.map(activityRow)}
          </tbody>
        </table>
      </div>
    </details>
  </li>`;
}

function activityRow({
  kind,
  atMs,
  ms,
  where,
  what,
  outcome,
  failed,
  requestId,
  times,
  output,
}: ReportActivity): Html {
  return markup`<tr class="${failed ? 'failed' : ''}">
    <td class="number">${secondsOf(atMs)}</td>
    <td>${kinds[kind]}</td>
    <td>${where}</td>
    <td class="what">
      <code>${what}</code
      >${times > 1 && markup` <span class="tag">${times} times</span>`}${requestId !== undefined && markup` <span class="request-id">${requestId}</span>`}${
        output !== undefined &&
        output !== '' &&
        markup`<details class="more">
          <summary>Output</summary>
          ${scrolling('pre', 'output', output)}
        </details>`
      }
    </td>
    <td class="outcome">${failed && markup`<span class="cross" aria-hidden="true">✕</span> `}${outcome}</td>
    <td class="number">${duration(ms)}</td>
  </tr>`;
}

/** "3 commands, 12 requests" */
function countsOf(activities: readonly ReportActivity[]): string {
  const of = (kind: ReportActivity['kind']): number =>
    activities.filter((one) => one.kind === kind).reduce((sum, { times }) => sum + times, 0);
  return [
    [of('command'), 'command', 'commands'],
    [of('sql'), 'statement', 'statements'],
    [of('request'), 'request', 'requests'],
    [of('file'), 'file', 'files'],
    [of('look'), 'look', 'looks'],
    [of('wait'), 'wait', 'waits'],
  ]
    .flatMap(([count, one, many]) =>
      Number(count) > 0 ? [plural(Number(count), String(one), String(many))] : [],
    )
    .join(', ');
}
