import { Redactor, Secret } from '@whitebox/core';
import type { Proof } from '@whitebox/openstack';
import type { DatabaseAccount } from './discovery/cloud-facts.js';
import type { Settings } from './settings.js';

/** Blots out the passwords with which a cloud was opened, wherever a case, a library or the cloud itself repeats them. */
export function redactorOf(
  { credentials, database, config }: Pick<Settings, 'credentials' | 'database' | 'config'>,
  account: DatabaseAccount,
): Redactor {
  const redactor = new Redactor();
  const secrets = [
    proven(credentials.proof),
    database.password,
    account.password,
    config.get('auth', 'admin_password'),
    config.get('validation', 'image_ssh_password'),
  ];
  for (const secret of secrets) redactor.add(secret instanceof Secret ? secret.reveal() : secret);
  return redactor;
}

function proven(proof: Proof): Secret | string {
  switch (proof.kind) {
    case 'password':
      return proof.password;
    case 'application-credential':
      return proof.secret;
    case 'token':
      return proof.token;
  }
}
