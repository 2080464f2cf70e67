import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Credentials } from './auth/credentials.js';
import { OpenStack } from './openstack.js';
import { Session } from './session.js';
import { FakeCloud } from './testing/fake-cloud.js';

describe('logging in', () => {
  test.each<[string, Partial<Credentials>, unknown]>([
    [
      'a password and a project',
      {},
      {
        identity: {
          methods: ['password'],
          password: { user: { name: 'admin', domain: { id: 'default' }, password: 'fake-password' } },
        },
        scope: { project: { name: 'admin', domain: { id: 'default' } } },
      },
    ],
    [
      'an application credential by id',
      {
        proof: { kind: 'application-credential', id: 'app', secret: 'app-secret' },
        scope: { kind: 'unscoped' },
      },
      {
        identity: {
          methods: ['application_credential'],
          application_credential: { id: 'app', secret: 'app-secret' },
        },
      },
    ],
    [
      'an application credential by name and user',
      {
        proof: {
          kind: 'application-credential',
          name: 'app',
          user: { name: 'admin', domain: { name: 'Default' } },
          secret: 'app-secret',
        },
        scope: { kind: 'unscoped' },
      },
      {
        identity: {
          methods: ['application_credential'],
          application_credential: {
            name: 'app',
            user: { name: 'admin', domain: { name: 'Default' } },
            secret: 'app-secret',
          },
        },
      },
    ],
    [
      'a domain',
      { scope: { kind: 'domain', domain: { name: 'Default' } } },
      { identity: expect.anything() as unknown, scope: { domain: { name: 'Default' } } },
    ],
    [
      'the system',
      { scope: { kind: 'system' } },
      { identity: expect.anything() as unknown, scope: { system: { all: true } } },
    ],
  ])('with %s', async (_name, change, expected) => {
    await using fake = await FakeCloud.start();
    await using cloud = await OpenStack.connect({ ...fake.credentials, ...change });
    expect(fake.authRequests).toEqual([expected]);
    expect(await cloud.session.token()).toMatchObject({ projectName: 'admin', roles: ['admin'] });
  });

  test('with a token of another project', async () => {
    await using fake = await FakeCloud.start();
    fake.validTokens.add('given-token');
    await using cloud = await OpenStack.connect({
      ...fake.credentials,
      proof: { kind: 'token', token: 'given-token' },
    });
    expect((await cloud.session.token()).userName).toBe('admin');
    expect(fake.authRequests).toEqual([
      {
        identity: { methods: ['token'], token: { id: 'given-token' } },
        scope: { project: { name: 'admin', domain: { id: 'default' } } },
      },
    ]);
  });

  test('with a token as it is, which is used and not exchanged', async () => {
    await using fake = await FakeCloud.start();
    fake.validTokens.add('given-token');
    fake.nova.add({ id: 'a' });
    await using cloud = await OpenStack.connect({
      ...fake.credentials,
      proof: { kind: 'token', token: 'given-token' },
      scope: { kind: 'unscoped' },
    });
    expect((await cloud.compute.servers.show('a')).id).toBe('a');
    expect(fake.authRequests).toEqual([]);
    expect(fake.received('GET', /servers/)[0]?.headers['x-auth-token']).toBe('given-token');
  });

  test('with a wrong password says 401, without the password', async () => {
    await using fake = await FakeCloud.start();
    const proof = { ...fake.credentials.proof, password: 'wrong-password' } as Credentials['proof'];
    const error: unknown = await OpenStack.connect({ ...fake.credentials, proof }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'WB_OPENSTACK_UNAUTHORIZED', status: 401, requestId: 'req-fake-1' });
    expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('wrong-password');
  });
});

test('an address that is not that of Keystone is called that', async () => {
  await using fake = await FakeCloud.start();
  const page = createServer((_, answer) => answer.writeHead(404).end('<h1>Not found</h1>')).listen(
    0,
    '127.0.0.1',
  );
  onTestFinished(() => void page.close());
  await once(page, 'listening');
  const authUrl = `http://127.0.0.1:${(page.address() as AddressInfo).port}/dashboard`;
  const error: unknown = await OpenStack.connect({ ...fake.credentials, authUrl }).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject({
    code: 'WB_OPENSTACK_CREDENTIALS',
    observed: expect.stringContaining('/dashboard/v3/auth/tokens: there is no such address (404)') as string,
    advice: expect.stringContaining('Is auth_url that of Keystone?') as string,
  });
});

