import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { credentialsFromEnvironment } from './environment.js';
import { Secret } from '@whitebox/core';
import { reveal } from './reveal.js';
import { credentialsFromTempest } from './tempest.js';

describe('credentialsFromEnvironment', () => {
  const openrc = {
    OS_AUTH_URL: 'http://cloud/identity',
    OS_USERNAME: 'admin',
    OS_PASSWORD: 'pass-word',
    OS_PROJECT_NAME: 'demo',
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_DOMAIN_ID: 'default',
  };

  test('reads an openrc', () => {
    const credentials = credentialsFromEnvironment({
      ...openrc,
      OS_REGION_NAME: 'RegionOne',
      OS_ENDPOINT_TYPE: 'internalURL',
      OS_CACERT: '/ca.pem',
      OS_BLOCK_STORAGE_ENDPOINT_OVERRIDE: 'http://volumes',
    });
    expect(credentials).toMatchObject({
      authUrl: 'http://cloud/identity',
      proof: { kind: 'password', user: { name: 'admin', domain: { id: 'default' } } },
      scope: { kind: 'project', project: { name: 'demo', domain: { id: 'default' } } },
      regionName: 'RegionOne',
      interface: 'internal',
      endpointOverrides: { 'block-storage': 'http://volumes' },
      tls: { caFile: '/ca.pem', verify: undefined },
    });
  });

  test('verification is off only when OS_INSECURE says so', () => {
    expect(credentialsFromEnvironment({ ...openrc, OS_INSECURE: 'true' }).tls?.verify).toBe(false);
    expect(credentialsFromEnvironment({ ...openrc, OS_INSECURE: 'false' }).tls?.verify).toBeUndefined();
  });

  test('of a cloud of clouds.yaml say where that is read', () => {
    expect(() => credentialsFromEnvironment({ OS_CLOUD: 'lab' })).toThrow(
      /OS_CLOUD names the cloud "lab" of clouds.yaml.*credentialsFromCloudsYaml/s,
    );
  });

  test('an empty variable is none, and what is missing is named', () => {
    expect(() => credentialsFromEnvironment({ ...openrc, OS_PASSWORD: '' })).toThrow(
      'OS_PASSWORD is missing',
    );
    expect(() => credentialsFromEnvironment({ ...openrc, OS_IDENTITY_API_VERSION: '2.0' })).toThrow(
      'Only Keystone v3',
    );
  });
});

describe('credentialsFromTempest', () => {
  const auth = {
    adminUsername: 'admin',
    adminPassword: 'secret',
    adminProjectName: 'admin',
    adminDomainName: 'Default',
  };
  const identity = { uriV3: 'http://cloud:5000/v3', region: 'RegionOne' };

  test('is the administrator of tempest.conf', () => {
    expect(credentialsFromTempest({ auth, identity, compute: { endpointType: 'publicURL' } })).toMatchObject({
      authUrl: 'http://cloud:5000/v3',
      proof: { kind: 'password', user: { name: 'admin', domain: { name: 'Default' } } },
      scope: { kind: 'project', project: { name: 'admin', domain: { name: 'Default' } } },
      regionName: 'RegionOne',
      interface: 'public',
    });
  });

  test('may be of the system, and names what is missing as tempest.conf does', () => {
    expect(credentialsFromTempest({ auth: { ...auth, adminSystem: 'all' }, identity }).scope).toEqual({
      kind: 'system',
    });
    expect(() => credentialsFromTempest({ auth, identity: {} })).toThrow('[identity] uri_v3 is missing');
    expect(() => credentialsFromTempest({ auth: { ...auth, adminPassword: undefined }, identity })).toThrow(
      '[auth] admin_password is missing',
    );
  });
});

describe('Secret', () => {
  test('cannot be printed', () => {
    const secret = new Secret('open sesame');
    expect(
      `${String(secret)} ${JSON.stringify({ secret })} ${inspect({ secret }, { depth: 5 })}`,
    ).not.toContain('sesame');
    expect(reveal(secret)).toBe('open sesame');
  });
});
