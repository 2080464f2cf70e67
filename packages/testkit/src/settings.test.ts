import { loadConfig } from '@whitebox/config';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loginOf, usableMicroversion } from './settings.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'settings-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function login(whitebox: string, keyIsThere: boolean) {
  const tempestConf = join(folder, 'tempest.conf');
  await writeFile(tempestConf, `[whitebox]\n${whitebox}`);
  return loginOf(await loadConfig({ tempestConf }), () => Promise.resolve(keyIsThere));
}

const undercloudKey = '/home/stack/.ssh/id_rsa';

describe('who logs in', () => {
  it.each([
    ['nothing is said on an undercloud', '', true, 'heat-admin', undercloudKey],
    ['nothing is said elsewhere', '', false, undefined, undefined],
    ['the user is said', 'ctlplane_ssh_username = me', false, 'me', undefined],
    ['the user is said on an undercloud', 'ctlplane_ssh_username = me', true, 'me', undercloudKey],
    ['the key is said', 'ctlplane_ssh_private_key_path = /k', false, 'heat-admin', '/k'],
  ])('where %s', async (_, whitebox, keyIsThere, user, identityFile) => {
    expect(await login(whitebox, keyIsThere)).toEqual({ user, identityFile });
  });
});

describe('the highest microversion', () => {
  it.each([
    [undefined, '2.93', '2.93'],
    ['latest', '2.93', '2.93'],
    ['2.60', '2.93', '2.60'],
    ['2.100', '2.93', '2.93'],
  ])('where %s is said and %s is found is %s', (said, found, expected) => {
    expect(usableMicroversion(said, found)).toBe(expected);
  });
});
