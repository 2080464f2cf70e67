import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.js';

it('gives its value only when asked to reveal it', () => {
  const secret = new Secret('s3cr3t');
  expect(secret.reveal()).toBe('s3cr3t');
  const printed = [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: null }),
    inspect({ deep: [secret] }, { depth: null }),
    `${String(secret)}!`,
    Object.entries(secret).join(),
  ];
  for (const text of printed) expect(text).not.toContain('s3cr3t');
});
