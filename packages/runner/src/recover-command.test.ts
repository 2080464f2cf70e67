import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuns, RunState } from '@whitebox/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from './exit-codes.js';
import { recover } from './recover-command.js';
import { stateRoot } from './state-root.js';

describe('recover from a run whose cloud is gone', () => {
  let home: string;
  let before: string | undefined;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'recover-'));
    before = process.env['XDG_STATE_HOME'];
    process.env['XDG_STATE_HOME'] = home;
    const cloud = { tempestConf: join(home, 'gone.conf') };
    const state = await RunState.create(join(stateRoot(), 'run-1'), 'run-1', cloud);
    await state.make('server', 'wb-1');
    const file = join(state.directory, 'run.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    await writeFile(file, JSON.stringify({ ...record, pid: 2 ** 22 + 1 }));
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['XDG_STATE_HOME'];
    else process.env['XDG_STATE_HOME'] = before;
    await rm(home, { recursive: true, force: true });
  });

  it('says that it could not, and keeps what it knows', async () => {
    expect(await recover({ json: true })).toBe(ExitCode.NotGivenBack);
    expect(await openRuns(stateRoot())).toHaveLength(1);
  });

  it('only looks with --dry-run, whatever else is asked for', async () => {
    expect(await recover({ json: true, dryRun: true, forget: true })).toBe(ExitCode.Passed);
    expect(await openRuns(stateRoot())).toHaveLength(1);
  });

  it('does not take a host that cannot be looked at for one on which nothing is open', async () => {
    const hosts = ['nobody@127.0.0.1:1'];
    const config = join(home, 'tempest.conf');
    await writeFile(config, '');
    expect(await recover({ json: true, dryRun: true, hosts, config })).toBe(ExitCode.NotRun);
    expect(await recover({ json: true, hosts, config })).toBe(ExitCode.NotGivenBack);
  });

  it('forgets it with --forget', async () => {
    expect(await recover({ json: true, forget: true })).toBe(ExitCode.NotGivenBack);
    expect(await openRuns(stateRoot())).toEqual([]);
  });
});
