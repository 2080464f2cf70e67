import { caseList } from './case-list.js';
import { markup } from './html.js';
import type { ReportRun } from './model.js';
import { page } from './page.js';
import { pictureStyles } from './pictures/styles.js';
import { script } from './script.js';
import { pageStyles } from './styles/page-styles.js';
import { caseStyles } from './styles/case-styles.js';
import { subjectsOf } from './subjects.js';
import { headline, summary } from './summary.js';
import { timeline } from './timeline.js';

/** A run as one HTML file, which loads nothing from anywhere. */
export function reportHtml(run: ReportRun): string {
  const subjects = subjectsOf(run.cases);
  return page({
    title: `${headline(run)} · Whitebox`,
    styles: pageStyles + caseStyles + pictureStyles,
    script,
    body: markup`<a class="skip" href="#cases-title">To the cases</a>
      <main>${summary(run, subjects)}${timeline(run, subjects)}${caseList(subjects)}</main>
      <footer>Made by Whitebox from results.json. Times are UTC.</footer>`,
  });
}
