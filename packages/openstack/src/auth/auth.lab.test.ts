import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readLab } from '@whitebox/lab';
import { beforeAll, describe, expect, test } from 'vitest';
import { credentialsFromCloudsYaml } from '../clouds-yaml.js';
import { Fields } from '../json.js';
import { OpenStack } from '../openstack.js';
import { connectLab, Undo } from '../testing/lab-cloud.js';
import type { Credentials } from './credentials.js';
import { credentialsFromEnvironment } from './environment.js';
import { identityUrl } from './identity.js';
import { credentialsFromTempest } from './tempest.js';

let lab: Awaited<ReturnType<typeof readLab>>;
let password: Credentials;
beforeAll(async () => {
  lab = await readLab();
  password = await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud });
});

/** That somebody is logged in well enough to list servers. */
async function expectToWork(credentials: Credentials): Promise<void> {
  await using cloud = await OpenStack.connect(credentials);
  expect((await cloud.session.token()).projectName).toBe('admin');
  expect(await cloud.compute.servers.list()).toBeInstanceOf(Array);
}

describe('logging in to a real Keystone', () => {
  test('with the password of clouds.yaml', async () => {
    await expectToWork(password);
  });

  test('with the variables of the openrc', async () => {
    const script = 'set -a; . "$1"; env -0';
    const { stdout } = await promisify(execFile)('env', [
      '-i',
      'bash',
      '-c',
      script,
      'openrc',
      lab.files.openrc,
    ]);
    const variables = stdout.split('\0').map((line) => line.split(/=(.*)/s));
    await expectToWork(
      credentialsFromEnvironment(
        Object.fromEntries(variables.map(([name, value]) => [name ?? '', value] as const)),
      ),
    );
  });

  test('with the administrator of tempest.conf', async () => {
    const text = await readFile(lab.files.tempestConf, 'utf8');
    const option = (name: string) => new RegExp(`^${name}\\s*=\\s*(.*)$`, 'm').exec(text)?.[1];
    await expectToWork(
      credentialsFromTempest({
        auth: {
          adminUsername: option('admin_username'),
          adminPassword: option('admin_password'),
          adminProjectName: option('admin_project_name'),
          adminDomainName: option('admin_domain_name'),
        },
        identity: { uriV3: option('uri_v3'), region: option('region') },
      }),
    );
  });

  test('with an application credential, by id and by name', async () => {
    await using undo = new Undo();
    const cloud = await connectLab(lab);
    undo.add(() => cloud.close());
    const { userId, userName } = await cloud.session.token();
    const url = `${identityUrl(password.authUrl)}/users/${userId}/application_credentials`;
    const name = `openstack-test-${Date.now()}`;
    const answer = await cloud.session.request({
      action: 'create an application credential',
      method: 'POST',
      url,
      json: { application_credential: { name, secret: 'lab-application-secret' } },
    });
    const id = new Fields(answer.body, 'answer').object('application_credential').string('id');
    undo.add(() => cloud.session.request({ action: 'delete it', method: 'DELETE', url: `${url}/${id}` }));
    const secret = 'lab-application-secret';
    const scope = { kind: 'unscoped' } as const;
    await expectToWork({ ...password, scope, proof: { kind: 'application-credential', id, secret } });
    const user = { name: userName, domain: { id: 'default' } };
    await expectToWork({ ...password, scope, proof: { kind: 'application-credential', name, user, secret } });
  });

  test('with a token, as it is and for a project', async () => {
    await using cloud = await connectLab(lab);
    const token = (await cloud.session.token()).secret;
    await expectToWork({ ...password, proof: { kind: 'token', token }, scope: { kind: 'unscoped' } });
    await expectToWork({ ...password, proof: { kind: 'token', token } });
  });

  test('for the whole system', async () => {
    await using cloud = await OpenStack.connect({ ...password, scope: { kind: 'system' } });
    expect(await cloud.session.token()).toMatchObject({
      projectId: null,
      roles: expect.arrayContaining(['admin']) as unknown,
    });
  });

  test('with a wrong password is refused in words', async () => {
    const proof = { ...password.proof, password: 'not-the-password' } as Credentials['proof'];
    const error: unknown = await OpenStack.connect({ ...password, proof }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'WB_OPENSTACK_UNAUTHORIZED',
      requestId: expect.stringMatching(/^req-/) as string,
      serviceMessage: 'The request you have made requires authentication.',
    });
  });
});
