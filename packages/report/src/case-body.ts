import { documents } from './documents.js';
import { plural } from './duration.js';
import { markup, type Content, type Html } from './html.js';
import type { ReportFailure, ReportInvariant, ReportLog } from './model.js';
import { movesOf } from './moves.js';
import { scrolling } from './scrolling.js';
import { steps } from './steps.js';
import type { NumberedCase } from './subjects.js';
import { turnText } from './turn.js';

/** All that is known of a case, what one looks for first at the top. */
export function caseBody(one: NumberedCase): Html {
  const { failures, evidence = [], invariants = [], recording, turn } = one;
  return markup`${failures.map(failure)}
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
    ${turn !== undefined && markup`<p class="turn">It ${turnText(turn)}.</p>`}
    <p class="identity"><code>${one.id}</code></p>`;
}

/** The same without what was done behind the steps: what can be read at once. */
export function shortBody(one: NumberedCase): Html {
  return caseBody({ ...one, recording: undefined });
}

/** Invariants among the evidence have a list of their own. */
function isTable(text: string): boolean {
  return !text.startsWith('invariant ');
}

function block(title: string, content: Content): Content {
  if (content === undefined || content === false || content === '') return undefined;
  if (Array.isArray(content) && content.length === 0) return undefined;
  return markup`<section class="block">
    <h4>${title}</h4>
    ${content}
  </section>`;
}

function failure({ message, stack, at, code }: ReportFailure): Html {
  const frames = stack?.slice(stack.indexOf('\n    at ') + 1);
  return markup`<section class="failure">
    <h4 class="unseen">Why it failed</h4>
    ${scrolling('message', 'why it failed', message)}
    ${at !== undefined && markup`<p class="place"><span>${at}</span>${code !== undefined && markup` <code>${code}</code>`}</p>`}
    ${
      frames?.startsWith('    at ') === true &&
      markup`<details class="more">
        <summary>Stack</summary>
        ${scrolling('pre', 'stack', frames)}
      </details>`
    }
  </section>`;
}

function invariantList(invariants: readonly ReportInvariant[]): Html {
  return markup`<ul class="invariants">
    ${invariants.map(({ id, text, step, knownBug }) => {
      const said = text.startsWith(`${id} `) ? text.slice(id.length + 1) : text;
      return markup`<li>
        <b>${id}</b> ${said}
        <span class="where"
          >${step === undefined ? 'before the case' : `after “${step}”`}${knownBug !== undefined && `; known bug ${knownBug}`}</span
        >
      </li>`;
    })}
  </ul>`;
}

function log({ title, lines, dropped }: ReportLog): Html {
  return markup`<details class="more">
    <summary>
      ${title}
      <span class="tally">${plural(lines.length, 'line')}${dropped > 0 && `, ${dropped} left out`}</span>
    </summary>
    ${scrolling(
      'pre',
      `log of ${title}`,
      lines.map((line) => markup`<span class="${severity(line)}">${line}</span>\n`),
    )}
  </details>`;
}

function severity(line: string): string {
  if (/\b(ERROR|CRITICAL|Traceback)\b/.test(line)) return 'log-error';
  return /\bWARNING\b/.test(line) ? 'log-warning' : 'log-line';
}
