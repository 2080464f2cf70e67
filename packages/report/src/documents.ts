import { plural } from './duration.js';
import { markup, type Content, type Html } from './html.js';
import { lineDiff, type DiffLine } from './line-diff.js';
import type { ReportDocument, ReportStep } from './model.js';
import { scrolling } from './scrolling.js';

/** Texts of the case: as each was at first, and what every later step changed in it. */
export function documents(all: readonly ReportDocument[], steps: readonly ReportStep[]): Content {
  return all.map(({ title, versions }) => {
    const [first, ...later] = versions;
    if (first === undefined) return undefined;
    let before = first.text;
    const changes = later.map(({ step, text }) => {
      const lines = lineDiff(before, text);
      before = text;
      return markup`<p class="after">After “${stepName(steps, step)}”</p>
        ${scrolling('pre', `what changed in ${title}`, lines.map(diffLine))}`;
    });
    return markup`<details class="more">
      <summary>
        ${title}
        <span class="tally"
          >${later.length === 0 ? 'unchanged' : `changed ${plural(later.length, 'time')}`}</span
        >
      </summary>
      ${changes}
      <details class="more">
        <summary>As it was at first, after “${stepName(steps, first.step)}”</summary>
        ${scrolling('pre', title, first.text)}
      </details>
    </details>`;
  });
}

export function stepName(steps: readonly ReportStep[], index: number): string {
  return steps[index]?.text ?? 'the beginning';
}

function diffLine(line: DiffLine): Html {
  switch (line.kind) {
    case 'gap':
      return markup`<span class="gap">  … ${plural(line.lines, 'equal line')}</span>\n`;
    case 'added':
      return markup`<ins>+ ${line.text}</ins>\n`;
    case 'removed':
      return markup`<del>- ${line.text}</del>\n`;
    case 'same':
      return markup`  ${line.text}\n`;
  }
}
