import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSuite } from './suite-package.js';

describe('findSuite', () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'suite-'));
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  async function install(folder: string, manifest: unknown): Promise<string> {
    const root = join(cwd, folder);
    await mkdir(root, { recursive: true });
    await writeFile(
      join(root, 'package.json'),
      typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    );
    return root;
  }

  it('finds an installed package by its name', async () => {
    const root = await install('node_modules/@acme/suite', {
      name: '@acme/suite',
      version: '1.2.3',
      whitebox: { cases: 'dist/*.js' },
    });
    expect(await findSuite('@acme/suite', cwd)).toEqual({
      name: '@acme/suite',
      version: '1.2.3',
      root,
      cases: 'dist/*.js',
    });
  });

  it('knows a package that is linked by where it really is, as stacks do', async () => {
    const root = await install('packages/suite', { name: '@acme/suite', whitebox: { cases: '*.js' } });
    await mkdir(join(cwd, 'node_modules/@acme'), { recursive: true });
    await symlink('../../packages/suite', join(cwd, 'node_modules/@acme/suite'));
    expect(await findSuite('@acme/suite', cwd)).toMatchObject({ root });
  });

  it('finds a package in a folder above, as Node does', async () => {
    const root = await install('node_modules/suite', { name: 'suite', whitebox: { cases: '*.js' } });
    await mkdir(join(cwd, 'a/b'), { recursive: true });
    expect((await findSuite('suite', join(cwd, 'a/b'))).root).toBe(root);
  });

  it('takes a folder', async () => {
    const root = await install('my suite', { name: 'mine', whitebox: { cases: '*.js' } });
    expect((await findSuite('./my suite', cwd)).root).toBe(root);
    expect((await findSuite(root, tmpdir())).name).toBe('mine');
  });

  it('takes a folder without ./ before it, where no package of that name is installed', async () => {
    const root = await install('suites/mine', { name: 'mine', whitebox: { cases: '*.js' } });
    expect((await findSuite('suites/mine', cwd)).root).toBe(root);
    const installed = await install('node_modules/suites/mine', {
      name: 'other',
      whitebox: { cases: '*.js' },
    });
    expect((await findSuite('suites/mine', cwd)).root).toBe(installed);
  });

  it('says where it looked for a suite that is not there', async () => {
    await expect(findSuite('@acme/none', cwd)).rejects.toMatchObject({ code: 'WB_RUN_NO_SUITE' });
    await expect(findSuite('@acme/none', cwd)).rejects.toThrow(`neither in ${cwd} or above`);
    await expect(findSuite('./none', cwd)).rejects.toThrow(`no package.json in ${join(cwd, 'none')}`);
  });

  it.each([
    ['a package without cases', { name: 'suite' }, 'it has no "whitebox.cases"'],
    ['a broken package.json', '{', 'JSON'],
  ])('refuses %s', async (_, manifest, observed) => {
    await install('node_modules/suite', manifest);
    await expect(findSuite('suite', cwd)).rejects.toMatchObject({ code: 'WB_RUN_NOT_A_SUITE' });
    await expect(findSuite('suite', cwd)).rejects.toThrow(observed);
  });
});
