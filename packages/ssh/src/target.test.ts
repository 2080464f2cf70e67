import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDestination } from './destination.js';
import type { SshOptions } from './options.js';
import { resolveTarget, type Target } from './target.js';

describe('resolveTarget', () => {
  let directory: string;
  let configFile: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wb-target-'));
    configFile = join(directory, 'config');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const resolve = async (config: string, destination: string, options: SshOptions = {}): Promise<Target> => {
    await writeFile(configFile, config);
    return await resolveTarget(parseDestination(destination), { configFile, agent: false, ...options });
  };

  it('has defaults like ssh', async () => {
    const target = await resolve('', 'compute1');
    expect(target).toMatchObject({
      name: 'compute1',
      address: 'compute1',
      port: 22,
      user: userInfo().username,
      hostKeys: 'verify',
      hostKeyAlias: undefined,
      jump: undefined,
      keepaliveIntervalMs: 15_000,
    });
    expect(target.knownHostsFiles[0]).toBe(`${homedir()}/.ssh/known_hosts`);
    expect(target.identityFiles[0]).toEqual({ path: `${homedir()}/.ssh/id_ed25519`, required: false });
  });

  it('puts the name that was given, or the alias of its host key, in place of %k', async () => {
    const config = 'HostName 192.0.2.1\nUserKnownHostsFile /kh/%k\n';
    expect((await resolve(config, 'compute1')).knownHostsFiles[0]).toBe('/kh/compute1');
    const aliased = await resolve(`${config}HostKeyAlias cluster\n`, 'compute1');
    expect(aliased.knownHostsFiles[0]).toBe('/kh/cluster');
  });

  it('takes what the configuration says', async () => {
    const config = [
      'Host compute1',
      '  HostName %h.example',
      '  Port 2222',
      '  User stack',
      '  IdentityFile ~/keys/%r@%h:%p-%n-%%',
      '  IdentityFile ${HOME}/x',
      '  UserKnownHostsFile ~/kh1 "/k h/2"',
      '  GlobalKnownHostsFile /g1 /g2',
      '  StrictHostKeyChecking accept-new',
      '  HostKeyAlias cluster',
      '  RevokedHostKeys ~/revoked-%h',
      '  ServerAliveInterval 7',
      '  ServerAliveCountMax 2',
      '  ConnectTimeout 1m5s',
      '  ProxyJump jump@bastion:2200,inner',
      '  IdentitiesOnly yes',
      '  AddressFamily inet6',
      '  CertificateFile ~/x-cert.pub',
    ].join('\n');
    expect(await resolve(config, 'compute1')).toMatchObject({
      name: 'compute1',
      address: 'compute1.example',
      port: 2222,
      user: 'stack',
      identityFiles: [
        { path: `${homedir()}/keys/stack@compute1.example:2222-compute1-%`, required: false },
        { path: `${process.env['HOME'] ?? ''}/x`, required: false },
      ],
      knownHostsFiles: [`${homedir()}/kh1`, '/k h/2', '/g1', '/g2'],
      hostKeys: 'accept-new',
      hostKeyAlias: 'cluster',
      revokedKeysFile: `${homedir()}/revoked-compute1.example`,
      keepaliveIntervalMs: 7000,
      keepaliveCountMax: 2,
      connectTimeoutMs: 65_000,
      jump: 'jump@bastion:2200,inner',
      identitiesOnly: true,
      family: 6,
      ignored: ['CertificateFile'],
    });
  });

  it('lets destination and options win', async () => {
    const config = 'Host *\n User a\n Port 1\n IdentityFile /k\n ProxyJump b\n StrictHostKeyChecking no\n';
    expect(await resolve(config, 'u@h:2')).toMatchObject({ user: 'u', port: 2, hostKeys: 'accept-any' });
    const options = {
      user: 'x',
      port: 3,
      identityFiles: ['/mine'],
      jump: false,
      hostKeys: 'verify',
      knownHostsFiles: ['/kh'],
      address: '192.0.2.1',
    } as const;
    expect(await resolve(config, 'u@h:2', options)).toMatchObject({
      user: 'x',
      port: 3,
      identityFiles: [{ path: '/mine', required: true }],
      jump: undefined,
      hostKeys: 'verify',
      knownHostsFiles: ['/kh'],
      address: '192.0.2.1',
    });
  });

  it('finds the agent when it connects: option, IdentityAgent, SSH_AUTH_SOCK', async () => {
    const before = process.env['SSH_AUTH_SOCK'];
    process.env['SSH_AUTH_SOCK'] = '/tmp/agent-of-environment';
    try {
      const agent = async (config: string, option?: string | false): Promise<string | undefined> =>
        (await resolve(config, 'h', { agent: option })).agent;
      expect(await agent('')).toBe('/tmp/agent-of-environment');
      expect(await agent('IdentityAgent SSH_AUTH_SOCK')).toBe('/tmp/agent-of-environment');
      expect(await agent('IdentityAgent ~/a b')).toBe(`${homedir()}/a b`);
      expect(await agent('IdentityAgent none')).toBeUndefined();
      expect(await agent('IdentityAgent ~/a', '/explicit')).toBe('/explicit');
      expect(await agent('', false)).toBeUndefined();
    } finally {
      if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = before;
    }
  });

  it('refuses ProxyCommand, unless a jump host is given or it is none', async () => {
    const config = 'Host a\n ProxyCommand nc %h %p\nHost b\n ProxyCommand none\n';
    await expect(resolve(config, 'a')).rejects.toMatchObject({
      code: 'WB_SSH_CONFIG',
      message: expect.stringContaining('ProxyCommand (nc %h %p) is not supported') as string,
    });
    expect((await resolve(config, 'a', { jump: 'c' })).jump).toBe('c');
    expect((await resolve(config, 'b')).jump).toBeUndefined();
  });

  it('refuses values that make no sense', async () => {
    await expect(resolve('Port many', 'a')).rejects.toThrow('Port many is not a number');
    await expect(resolve('ConnectTimeout soon', 'a')).rejects.toThrow('ConnectTimeout soon is not a time');
    await expect(resolve('IdentityFile ~/%T', 'a')).rejects.toThrow('%T');
    await expect(resolve('IdentityFile ${WB_NOT_SET_ANYWHERE}', 'a')).rejects.toThrow('WB_NOT_SET_ANYWHERE');
    await expect(resolve('', 'a', { configFile: join(directory, 'absent') })).rejects.toThrow('absent');
  });
});
