import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@whitebox/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { KnownOption } from './option-finder.js';
import { writeOptions } from './write-options.js';

const known: readonly KnownOption[] = [
  {
    group: 'whitebox-hardware',
    key: 'configured_hugepage_sizes',
    value: [2048, 1_048_576],
    kind: 'found',
    origin: 'found from the kernel',
    note: undefined,
  },
];

async function file(content?: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'write-options-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'tempest.conf');
  if (content !== undefined) await writeFile(path, content, { mode: 0o640 });
  return path;
}

describe('writeOptions', () => {
  it('makes a file that only its owner may read and that says what was found', async () => {
    const path = await file();
    await writeOptions(path, known);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const config = await loadConfig({ tempestConf: path });
    expect(config.get('whitebox-hardware', 'configured_hugepage_sizes')).toEqual([2048, 1_048_576]);
    const again = await writeOptions(path, known);
    expect(again.map(({ outcome }) => outcome)).toEqual(['same']);
    expect(await readdir(join(path, '..'))).toEqual(['tempest.conf']);
  });

  it('takes the spelling of a value for the value, and keeps the mode of a file', async () => {
    const text = '[whitebox-hardware]\nconfigured_hugepage_sizes = 2048 , 1048576,\n';
    const path = await file(text);
    expect((await writeOptions(path, known))[0]?.outcome).toBe('same');
    expect(await readFile(path, 'utf8')).toBe(text);
    const other = await file('[whitebox-hardware]\nconfigured_hugepage_sizes = 2048\n');
    expect((await writeOptions(other, known))[0]?.outcome).toBe('conflict');
    expect((await writeOptions(other, known, { replace: true }))[0]?.outcome).toBe('replaced');
    expect((await stat(other)).mode & 0o777).toBe(0o640);
  });

  it('touches no file that is wrong', async () => {
    const text = '[whitebox]\nno_such_option = 1\n';
    const path = await file(text);
    await expect(writeOptions(path, known)).rejects.toMatchObject({ code: 'WB_CONFIG_UNKNOWN_OPTION' });
    expect(await readFile(path, 'utf8')).toBe(text);
  });
});