describe('what cannot be sent is refused before anything is, without secrets', () => {
  test.each(['controller:5000/v3', 'controller', '', 'http://user:url-secret@', 'ftp://user:url-secret@x/'])(
    'the address %j of Keystone',
    async (authUrl) => {
      await using fake = await FakeCloud.start();
      const error: unknown = await OpenStack.connect({ ...fake.credentials, authUrl }).catch(
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({
        code: 'WB_OPENSTACK_CREDENTIALS',
        observed: expect.stringContaining('no address that begins with http') as string,
      });
      expect(inspect(error, { depth: 9 })).not.toContain('url-secret');
    },
  );

  test('the address of a service', async () => {
    await using fake = await FakeCloud.start({ endpoints: { compute: 'nova:url-secret' } });
    await using cloud = await OpenStack.connect(fake.credentials);
    const error: unknown = await cloud.compute.servers.list().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'WB_OPENSTACK_NO_SERVICE', action: 'find the compute service' });
    expect(inspect(error, { depth: 9 })).not.toContain('url-secret');
  });

  test('a token with the end of its line', async () => {
    await using fake = await FakeCloud.start();
    const proof = { kind: 'token', token: 'given-token\n' } as const;
    const scope = { kind: 'unscoped' } as const;
    const error: unknown = await OpenStack.connect({ ...fake.credentials, proof, scope }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'WB_OPENSTACK_CREDENTIALS' });
    expect(inspect(error, { depth: 9 })).not.toContain('given-token');
    expect(fake.requests).toHaveLength(0);
  });
});

describe('the token', () => {
  test('is renewed once when a service refuses it, for all requests at once', async () => {
    await using fake = await FakeCloud.start();
    fake.nova.add({ id: 'a' });
    await using cloud = await OpenStack.connect(fake.credentials);
    await cloud.compute.servers.show('a');
    fake.validTokens.clear();
    const servers = await Promise.all(Array.from({ length: 5 }, () => cloud.compute.servers.show('a')));
    expect(servers).toHaveLength(5);
    expect(fake.authRequests).toHaveLength(2);
    fake.validTokens.clear();
    await cloud.actions.delete('b');
    expect(fake.received('DELETE', /servers\/b/)).toHaveLength(2);
  });

  test('is not renewed for ever: a second 401 is an error', async () => {
    await using fake = await FakeCloud.start();
    fake.route('GET', /servers/, () => ({ status: 401, json: { error: { message: 'no' } } }));
    await using cloud = await OpenStack.connect(fake.credentials);
    await expect(cloud.compute.servers.show('a')).rejects.toMatchObject({
      code: 'WB_OPENSTACK_UNAUTHORIZED',
    });
    expect(fake.received('GET', /servers/)).toHaveLength(2);
    expect(fake.authRequests).toHaveLength(2);
  });

  test.each([
    ['is renewed a minute before it expires', { tokenSeconds: 55, tokenAge: 3000 }, 'token-number-2'],
    ['is kept until then', { tokenSeconds: 120, tokenAge: 3000 }, 'token-number-1'],
    [
      'that lives short is renewed in the last tenth of its life',
      { tokenSeconds: 5, tokenAge: 95 },
      'token-number-2',
    ],
    ['that lives short is kept until then', { tokenSeconds: 50, tokenAge: 50 }, 'token-number-1'],
  ])('%s', async (_name, options, expected) => {
    await using fake = await FakeCloud.start(options);
    await using session = await Session.open(fake.credentials);
    await session.token();
    expect((await session.token()).secret.reveal()).toBe(expected);
  });

  test.each([7200, -7200])('is kept though the clock of Keystone is %i s ahead', async (clockAhead) => {
    await using fake = await FakeCloud.start({ clockAhead });
    await using session = await Session.open(fake.credentials);
    await session.token();
    expect((await session.token()).secret.reveal()).toBe('token-number-1');
  });

  test('is renewed in time though the clock of Keystone is ahead', async () => {
    await using fake = await FakeCloud.start({ clockAhead: 7200, tokenSeconds: 55, tokenAge: 3000 });
    await using session = await Session.open(fake.credentials);
    await session.token();
    expect((await session.token()).secret.reveal()).toBe('token-number-2');
  });

  test('that somebody else renews is waited for no longer than the own deadline', async () => {
    await using fake = await FakeCloud.start();
    await using cloud = await OpenStack.connect(fake.credentials);
    fake.validTokens.clear();
    fake.route('POST', /auth/, () => undefined);
    const patient = cloud.compute.servers.show('a', { timeoutMs: 3000 }).catch((error: unknown) => error);
    await expect(cloud.compute.servers.show('b', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'WB_OPENSTACK_TIMEOUT',
      observed: expect.stringContaining('300 ms') as string,
    });
    expect(await patient).toMatchObject({ code: 'WB_OPENSTACK_TIMEOUT' });
  });

  test('that was given cannot be renewed, which is said', async () => {
    await using fake = await FakeCloud.start();
    fake.validTokens.add('given-token');
    await using cloud = await OpenStack.connect({
      ...fake.credentials,
      proof: { kind: 'token', token: 'given-token' },
      scope: { kind: 'unscoped' },
    });
    fake.validTokens.clear();
    const error: unknown = await cloud.compute.servers.show('a').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'WB_OPENSTACK_UNAUTHORIZED' });
    expect(String(error)).not.toContain('given-token');
    expect(fake.authRequests).toEqual([]);
  });
});
