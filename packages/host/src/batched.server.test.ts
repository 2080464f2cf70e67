import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { batched } from './batched.js';
import type { Host } from './host.js';
import { LocalHost } from './local-host.js';

function counted(): { readonly host: Host; readonly rounds: () => number } {
  const local = new LocalHost();
  let rounds = 0;
  const host: Host = {
    name: 'here',
    exec: (argv, options) => {
      rounds += 1;
      return local.exec(argv, options);
    },
    readFile: (path, options) => local.readFile(path, options),
    replaceFile: (path, bytes, options) => local.replaceFile(path, bytes, options),
    dial: (endpoint, options) => local.dial(endpoint, options),
  };
  return { host: batched(host), rounds: () => rounds };
}

describe('batched', () => {
  it('runs what is asked for at the same time in one round trip, each with its own answer', async () => {
    const { host, rounds } = counted();
    const all = await Promise.all([
      host.exec(['sh', '-c', 'echo out; echo err >&2; exit 3']),
      host.exec(['printf', '%s', "a 'quoted' $(id) word\n"]),
      host.exec(['sh', '-c', 'printf "$LC_ALL"'], { env: { LC_ALL: 'C.UTF-8' } }),
      host.exec(['true']),
      host.exec(['sh', '-c', 'cat; echo no newline at the end >&2; printf =7']),
    ]);
    expect(rounds()).toBe(1);
    expect(all.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr])).toEqual([
      [3, 'out\n', 'err\n'],
      [0, "a 'quoted' $(id) word\n", ''],
      [0, 'C.UTF-8', ''],
      [0, '', ''],
      [0, '=7', 'no newline at the end\n'],
    ]);
  });

  it('brings files back byte by byte, also large ones', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'batched-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256));
    await writeFile(join(folder, 'file'), bytes);
    const { host, rounds } = counted();
    const [one, missing] = await Promise.all([
      host.readFile(join(folder, 'file')),
      host.readFile(join(folder, 'none')).catch((error: unknown) => error),
    ]);
    expect(rounds()).toBe(1);
    expect(Buffer.from(one).equals(bytes)).toBe(true);
    expect(missing).toMatchObject({ code: 'WB_HOST_NO_FILE' });
  });

  it('brings the same back from a machine without gzip', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'batched-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const name of ['sh', 'cat', 'base64', 'tr', 'printf', 'env'])
      await symlink(`/usr/bin/${name}`, join(folder, name));
    const local = new LocalHost();
    const zipped: boolean[] = [];
    const reading = (path: string | undefined): Host => ({
      name: 'here',
      exec: (argv, options = {}) =>
        local.exec(argv, {
          ...options,
          env: path === undefined ? {} : { PATH: path },
          onStdout: (chunk) => {
            zipped.push(chunk[0] === 0x1f);
            return options.onStdout?.(chunk);
          },
        }),
      readFile: (file, options) => local.readFile(file, options),
      replaceFile: (file, bytes, options) => local.replaceFile(file, bytes, options),
      dial: (endpoint, options) => local.dial(endpoint, options),
    });
    const ask = async (path: string | undefined): Promise<string[]> => {
      const host = batched(reading(path));
      const all = await Promise.all([
        host.exec(['printf', '%s', 'no line break']),
        host.exec(['sh', '-c', 'echo to both; echo said >&2; exit 7']),
      ]);
      return all.map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout} ${stderr}`);
    };
    expect(await ask(folder)).toEqual(['0 no line break ', '7 to both\n said\n']);
    expect(zipped).not.toContain(true);
    expect(await ask(undefined)).toEqual(await ask(folder));
    expect(zipped).toContain(true);
  });

  it('says of a program that is missing what the machine says', async () => {
    const { host } = counted();
    const [gone, fine] = await Promise.allSettled([
      host.exec(['whitebox-no-such-program']),
      host.exec(['true']),
    ]);
    expect(gone).toMatchObject({ status: 'rejected', reason: { code: 'WB_HOST_NOT_FOUND' } });
    expect(fine.status).toBe('fulfilled');
  });

  it('keeps what has a signal of its own apart, and gives all of them up together', async () => {
    const { host, rounds } = counted();
    const stop = new AbortController();
    const slow = [1, 2].map(() => host.exec(['sleep', '60'], { signal: stop.signal }));
    const quick = await Promise.all([host.exec(['echo', 'a']), host.exec(['echo', 'b'])]);
    stop.abort();
    expect(quick.map(({ stdout }) => stdout)).toEqual(['a\n', 'b\n']);
    for (const each of slow) await expect(each).rejects.toMatchObject({ code: 'WB_HOST_ABORTED' });
    expect(rounds()).toBe(2);
  });

  it('sends a command with input, and one that is alone, as it is', async () => {
    const { host, rounds } = counted();
    expect((await host.exec(['cat'], { stdin: 'x' })).stdout).toBe('x');
    expect((await host.exec(['echo', 'alone'])).stdout).toBe('alone\n');
    expect(rounds()).toBe(2);
  });
});
