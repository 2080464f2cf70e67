import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto';

/** What MariaDB's `IDENTIFIED BY PASSWORD` takes (mysql_native_password): the SHA-1 of the SHA-1. */
export function mariadbPasswordHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}

/**
 * A password as Keystone stores it, `pbkdf2_sha512` of passlib (keystone/common/password_hashing.py takes each of its
 * hashers by its prefix). Few rounds: the lab's passwords are random, and Keystone checks one with every token it gives.
 */
export function keystonePasswordHash(
  password: string,
  salt: Buffer = randomBytes(16),
  rounds = 1000,
): string {
  const hash = pbkdf2Sync(password, salt, rounds, 64, 'sha512');
  return `$pbkdf2-sha512$${rounds}$${passlibBase64(salt)}$${passlibBase64(hash)}`;
}

/** passlib's "adapted base64": `.` for `+`, no padding. */
function passlibBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '.').replaceAll('=', '');
}
