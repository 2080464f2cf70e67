import type { Secret } from '@whitebox/core';

/** Callers may give a secret as plain text; inside it is kept as a Secret as long as possible. */
export function reveal(secret: Secret | string): string {
  return typeof secret === 'string' ? secret : secret.reveal();
}
