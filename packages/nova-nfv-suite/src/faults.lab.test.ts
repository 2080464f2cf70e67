import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readLab } from '@whitebox/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { someOfEachLayer } from './faults/index.js';
import { faultsTable } from './faults/proof/faults-table.js';
import type { Judgement } from './faults/proof/judge.js';
import { proveFaults } from './faults/proof/run-passes.js';

const suite = join(import.meta.dirname, '..');
const program = join(suite, '../runner/dist/main.js');

const filter = `^(${someOfEachLayer
  .map(({ testName }) => testName.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  .join('|')})$`;

/**
 * Cases with each layer of the cloud broken behind their backs: a case that does not notice is a case that checks nothing.
 * `npm run faults` takes every case and every fault, for most of an hour.
 */
describe('a broken cloud', () => {
  let folder: string;
  let judgement: Judgement;

  beforeAll(async () => {
    const lab = await readLab();
    folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const cloud = [
      ...['--config', lab.files.tempestConf, '--cloud', lab.cloud, '--clouds-yaml', lab.files.cloudsYaml],
    ];
    judgement = await proveFaults({
      faults: someOfEachLayer,
      unitTests: [],
      filter,
      folder,
      suite,
      cloud,
      whitebox,
    });
    process.stdout.write(`${faultsTable(judgement)}\n`);
  }, 7_200_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** The state of the run goes into a folder of its own, so that no other run of this machine keeps it from starting. */
  function whitebox(
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      const env = { ...process.env, XDG_STATE_HOME: folder, ...variables };
      const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', onLine);
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? -1);
      });
    });
  }

  it.for(someOfEachLayer.map((fault) => [fault.what, fault.testName] as const))(
    'is noticed: %s (%s)',
    ([what, testName], { skip }) => {
      const row = judgement.rows.find((one) => one.what === what && one.id.endsWith(`> ${testName}`));
      if (row?.verdict === 'not run') skip(row.byCase);
      expect(row?.verdict, row?.byCase).toBe('noticed');
    },
  );

  it('leaves no case unproven and nothing behind', () => {
    expect(judgement.complaints.join('\n')).toBe('');
  });
});
