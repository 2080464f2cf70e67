import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabError } from './errors.js';
import { jsonProgress, liveProgress, plainProgress } from './progress.js';
import { allOf, Stages } from './stages.js';

let folder: string;
let text: string;
const output = {
  write: (part: string) => {
    text += part;
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-stages-'));
  text = '';
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('stages', () => {
  it('are told and timed', async () => {
    const stages = new Stages(plainProgress(output), folder);
    expect(await stages.run('base', () => Promise.resolve(7))).toBe(7);
    expect(stages.times).toEqual([{ stage: 'base', seconds: expect.any(Number) as number }]);
    expect(text).toMatch(/^ok {5}base +\d+\.\d s\n$/);
  });

  it('that fail show the end of their log and where it is', async () => {
    const stages = new Stages(plainProgress(output), folder);
    const failing = stages.run('packages', async (log) => {
      await writeFile(log, Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n'));
      throw new LabError('WB_LAB_BUILD', 'packages.sh ended with exit code 100.', { advice: 'Do this.' });
    });
    const error = await failing.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'WB_LAB_BUILD', details: { advice: 'Do this.' } });
    const { message } = error as Error;
    expect(message).toContain('Stage packages: packages.sh ended with exit code 100.');
    expect(message).toContain('line 99');
    expect(message).not.toContain('line 50\n');
    expect(message).toContain(join(folder, 'packages.log'));
    expect(text).toMatch(/^FAILED packages/);
  });

  it('do not begin once interrupted, and the one that runs ends as interrupted', async () => {
    const controller = new AbortController();
    const stages = new Stages(plainProgress(output), folder, controller.signal);
    const running = stages.run('base', () => {
      controller.abort();
      return Promise.reject(new Error('killed'));
    });
    await expect(running).rejects.toMatchObject({ code: 'WB_LAB_INTERRUPTED', exitCode: 130 });
    await expect(stages.run('next', () => Promise.resolve())).rejects.toMatchObject({ exitCode: 130 });
  });

  it('side by side all end before a failure is told', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => {
      setTimeout(() => {
        ended = true;
        resolve();
      }, 20);
    });
    await expect(allOf([Promise.reject(new Error('first')), slow])).rejects.toThrow('first');
    expect(ended).toBe(true);
  });
});

describe('progress', () => {
  it('for machines is one object per line', () => {
    const progress = jsonProgress(output);
    progress.started('base');
    progress.finished('base', 1.5);
    progress.failed('x', 2);
    progress.note('hello');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: 'started', stage: 'base' },
      { event: 'finished', stage: 'base', seconds: 1.5 },
      { event: 'failed', stage: 'x', seconds: 2 },
      { event: 'note', text: 'hello' },
    ]);
  });

  it('on a terminal shows what is running on one line, and takes it away at the end', () => {
    let time = 0;
    const progress = liveProgress(output, () => time);
    progress.started('base');
    time = 3000;
    progress.started('download');
    expect(text).toContain('... base 3 s, download 0 s  (3 s in all)');
    progress.finished('download', 1);
    progress.end();
    expect(text).toContain('ok     download');
    expect(text.endsWith('\r\u001B[K')).toBe(true);
  });
});
