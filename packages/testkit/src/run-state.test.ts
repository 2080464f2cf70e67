import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveRuns, openRuns, RunState } from './run-state.js';

describe('RunState', () => {
  let root: string;
  let state: RunState;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'runs-'));
    state = await RunState.create(join(root, 'run-1'), 'run-1', { cloud: 'lab' });
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('knows what was made and is not gone, servers before what they hold', async () => {
    await state.make('flavor', 'f');
    await state.made('flavor', 'f', '1');
    await state.make('server', 'gone');
    await state.made('server', 'gone', '2');
    await state.make('server', 'asked-for');
    await state.gone('server', 'gone');
    expect(await state.leftovers()).toEqual([
      { kind: 'server', name: 'asked-for' },
      { kind: 'flavor', name: 'f', id: '1' },
    ]);
  });

  it('is read by another process from the folder alone', async () => {
    await state.make('image', 'i');
    const other = RunState.at(state.directory);
    expect(await other.leftovers()).toEqual([{ kind: 'image', name: 'i' }]);
    expect(await other.cloud()).toEqual({ cloud: 'lab' });
  });

  it('survives a line that was being written when the machine died', async () => {
    await state.make('server', 's');
    await appendFile(join(state.directory, 'resources.jsonl'), '{"op":"make","kind":"ser');
    expect(await state.leftovers()).toEqual([{ kind: 'server', name: 's' }]);
  });

  it('keeps the order of records that are written at once', async () => {
    await Promise.all([state.make('server', 's'), state.made('server', 's', '1'), state.gone('server', 's')]);
    expect(await state.leftovers()).toEqual([]);
  });

  it('does not count a run that is still going on as open', async () => {
    expect(await openRuns(root)).toEqual([]);
  });

  it.each([
    ['whose process is gone', { pid: 2 ** 22 + 1 }],
    ['whose pid now belongs to another process', { processStart: '1' }],
  ])('counts a run as open %s', async (_, change) => {
    const file = join(state.directory, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...record, ...change }));
    expect(await openRuns(root)).toMatchObject([
      { runId: 'run-1', directory: state.directory, cloud: { cloud: 'lab' } },
    ]);
  });

  it('does not judge a run of another machine that shares the folder', async () => {
    const file = join(state.directory, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...record, machine: 'elsewhere', pid: 2 ** 22 + 1 }));
    expect(await openRuns(root)).toEqual([]);
  });

  it('knows which other runs of this machine are at work on the same cloud', async () => {
    const create = (runId: string, cloudId?: string) =>
      RunState.create(join(root, runId), runId, { cloud: 'lab' }, cloudId);
    await create('here', 'http://one:5000');
    await create('there', 'http://two:5000');
    await create('gone', 'http://one:5000');
    const file = join(root, 'gone', 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));

    expect(await liveRuns(root, 'http://one:5000', 'me')).toMatchObject([
      { runId: 'here', pid: process.pid },
    ]);
    expect(await liveRuns(root, 'http://one:5000', 'here')).toEqual([]);
    expect(await liveRuns(join(root, 'none'), 'http://one:5000', 'me')).toEqual([]);
  });
});
