import { expect, it } from 'vitest';
import { hostKeyAlgorithms } from './host-key-algorithms.js';

it('asks first for keys of the types that are known, and for SHA-1 only with a key of RSA', () => {
  expect(hostKeyAlgorithms(['ecdsa-sha2-nistp256'])).toEqual([
    'ecdsa-sha2-nistp256',
    'ssh-ed25519',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]);
  expect(hostKeyAlgorithms(['ssh-rsa'])?.slice(0, 4)).toEqual([
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
    'ssh-ed25519',
  ]);
});

it('leaves the order to ssh2 where no key is known, or none of a type that is spoken', () => {
  expect(hostKeyAlgorithms([])).toBeUndefined();
  expect(hostKeyAlgorithms(['ssh-dss'])).toBeUndefined();
});
