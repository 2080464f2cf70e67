import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readResults, report } from './report-command.js';
import { ExitCode } from './exit-codes.js';

const testdata = join(import.meta.dirname, '..', 'testdata');

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'whitebox-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'results.json');
  await writeFile(path, text);
  return path;
}

describe('whitebox report', () => {
  it('makes the page of a run beside its results', async () => {
    const results = await file(await readFile(join(testdata, 'results.json'), 'utf8'));
    expect(await report(results, {})).toBe(ExitCode.Passed);
    const page = await readFile(results.replace('results.json', 'report.html'), 'utf8');
    expect(page).toContain('<h1>1 of 2 cases failed</h1>');
    expect(page).toContain('two guests with dedicated CPUs share none of them');
  });

  it('writes where it is told, also into a folder that is not there yet', async () => {
    const results = await file(await readFile(join(testdata, 'results.json'), 'utf8'));
    const html = results.replace('results.json', 'new/page.html');
    await report(results, { html });
    expect(await readFile(html, 'utf8')).toContain('<!doctype html>');
  });

  it.each([
    ['no JSON', '{', /it is no JSON/],
    ['something else', '[1]', /it is not an object/],
    ['a package.json', '{"name": "x"}', /no time "started"/],
    ['half of it', '{"started": "2026-11-22T18:15:00Z", "durationMs": 1, "counts": {}}', /no list "suites"/],
  ])('refuses %s', async (_what, text, why) => {
    await expect(readResults(await file(text))).rejects.toThrow(why);
    await expect(readResults(await file(text))).rejects.toMatchObject({ code: 'WB_RUN_USAGE' });
  });

  it('says which file is not there', async () => {
    await expect(readResults('/nowhere/results.json')).rejects.toThrow(
      /from \/nowhere\/results\.json: there is no such file/,
    );
  });
});
