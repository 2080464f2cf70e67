import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseListing } from './case-result.js';
import { selectCases, selects, type Selection } from './select-cases.js';
import { testIdOf } from './test-id.js';

function listing(file: string, name: string, ...replaces: string[]): CaseListing {
  const id = `@acme/suite/${file} > ${name}`;
  const testId = testIdOf('@acme/suite', id);
  return { suite: '@acme/suite', id, testId, name, replaces, needs: [], hardware: [], knownBugs: [] };
}

const pins = listing('pins', 'a guest is pinned', 'test_cpu_pinning.CPUPolicyTest.test_cpu_dedicated');
const moves = listing(
  'moves',
  'a guest moves',
  'test_live_migration.Live.test_there',
  'test_live_migration.Live.test_back',
);
const ours = listing('moves', 'what only we check');
const cases = [pins, moves, ours];
const prefix = 'whitebox_tempest_plugin.api.compute';

const names = async (selection: Selection): Promise<string[]> =>
  (await selectCases(cases, selection)).map(({ name }) => name);

describe('selectCases by regular expressions', () => {
  it.each([
    ['the sentence', 'guest is'],
    ['the dotted id', '^acme_suite\\.pins\\.'],
    ['the id of the results', '^@acme/suite/pins > '],
    ['a class of the predecessor, as a job names it', `^${prefix}.test_cpu_pinning.CPUPolicyTest`],
    ['a test of the predecessor', 'test_cpu_dedicated$'],
  ])('matches %s', async (_, filter) => {
    expect(await names({ filter })).toEqual([pins.name]);
    expect(await names({ regex: filter })).toEqual([pins.name]);
  });

  it('takes the lookaheads of job definitions, whose names begin at the start', async () => {
    const filter = `(?!.*\\[.*\\bslow\\b.*\\])(^whitebox_tempest_plugin\\.api)`;
    expect(await names({ filter })).toEqual([pins.name, moves.name]);
  });

  it('leaves out what another one matches, by any of the names', async () => {
    expect(await names({ excludeRegex: 'test_there' })).toEqual([pins.name, ours.name]);
    expect(await names({ filter: 'moves', excludeRegex: '^what' })).toEqual([moves.name]);
  });

  it('says which options left nothing', async () => {
    await expect(names({ filter: 'guest', excludeRegex: 'a' })).rejects.toMatchObject({
      code: 'WB_RUN_NO_CASES',
    });
    await expect(names({ filter: 'no such' })).rejects.toThrow('--filter "no such"');
  });
});

describe('selectCases by a list', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'load-list-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function list(...lines: string[]): Promise<string> {
    const file = join(folder, 'list.txt');
    await writeFile(file, lines.join('\n'));
    return file;
  }

  it('takes ids with and without brackets, ours and those of the predecessor, comments and blank lines', async () => {
    const bare = ours.testId.replace(/\[.*/, '');
    const loadList = await list(
      '# chosen by hand',
      '',
      `  ${bare}\r`,
      `${prefix}.test_live_migration.Live.test_back[id-7,slow] # slow`,
    );
    expect(await names({ loadList })).toEqual([moves.name, ours.name]);
  });

  it('reads back what list --ids prints', async () => {
    const loadList = await list(...cases.map(({ testId }) => testId), '');
    expect(await names({ loadList })).toEqual(cases.map(({ name }) => name));
    expect(await names({ loadList, excludeRegex: 'pinned' })).toEqual([moves.name, ours.name]);
  });

  it('refuses entries that no case goes by, and names them', async () => {
    const wrong = `${prefix}.test_vpmu.VPMUTest.test_gone`;
    const loadList = await list(pins.testId, wrong, 'acme_suite.pins.a_guest[id-1]');
    const choosing = names({ loadList });
    await expect(choosing).rejects.toMatchObject({ code: 'WB_RUN_LIST' });
    await expect(choosing).rejects.toThrow(`no case goes by 2 of its 3 entries:\n  ${wrong}\n  acme_suite.`);
  });

  it('refuses a list that is not there or names nothing', async () => {
    const missing = names({ loadList: join(folder, 'no') });
    await expect(missing).rejects.toMatchObject({ code: 'WB_RUN_LIST' });
    await expect(names({ loadList: await list('# nothing', '') })).rejects.toThrow('it names no case');
  });
});

it('selects only where it is told by what', () => {
  expect(selects({})).toBe(false);
  expect(selects({ loadList: 'f' })).toBe(true);
});
