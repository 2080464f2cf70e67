import { loadConfig } from '@whitebox/config';
import { Secret } from '@whitebox/core';
import type { Proof } from '@whitebox/openstack';
import { expect, it } from 'vitest';
import { redactorOf } from './known-secrets.js';

const secret = new Secret('from-the-proof');
const proofs: Proof[] = [
  { kind: 'password', user: { name: 'admin' }, password: secret },
  { kind: 'application-credential', id: 'i', secret },
  { kind: 'token', token: 'from-the-proof' },
];

it.each(proofs)('blots out every password with which a cloud was opened ($kind)', async (proof) => {
  const config = await loadConfig({
    env: { OS_AUTH__ADMIN_PASSWORD: 'from-tempest', OS_VALIDATION__IMAGE_SSH_PASSWORD: 'of-the-guest' },
  });
  const redactor = redactorOf(
    {
      credentials: { authUrl: 'http://keystone', proof, scope: { kind: 'unscoped' } },
      database: {
        address: undefined,
        user: 'nova',
        password: new Secret('of-the-config'),
        gateway: undefined,
      },
      config,
    },
    { address: 'db', user: 'nova', password: new Secret('found-in-nova') },
  );
  for (const word of ['from-the-proof', 'from-tempest', 'of-the-guest', 'of-the-config', 'found-in-nova']) {
    expect(redactor.redact(`said ${word} here`)).toBe('said *** here');
  }
  expect(redactor.redact('nova at db')).toBe('nova at db');
});
