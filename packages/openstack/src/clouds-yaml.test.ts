import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reveal } from './auth/reveal.js';
import { credentialsFromCloudsYaml } from './clouds-yaml.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clouds-yaml-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const lab = `
clouds:
  lab:
    auth:
      auth_url: http://cloud:5000/v3
      username: admin
      password: secret
      project_name: demo
      user_domain_id: default
      project_domain_name: Projects
    region_name: RegionOne
    interface: internal
    cacert: ~/ca.pem
    compute_endpoint_override: http://other:8774/v2.1
    identity_api_version: 3
`;

describe('credentialsFromCloudsYaml', () => {
  test('reads a cloud with a password, its scope and its connection', async () => {
    const credentials = await credentialsFromCloudsYaml({ file: await write('clouds.yaml', lab) });
    expect(credentials).toMatchObject({
      authUrl: 'http://cloud:5000/v3',
      proof: { kind: 'password', user: { name: 'admin', domain: { id: 'default' } } },
      scope: { kind: 'project', project: { name: 'demo', domain: { name: 'Projects' } } },
      regionName: 'RegionOne',
      interface: 'internal',
      endpointOverrides: { compute: 'http://other:8774/v2.1' },
      tls: { caFile: join(homedir(), 'ca.pem') },
    });
    expect(credentials.tls?.verify).toBeUndefined();
    expect(credentials.proof.kind === 'password' && reveal(credentials.proof.password)).toBe('secret');
  });

  test('lays the values of the region over those of the cloud', async () => {
    const text = `
clouds:
  lab:
    interface: public
    auth: { auth_url: 'http://one', user_id: u, password: p, project_id: x }
    regions:
      - name: one
      - name: two
        values: { interface: internal, auth: { auth_url: 'http://two' } }
`;
    const read = async (region: string) =>
      credentialsFromCloudsYaml({
        file: await write('clouds.yaml', text.replace('interface: public', `region_name: ${region}`)),
      });
    expect(await read('one')).toMatchObject({ authUrl: 'http://one', regionName: 'one' });
    expect(await read('two')).toMatchObject({
      authUrl: 'http://two',
      regionName: 'two',
      interface: 'internal',
      proof: { user: { id: 'u' } },
    });
    const only = text.replace('      - name: one\n', '');
    expect(await credentialsFromCloudsYaml({ file: await write('clouds.yaml', only) })).toMatchObject({
      authUrl: 'http://two',
      regionName: 'two',
      interface: 'internal',
    });
  });

  test('is YAML 1.1: merge keys merge, "no" is false, digits stay text', async () => {
    const file = await write(
      'clouds.yaml',
      `
base: &base
  auth_url: https://cloud/identity
  user_domain_name: Default
clouds:
  a:
    auth: { <<: *base, username: u, password: 0123, project_id: 12345678901234567890123456789e12 }
    verify: no
