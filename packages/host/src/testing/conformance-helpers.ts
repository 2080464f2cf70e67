import { errorCode } from '@whitebox/core';
import { HostError } from '../errors.js';

/** The code of the HostError that a promise is rejected with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof HostError ? error.code : `no HostError: ${errorCode(error) ?? String(error)}`;
  }
  return 'nothing was thrown';
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

let words = 0;
export function uniqueWord(): string {
  words += 1;
  return `wbword${String(process.pid)}x${String(words)}x${Math.random().toString(36).slice(2, 8)}`;
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('what the test waits for did not happen within 10 s');
}
