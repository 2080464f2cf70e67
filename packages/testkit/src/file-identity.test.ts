import { FakeHost } from '@whitebox/host/testing';
import { expect, it } from 'vitest';
import { identityOf } from './file-identity.js';

it('is the number and the birth of a file', async () => {
  const host = new FakeHost().on('stat', () => '394 born 2026-11-23 01:40:47.155468057 +0000\n');
  expect(await identityOf(host, '/x')).toBe('394 born 2026-11-23 01:40:47.155468057 +0000');
});

it('is none of a file that is not there, and an error where that cannot be told', async () => {
  const host = new FakeHost();
  host.on(['stat', '--format', /.*/, '/gone'], () => ({
    exitCode: 1,
    stderr: "stat: cannot statx '/gone': No such file or directory",
  }));
  host.on(['stat', '--format', /.*/, '/hidden'], () => ({
    exitCode: 1,
    stderr: "stat: cannot statx '/hidden': Permission denied",
  }));
  expect(await identityOf(host, '/gone')).toBeUndefined();
  await expect(identityOf(host, '/hidden')).rejects.toMatchObject({ code: 'WB_HOST_COMMAND_FAILED' });
});
