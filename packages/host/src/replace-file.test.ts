import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFileByExec } from './files-by-exec.js';
import { LocalHost } from './local-host.js';
import type { Completed, ExecOptions } from './host.js';

const isRoot = process.getuid?.() === 0;

/** Whether files here can carry a label, as on a machine with SELinux. */
function labelsWork(): boolean {
  if (!isRoot) return false;
  try {
    const script = 'f=$(mktemp) && chcon system_u:object_r:etc_t:s0 "$f" && stat -c %C "$f" && rm -f "$f"';
    return execFileSync('sh', ['-c', script], { encoding: 'utf8', stdio: 'pipe' }).includes('etc_t');
  } catch {
    return false;
  }
}

describe('replaceFile', () => {
  const host = new LocalHost();
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wb-replace-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it.skipIf(!isRoot)('keeps owner and group, and special bits of the mode (needs root)', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'old');
    await chown(path, 12345, 54321);
    await chmod(path, 0o4750);
    await host.replaceFile(path, Buffer.from('new'));
    const { uid, gid, mode } = await stat(path);
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 12345, gid: 54321, mode: 0o4750 });
  });

  it.skipIf(!labelsWork())('keeps the SELinux label (needs root and security labels)', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'old');
    execFileSync('chcon', ['system_u:object_r:nova_etc_t:s0', path]);
    await host.replaceFile(path, Buffer.from('new'));
    expect(execFileSync('stat', ['-c', '%C', path], { encoding: 'utf8' })).toBe(
      'system_u:object_r:nova_etc_t:s0\n',
    );
  });

  it.skipIf(!isRoot)(
    'leaves the old file and nothing else on a full disk (needs root, for a mount)',
    async () => {
      const mount = join(directory, 'small');
      await mkdir(mount);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'wb-small', mount]);
      try {
        const path = join(mount, 'file');
        await host.replaceFile(path, Buffer.from('old'));
        await expect(host.replaceFile(path, Buffer.alloc(200_000, 'x'))).rejects.toMatchObject({
          code: 'WB_HOST_NO_SPACE',
        });
        expect(await readFile(path, 'utf8')).toBe('old');
        expect(await readdir(mount)).toEqual(['file']);
        execFileSync('mount', ['-o', 'remount,ro', mount]);
        await expect(host.replaceFile(path, Buffer.from('x'))).rejects.toMatchObject({
          code: 'WB_HOST_READ_ONLY',
        });
        expect(await readdir(mount)).toEqual(['file']);
      } finally {
        execFileSync('umount', [mount]);
      }
    },
  );

  it.skipIf(!isRoot)(
    'says that it may not, for a user who may not (needs root, to become another user)',
    async () => {
      // The same script as everywhere, run by nobody.
      const nobody = {
        name: 'nobody',
        exec: (argv: readonly string[], options?: ExecOptions): Promise<Completed> =>
          host.exec(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv], options),
      };
      const path = join(directory, 'file');
      await writeFile(path, 'old');
      const denied = { code: 'WB_HOST_DENIED' };
      await chmod(directory, 0o755);
      await expect(replaceFileByExec(nobody, path, Buffer.from('new'))).rejects.toMatchObject(denied);
      // Where the directory allows it, the owner cannot be kept: then the file stays as it is.
      await chmod(directory, 0o777);
      await expect(replaceFileByExec(nobody, path, Buffer.from('new'))).rejects.toMatchObject(denied);
      await chmod(directory, 0o700);
      await expect(replaceFileByExec(nobody, path, Buffer.from('new'))).rejects.toMatchObject(denied);
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await readdir(directory)).toEqual(['file']);
    },
  );

  it.skipIf(!isRoot)(
    'says that a mount point cannot be replaced, as in containers (needs root, for a mount)',
    async () => {
      const path = join(directory, 'bound');
      await writeFile(path, 'old');
      execFileSync('mount', ['--bind', path, path]);
      try {
        await expect(host.replaceFile(path, Buffer.from('new'))).rejects.toMatchObject({
          code: 'WB_HOST_FAILED',
          advice: expect.stringContaining('bound into a container') as string,
        });
      } finally {
        execFileSync('umount', [path]);
      }
      expect(await readdir(directory)).toEqual(['bound']);
    },
  );

  it('never shows a part of the content to a reader', async () => {
    const path = join(directory, 'file');
    const old = Buffer.alloc(300_000, 'a');
    const other = Buffer.alloc(300_000, 'b');
    await writeFile(path, old);
    const state = { over: false };
    const writing = (async () => {
      for (let round = 0; round < 10; round += 1) await host.replaceFile(path, round % 2 === 0 ? other : old);
      state.over = true;
    })();
    while (!state.over) {
      const seen = await readFile(path);
      expect(seen.equals(old) || seen.equals(other)).toBe(true);
    }
    await writing;
  });

  it('does not take the end of a broken connection for the end of the content', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'old');
    const cut = {
      name: 'cut',
      exec: (argv: readonly string[], options: ExecOptions = {}): Promise<Completed> =>
        host.exec(argv, { ...options, stdin: 'half' }),
    };
    await expect(replaceFileByExec(cut, path, Buffer.from('half and half'))).rejects.toMatchObject({
      code: 'WB_HOST_FAILED',
      observed: expect.stringContaining('not all of the content arrived') as string,
    });
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('leaves nothing behind when it is given up in the middle', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'old');
    const slow = {
      name: 'slow',
      exec: (argv: readonly string[], options: ExecOptions = {}): Promise<Completed> =>
        host.exec(argv, {
          ...options,
          stdin: new Readable({
            read() {
              // Never comes.
            },
          }),
        }),
    };
    await expect(replaceFileByExec(slow, path, Buffer.from('new'), { timeoutMs: 500 })).rejects.toMatchObject(
      { code: 'WB_HOST_TIMEOUT' },
    );
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['file']);
  });

  it('gives up on links that lead in a circle, and follows one that leads to no file yet', async () => {
    await symlink('b', join(directory, 'a'));
    await symlink('a', join(directory, 'b'));
    await expect(host.replaceFile(join(directory, 'a'), Buffer.from('x'))).rejects.toMatchObject({
      code: 'WB_HOST_NO_FILE',
    });
    await symlink('later', join(directory, 'link'));
    await host.replaceFile(join(directory, 'link'), Buffer.from('x'));
    expect(await readFile(join(directory, 'later'), 'utf8')).toBe('x');
  });

  it('refuses devices and pipes', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    for (const path of [join(directory, 'pipe'), '/dev/null']) {
      await expect(host.replaceFile(path, Buffer.from('x'))).rejects.toMatchObject({
        code: 'WB_HOST_NOT_A_FILE',
      });
      await expect(host.readFile(path)).rejects.toMatchObject({ code: 'WB_HOST_NOT_A_FILE' });
    }
  });

  it('leaves other hard links with the old content, as it says', async () => {
    const path = join(directory, 'file');
    await writeFile(path, 'old');
    await link(path, join(directory, 'other'));
    await host.replaceFile(path, Buffer.from('new'));
    expect(await readFile(join(directory, 'other'), 'utf8')).toBe('old');
  });

  it.skipIf(!existsSync('/usr/bin/busybox'))(
    'works with busybox as well (needs /usr/bin/busybox)',
    async () => {
      // Containers often have nothing else.
      const applets = join(directory, 'applets');
      await mkdir(applets);
      const tools = ['sh', 'readlink', 'stat', 'cat', 'chown', 'chmod', 'sync', 'mv', 'rm', 'ls'];
      for (const tool of tools) await symlink('/usr/bin/busybox', join(applets, tool));
      const small = {
        name: 'small',
        exec: ([, ...rest]: readonly string[], options: ExecOptions = {}): Promise<Completed> =>
          host.exec([join(applets, 'sh'), ...rest], { ...options, env: { PATH: applets } }),
      };
      const path = join(directory, 'a file');
      await writeFile(path, 'old');
      await chmod(path, 0o640);
      await replaceFileByExec(small, path, Buffer.from('new'));
      expect(await readFile(path, 'utf8')).toBe('new');
      expect((await stat(path)).mode & 0o777).toBe(0o640);
    },
  );
});
