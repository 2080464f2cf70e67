import { documents } from './documents.js';
import { plural } from './duration.js';
import { html, type Content, type Html } from './html.js';
import type { ReportFailure, ReportInvariant, ReportLog } from './model.js';
import { movesOf } from './moves.js';
import { scrolling } from './scrolling.js';
import { steps } from './steps.js';
import type { NumberedCase } from './subjects.js';

/** All that is known of a case, what one looks for first at the top. */
export function caseBody(one: NumberedCase): Html {
  const { failures, evidence = [], invariants = [], recording } = one;
  return html`${failures.map(failure)}
    ${block('Does not hold', invariants.length > 0 && invariantList(invariants))}
    ${block('Where the guests ran', movesOf(one))}
    ${block(
      'What the layers said',
      evidence.filter(isTable).map((text) => scrolling('pre', 'what the layers said', text)),
    )}
    ${block('What it did', steps(one))}
    ${block('XML and rows', recording !== undefined && documents(recording.documents, one.steps))}
    ${block('What it printed', one.output !== undefined && scrolling('pre', 'what it printed', one.output))}
    ${block('Logs of that time', recording?.logs.map(log))}
    <p class="identity"><code>${one.id}</code></p>`;
}

/** Invariants among the evidence have a list of their own. */
function isTable(text: string): boolean {
  return !text.startsWith('invariant ');
}

function block(title: string, content: Content): Content {
  if (content === undefined || content === false || content === '') return undefined;
  if (Array.isArray(content) && content.length === 0) return undefined;
  return html`<section class="block">
    <h4>${title}</h4>
    ${content}
  </section>`;
}

function failure({ message, stack, at, code }: ReportFailure): Html {
  const frames = stack?.slice(stack.indexOf('\n    at ') + 1);
  return html`<section class="failure">
    <h4 class="unseen">Why it failed</h4>
    ${scrolling('message', 'why it failed', message)}
    ${at !== undefined && html`<p class="place"><span>${at}</span>${code !== undefined && html` <code>${code}</code>`}</p>`}
    ${
      frames?.startsWith('    at ') === true &&
      html`<details class="more">
        <summary>Stack</summary>
        ${scrolling('pre', 'stack', frames)}
      </details>`
    }
  </section>`;
}

function invariantList(invariants: readonly ReportInvariant[]): Html {
  return html`<ul class="invariants">
    ${invariants.map(({ id, text, step, knownBug }) => {
      const said = text.startsWith(`${id} `) ? text.slice(id.length + 1) : text;
      return html`<li>
        <b>${id}</b> ${said}
        <span class="where"
          >${step === undefined ? 'before the case' : `after “${step}”`}${knownBug !== undefined && `; known bug ${knownBug}`}</span
        >
      </li>`;
    })}
  </ul>`;
}

function log({ title, lines, dropped }: ReportLog): Html {
  return html`<details class="more">
    <summary>
      ${title}
      <span class="tally">${plural(lines.length, 'line')}${dropped > 0 && `, ${dropped} left out`}</span>
    </summary>
    ${scrolling(
      'pre',
      `log of ${title}`,
      lines.map((line) => html`<span class="${severity(line)}">${line}</span> `),
    )}
  </details>`;
}

function severity(line: string): string {
  if (/\b(ERROR|CRITICAL|Traceback)\b/.test(line)) return 'log-error';
  return /\bWARNING\b/.test(line) ? 'log-warning' : 'log-line';
}
