import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openResultsFolder } from './results-folder.js';
import type { RunResults } from './results.js';
import { writeAllResults } from './write-all-results.js';

let folder: string;
let told: string[];
const tell = (text: string): void => {
  told.push(text);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whitebox-results-'));
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));

describe('openResultsFolder', () => {
  it('makes the folder with the log in it, and the folders of the other files', async () => {
    const junit = join(folder, 'ci/junit.xml');
    const log = await openResultsFolder(join(folder, 'a/b'), { junit }, tell);
    log.end('a line');
    await once(log, 'close');
    expect(await readFile(join(folder, 'a/b/engine.log'), 'utf8')).toBe('a line');
    await writeFile(junit, '');
    expect(told).toEqual([]);
  });

  it('refuses a place where nothing can be made, and names the option', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await mkdir(join(folder, 'odd/engine.log'), { recursive: true });
    const opened = [
      openResultsFolder(join(file, 'x'), {}, tell),
      openResultsFolder(file, {}, tell),
      openResultsFolder(join(folder, 'odd'), {}, tell),
      openResultsFolder(folder, { html: join(file, 'page.html') }, tell),
      openResultsFolder(folder, { junit: join(file, 'junit/a.xml') }, tell),
    ];
    const refused = await Promise.allSettled(opened);
    const messages = refused.map((one) => (one.status === 'rejected' ? String(one.reason) : 'made'));
    expect(messages.map((message) => message.replaceAll(folder, 'F'))).toEqual([
      expect.stringMatching(
        /make the folder of the results F\/file\/x: a part of its path is a file.*--results/s,
      ),
      expect.stringMatching(/F\/file: it is a file, not a folder.*--results. \[WB_RUN_USAGE\]/s),
      expect.stringMatching(/F\/odd: it is a folder.*--results/s),
      expect.stringMatching(/write to F\/file\/page.html: .*--html/s),
      expect.stringMatching(/write to F\/file\/junit\/a.xml: .*--junit/s),
    ]);
  });

  it('tells once that the log cannot be written any more, and lets the run go on', async () => {
    await symlink('/dev/full', join(folder, 'engine.log'));
    const log = await openResultsFolder(folder, {}, tell);
    const closed = new Promise<void>((done) => {
      log.once('close', () => {
        done();
      });
    });
    log.write('a line');
    await closed;
    log.write('another line');
    log.end('and the last one');
    expect(told).toEqual([
      `Warning: ${join(folder, 'engine.log')} is not written any more: there is no space left on that file system`,
    ]);
  });
});

describe('writeAllResults', () => {
  const results: RunResults = {
    started: '2026-11-22T18:15:00.000Z',
    durationMs: 1,
    suites: [],
    counts: { passed: 0, failed: 0, skipped: 0 },
    interrupted: false,
    warnings: [],
    troubles: [],
    leftovers: [],
    cases: [],
  };

  it('says which file cannot be written, and what to do', async () => {
    await mkdir(join(folder, 'results.json.part'));
    await expect(writeAllResults(folder, results)).rejects.toThrow(
      /write the results to .*results\.json\.part: it is a folder.*WB_RUN_RESULTS/s,
    );
  });

  it('leaves what it knows better as it is', async () => {
    await mkdir(join(folder, '.stestr'));
    await writeFile(join(folder, '.stestr/format'), '2\n');
    await expect(writeAllResults(folder, results)).rejects.toMatchObject({ code: 'WB_RUN_REPOSITORY' });
  });
});
