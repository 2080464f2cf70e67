import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exitCodes } from './errors.js';
import { labPaths, type LabPaths } from './names.js';
import { readState } from './state.js';

let folder: string;
let paths: LabPaths;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-state-'));
  paths = labPaths(folder);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('is absent where no lab has been', async () => {
  expect(await readState(paths)).toBeUndefined();
});

it('that cannot be read is an error: a lab of root is not "no lab"', async () => {
  await mkdir(paths.state);
  await expect(readState(paths)).rejects.toMatchObject({
    code: 'WB_LAB_STATE',
    exitCode: exitCodes.machineUnfit,
  });
});

it('of another version of the lab is an error', async () => {
  await writeFile(paths.state, '{"version": 0}');
  await expect(readState(paths)).rejects.toMatchObject({ code: 'WB_LAB_STATE' });
});
