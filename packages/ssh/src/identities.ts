import { readFile } from 'node:fs/promises';
import { errorCode } from '@whitebox/core';
import { SshError } from './errors.js';
import type { Target } from './target.js';

/** A private key that can be offered to a server. */
export interface Identity {
  readonly path: string;
  readonly data: Buffer;
  readonly passphrase: string | undefined;
}

export interface Identities {
  readonly keys: readonly Identity[];
  /** Public keys (base64) of all identity files, for IdentitiesOnly. */
  readonly publicKeys: readonly string[];
  /** Why files that were named are not among the keys. */
  readonly notes: readonly string[];
}

/** What a key parser says of a file. */
export type ParseKey = (
  data: Buffer,
  passphrase: string | undefined,
) => { readonly publicKey: string; readonly private: boolean } | Error;

/**
 * Reads the identity files of a target. A file of the configuration that does not exist is passed over, as ssh does;
 * one that the caller named must be there.
 *
 * @throws SshError `WB_SSH_KEY`
 */
export async function loadIdentities(
  target: Target,
  passphrase: string | undefined,
  parse: ParseKey,
): Promise<Identities> {
  const keys: Identity[] = [];
  const publicKeys: string[] = [];
  const notes: string[] = [];
  for (const { path, required } of target.identityFiles) {
    const data = await contentOf(path, required, target.name);
    if (data === undefined) continue;
    const parsed = parse(data, undefined);
    const own = parsed instanceof Error && isEncrypted(parsed) ? parse(data, passphrase) : parsed;
    if (!(own instanceof Error)) {
      publicKeys.push(own.publicKey);
      if (own.private) keys.push({ path, data, passphrase });
      continue;
    }
    const note = noteOf(path, own, passphrase);
    const sibling = await contentOf(`${path}.pub`, false, target.name);
    const published = sibling === undefined ? undefined : parse(sibling, undefined);
    if (published !== undefined && !(published instanceof Error)) publicKeys.push(published.publicKey);
    // An agent may hold the same key, unlocked.
    if (target.agent === undefined && target.identityFiles.length === 1)
      throw keyError(target.name, note, own);
    notes.push(note);
  }
  return { keys, publicKeys, notes };
}

async function contentOf(path: string, required: boolean, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!required && errorCode(error) === 'ENOENT') return undefined;
    throw keyError(name, `cannot read the identity file ${path}: ${String(error)}`, error);
  }
}

function isEncrypted(error: Error): boolean {
  return /encrypted|passphrase/i.test(error.message);
}

function noteOf(path: string, error: Error, passphrase: string | undefined): string {
  if (!isEncrypted(error)) return `the identity file ${path} cannot be used: ${error.message}`;
  return passphrase === undefined
    ? `the private key ${path} is encrypted and no passphrase was given`
    : `the passphrase does not open the private key ${path}`;
}

function keyError(name: string, observed: string, cause?: unknown): SshError {
  return new SshError({
    code: 'WB_SSH_KEY',
    action: 'load the private key',
    host: name,
    observed,
    advice:
      'Name an existing unencrypted key (identityFiles), give its passphrase, or load it into an agent (ssh-add).',
    cause,
  });
}