`,
    );
    const credentials = await credentialsFromCloudsYaml({ file, cloud: 'a' });
    expect(credentials.authUrl).toBe('https://cloud/identity');
    expect(credentials.tls?.verify).toBe(false);
    expect(credentials.proof.kind === 'password' && reveal(credentials.proof.password)).toBe('0123');
    expect(credentials.scope).toEqual({
      kind: 'project',
      project: { id: '12345678901234567890123456789e12' },
    });
  });

  test('lays secure.yaml of the same directory over it', async () => {
    const file = await write(
      'clouds.yaml',
      'clouds: {a: {auth_type: v3applicationcredential, auth: {auth_url: "http://c", application_credential_id: abc}}}',
    );
    await write('secure.yaml', 'clouds: {a: {auth: {application_credential_secret: hidden-one}}}');
    const { proof, scope } = await credentialsFromCloudsYaml({ file });
    expect(proof).toMatchObject({ kind: 'application-credential', id: 'abc' });
    expect(proof.kind === 'application-credential' && reveal(proof.secret)).toBe('hidden-one');
    expect(scope).toEqual({ kind: 'unscoped' });
  });

  test('takes the first file of the search path', async () => {
    await write('second/clouds.yaml', lab.replace('lab:', 'second:'));
    await write('third/clouds.yaml', lab.replace('lab:', 'third:'));
    const searchPath = ['first', 'second', 'third'].map((name) => join(folder, name));
    expect((await credentialsFromCloudsYaml({ searchPath })).source).toBe(
      `cloud "second" of ${join(folder, 'second/clouds.yaml')}`,
    );
  });

  test.each([
    ['auth_type: token', 'token: tok-1234', { kind: 'token' }],
    ['auth_type: v3token', 'token: tok-1234', { kind: 'token' }],
    ['x: 1', 'token: tok-1234', { kind: 'token' }],
    [
      'x: 1',
      'application_credential_secret: s, application_credential_id: i',
      { kind: 'application-credential', id: 'i' },
    ],
    [
      'x: 1',
      'application_credential_secret: s, application_credential_name: n, username: u, user_domain_id: d',
      { kind: 'application-credential', name: 'n', user: { name: 'u', domain: { id: 'd' } } },
    ],
    ['x: 1', 'user_id: u, password: p', { kind: 'password', user: { id: 'u' } }],
  ])('%s, %s', async (top, auth, expected) => {
    const file = await write('clouds.yaml', `clouds: {a: {${top}, auth: {auth_url: "http://c", ${auth}}}}`);
    expect((await credentialsFromCloudsYaml({ file })).proof).toMatchObject(expected);
  });

  test.each([
    ['system_scope: all', { kind: 'system' }],
    ['domain_name: d', { kind: 'domain', domain: { name: 'd' } }],
    ['project_id: p', { kind: 'project', project: { id: 'p' } }],
    [
      'project_name: p, default_domain: dd',
      { kind: 'project', project: { name: 'p', domain: { id: 'dd' } } },
    ],
    ['x: 1', { kind: 'unscoped' }],
  ])('scope of %s', async (auth, expected) => {
    const text = `clouds: {a: {auth: {auth_url: "http://c", user_id: u, password: p, ${auth}}}}`;
    expect((await credentialsFromCloudsYaml({ file: await write('clouds.yaml', text) })).scope).toEqual(
      expected,
    );
  });

  test.each([
    ['clouds: {a: {}, b: {}}', undefined, /2 clouds: a, b.*Say which/s],
    ['clouds: {a: {}, b: {}}', 'c', /no cloud "c"; it has a, b/],
    ['clouds: {a: {auth: {auth_url: x, username: u}}}', 'a', /password is missing/],
    ['clouds: {a: {auth: {username: u, password: p, user_domain_id: d}}}', 'a', /auth_url is missing/],
    ['clouds: {a: {auth: {username: u}}}', 'a', /auth_url is missing/],
    [
      'clouds: {a: {auth: {auth_url: x, username: u, password: p}}}',
      'a',
      /name but no domain.*user_domain_id/s,
    ],
    [
      'clouds: {a: {auth: {auth_url: x, user_id: u, password: yes}}}',
      'a',
      /auth\.password is not text.*quotes/s,
    ],
    ['clouds: {a: {profile: vexxhost, auth: {user_id: u, password: p}}}', 'a', /vendor profile/],
    ['clouds: {a: {auth_type: v3kerberos, auth: {auth_url: x}}}', 'a', /auth_type is "v3kerberos"/],
    ['clouds: {a: {identity_api_version: 2, auth: {auth_url: x}}}', 'a', /identity_api_version is 2/],
    [
      'clouds: {a: {interface: publik, auth: {auth_url: x, user_id: u, password: p}}}',
      'a',
      /interface is "publik"/,
    ],
    ['clouds: {a: {regions: [x, y], auth: {auth_url: x, user_id: u, password: p}}}', 'a', /2 regions: x, y/],
    ['- a', undefined, /no mapping at the top/],
  ])('refuses %s', async (text, cloud, message) => {
    const error: unknown = await credentialsFromCloudsYaml({
      file: await write('clouds.yaml', text),
      cloud,
    }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_CREDENTIALS',
      message: expect.stringMatching(message) as string,
    });
  });

  test('tells where the YAML is broken, without the line that may have the password', async () => {
    const file = await write('clouds.yaml', 'clouds:\n  a:\n    auth: {password: "hush-hush\n');
    const error: unknown = await credentialsFromCloudsYaml({ file }).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/not YAML at line \d+, column \d+/);
    expect(JSON.stringify(error) + String(error)).not.toContain('hush-hush');
  });

  test('names the places where it looked in vain', async () => {
    await expect(credentialsFromCloudsYaml({ searchPath: [join(folder, 'nowhere')] })).rejects.toThrow(
      join(folder, 'nowhere/clouds.yaml'),
    );
    await expect(credentialsFromCloudsYaml({ file: join(folder, 'absent.yaml') })).rejects.toThrow(
      /absent\.yaml: there is no such file\n {2}Correct the path/,
    );
  });
});
