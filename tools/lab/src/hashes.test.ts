import { expect, it } from 'vitest';
import { keystonePasswordHash, mariadbPasswordHash } from './hashes.js';

it('hashes as SELECT PASSWORD() of MariaDB does', () => {
  // SELECT PASSWORD('secret')
  expect(mariadbPasswordHash('secret')).toBe('*14E65567ABDB5135D0CFD9A70B3032C179A49EE7');
});

it('hashes as passlib.hash.pbkdf2_sha512 does', () => {
  // pbkdf2_sha512.using(rounds=1000, salt=bytes(range(16))).hash('secret') of passlib 1.7.4
  expect(keystonePasswordHash('secret', Buffer.from([...Array(16).keys()]))).toBe(
    '$pbkdf2-sha512$1000$AAECAwQFBgcICQoLDA0ODw$8ltlLe5cI6KNrWOmMFkTi2iE7fEXJKJJR9lhjd/xSn68.xOqzv2h20C4IDv/enqlx8f6AaRHE.6XnvHKXKhAjA',
  );
});

it('salts', () => {
  expect(keystonePasswordHash('secret')).not.toBe(keystonePasswordHash('secret'));
});
