import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigValues } from './config-values.js';

describe('ConfigValues', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'wb-config-'));
  });
  afterEach(async () => {
    await rm(home, { recursive: true, force: true });
  });

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  };
  const read = async (host: string, user?: string): Promise<ConfigValues> =>
    await ConfigValues.read(
      [{ path: join(home, '.ssh/config'), directory: join(home, '.ssh'), required: false }],
      { originalHost: host, user, localUser: 'me', home },
    );
  const port = async (host: string, user?: string): Promise<string | undefined> =>
    (await read(host, user)).first('Port');

  it('takes the first value of a keyword, whatever its case, and adds up identity files', async () => {
    await write(
      '.ssh/config',
      [
        'Host compute1',
        '  port=1',
        '  IdentityFile ~/a',
        'Host *',
        '  PORT 2',
        '  User "some one"',
        '  IdentityFile "~/b c"',
        '  IdentityFile ~/a',
      ].join('\n'),
    );
    const values = await read('compute1');
    expect(values.first('Port')).toBe('1');
    expect(values.first('user')).toBe('some one');
    expect(values.all('IdentityFile')).toEqual(['~/a', '~/b c']);
    expect(await port('compute2')).toBe('2');
  });

  it('knows patterns with negation', async () => {
    await write('.ssh/config', 'Host compute* !compute9 ctl-?\n Port 7\n');
    expect(await port('compute1')).toBe('7');
    expect(await port('ctl-1')).toBe('7');
    expect(await port('compute9')).toBeUndefined();
    expect(await port('ctl-12')).toBeUndefined();
    expect(await port('xcompute1')).toBeUndefined();
  });

  it('reads included files in place, by globs, also within a Host block', async () => {
    await write('.ssh/config', 'Include conf.d/*.conf ~/other\nHost a\n Include only-a\nHost *\n Port 9\n');
    await write('.ssh/conf.d/1.conf', 'Host one\n Port 1\n');
    await write('.ssh/conf.d/2.conf', 'Host one two\n Port 2\n');
    await write('.ssh/conf.d/.hidden.conf', 'Port 66\n');
    await write('.ssh/conf.d/readme', 'Port 66\n');
    await write('.ssh/only-a', 'Port 5\n');
    await write('other', 'Host three\n Port 3\n');
    expect(await port('one')).toBe('1');
    expect(await port('two')).toBe('2');
    expect(await port('three')).toBe('3');
    expect(await port('a')).toBe('5');
    expect(await port('b')).toBe('9');
  });

  it('gives up on files that include each other', async () => {
    await write('.ssh/config', 'Include config\n');
    await expect(read('x')).rejects.toMatchObject({ code: 'WB_SSH_CONFIG' });
  });

  it('knows Match by host, originalhost, user, localuser, all and final', async () => {
    await write(
      '.ssh/config',
      [
        'Match originalhost alias',
        '  HostName real.example',
        'Match host *.example user stack,root',
        '  Port 1',
        'Match host *.example localuser me !user nobody',
        '  Port 2',
        'Match final host late.example',
        '  Port 4',
        'Match originalhost late',
        '  HostName late.example',
        '  Port 5',
        'Match all',
        '  Port 3',
      ].join('\n'),
    );
    expect(await port('alias', 'stack')).toBe('1');
    expect(await port('alias', 'else')).toBe('2');
    expect(await port('alias', 'nobody')).toBe('3');
    expect(await port('foreign')).toBe('3');
    // Only a second look knows the name to which it leads, and then the first look has said 2 already.
    expect(await port('late', 'nobody')).toBe('5');
  });

  it('compares hosts for Match in any case, for Host as they are written', async () => {
    const config =
      'Match originalhost compute1\n User a\nMatch host COMPUTE1\n User c\nHost compute1\n Port 1\n';
    await write('.ssh/config', config);
    const values = await read('Compute1');
    expect(values.first('User')).toBe('a');
    expect(values.first('Port')).toBeUndefined();
  });

  it('takes no HostName from the final pass: by then it is decided where to connect', async () => {
    await write('.ssh/config', 'Match final\n HostName 192.0.2.9\n Port 2\n');
    const values = await read('compute1');
    expect(values.first('Port')).toBe('2');
    expect(values.first('HostName')).toBe('%h');
  });

  it('refuses Match exec instead of guessing, but only where it counts', async () => {
    await write('.ssh/config', 'Match originalhost vpn exec "true"\n Port 1\nHost *\n Port 2\n');
    expect(await port('compute1')).toBe('2');
    await expect(read('vpn')).rejects.toMatchObject({
      code: 'WB_SSH_CONFIG',
      message: expect.stringContaining('Match exec') as string,
    });
  });

  it('says which file cannot be read', async () => {
    await mkdir(join(home, '.ssh/config'), { recursive: true });
    await expect(
      ConfigValues.read([{ path: join(home, 'absent'), directory: home, required: true }], {
        originalHost: 'x',
        localUser: 'me',
        home,
      }),
    ).rejects.toThrow(join(home, 'absent'));
  });
});
