import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ReportRun } from './model.js';
import { reportHtml } from './report.js';

const testdata = join(import.meta.dirname, '..', 'testdata');

/** Two cases that were run while the database and a flavor were broken on purpose (`npm run faults`), made shorter. */
it('makes the page beside it of a real run with failures', async () => {
  const run = JSON.parse(await readFile(join(testdata, 'failed-run.json'), 'utf8')) as ReportRun;
  const page = reportHtml(run);
  expect(page).toContain('class="warning"');
  await expect(page).toMatchFileSnapshot(join(testdata, 'failed-run.html'));
});
