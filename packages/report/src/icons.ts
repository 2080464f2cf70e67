import { markup, type Html } from './html.js';
import type { ReportCase } from './model.js';

type Verdict = ReportCase['verdict'];

const shapes: Readonly<Record<Verdict, string>> = {
  passed: 'M3.5 8.5l3 3 6-7',
  failed: 'M4.5 4.5l7 7m0-7l-7 7',
  skipped: 'M4 8h8',
};

/** A verdict as a sign of its own shape and colour, with its word for those who do not see it. */
export function verdictIcon(verdict: Verdict): Html {
  return markup`<svg
    class="icon ${verdict}"
    viewBox="0 0 16 16"
    width="16"
    height="16"
    role="img"
    aria-label="${verdict}"
  >
    <circle cx="8" cy="8" r="7.5" />
    <path d="${shapes[verdict]}" />
  </svg>`;
}
