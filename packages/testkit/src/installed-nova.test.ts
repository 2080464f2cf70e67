import { FakeHost } from '@whitebox/host/testing';
import { novaRelease } from '@whitebox/openstack';
import { describe, expect, it } from 'vitest';
import { installedNova, releaseOf } from './installed-nova.js';

describe('installedNova', () => {
  const process = { pid: 4242, argv: ['/opt/venv/bin/python3', '/opt/venv/bin/nova-compute'] };
  const asked = ['nsenter', '--target', '4242', '--mount', '--', '/opt/venv/bin/python3', '-c'];

  it('asks the interpreter of the running process, where the process is', async () => {
    const machine = new FakeHost({ name: 'c' }).on(asked, '26.2.3.dev12\n');
    expect(await installedNova(machine, process)).toBe('26.2.3.dev12');
  });

  it.each([
    ['there is no such package', { exitCode: 1, stderr: 'PackageNotFoundError' }],
    ['something else answers', 'Usage: ...'],
  ])('knows nothing where %s', async (_, reply) => {
    expect(await installedNova(new FakeHost({ name: 'c' }).on(asked, reply), process)).toBeUndefined();
  });

  it('knows nothing of a process that does not say its interpreter', async () => {
    const machine = new FakeHost({ name: 'c' });
    expect(await installedNova(machine, { pid: 1, argv: ['nova-compute'] })).toBeUndefined();
  });
});

describe('releaseOf', () => {
  it.each([
    ['2.90', ['25.3.0', '25.3.0'], [25], 'yoga (Nova 25.3.0, compute API 2.90)'],
    ['2.93', ['26.2.2', undefined], [26], 'zed (Nova 26.2.2, compute API 2.93)'],
    // Half upgraded: what the oldest compute cannot do, the cloud cannot.
    ['2.95', ['27.1.0', '25.3.0'], [25], '2023.1 or 2023.2 (Nova 25.3.0 to 27.1.0, compute API 2.95)'],
    ['2.90', [undefined], [24, 25], 'xena or yoga (compute API 2.90)'],
    ['2.1', [], [], 'unknown (compute API 2.1)'],
  ])('compute API %s with computes %j: %j', (api, installed, majors, text) => {
    expect(releaseOf(novaRelease(api), installed)).toMatchObject({ majorVersions: majors, text });
  });
});
