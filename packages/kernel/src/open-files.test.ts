import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalHost } from '@whitebox/host';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileIdentity, readOpenFiles } from './open-files.js';

describe.runIf(process.platform === 'linux')('readOpenFiles', () => {
  const host = new LocalHost();
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-files-'));
    await writeFile(join(folder, 'disk one'), 'x');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('tells the files that a process has open, a deleted one too', async () => {
    const path = join(folder, 'disk one');
    const file = await open(path);
    const child = spawn('sleep', ['600'], { stdio: ['ignore', file.fd, 'ignore'] });
    await once(child, 'spawn');
    await file.close();
    try {
      const identity = await fileIdentity(host, path);
      expect(identity).toMatch(/^\d+:\d+$/);
      const target = { pid: child.pid ?? 0 };
      expect(await readOpenFiles(host, target)).toEqual([{ identity, links: 1 }]);

      // Another file of that name is another file.
      await writeFile(join(folder, 'other'), 'y');
      await rename(join(folder, 'other'), path);
      expect(await fileIdentity(host, path)).not.toBe(identity);
      expect(await readOpenFiles(host, target)).toEqual([{ identity, links: 0 }]);
    } finally {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
  });

  it('knows when there is no such file', async () => {
    expect(await fileIdentity(host, join(folder, 'none'))).toBeUndefined();
  });

  it('passes on any other error', async () => {
    await expect(fileIdentity(host, join(folder, 'disk one', 'below'))).rejects.toThrow('Not a directory');
  });
});
