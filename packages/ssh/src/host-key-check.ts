import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '@whitebox/core';
import { SshError } from './errors.js';
import { knownHostName, knownHostsFor, type KnownHost } from './known-hosts.js';
import type { HostKeyPolicy } from './options.js';

export interface HostKeyQuestion {
  /** Name of the host, for errors. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** HostKeyAlias: the name that known_hosts files have in place of address and port. */
  readonly alias?: string | undefined;
  readonly policy: HostKeyPolicy;
  /** The first one is where new keys are added. */
  readonly files: readonly string[];
  /** RevokedHostKeys: a file with a public key on each line, refused whatever else is known of them. */
  readonly revokedFile?: string | undefined;
}

/** What the known_hosts files say of one server. */
export class HostKeyCheck {
  readonly #question: HostKeyQuestion;
  readonly #known: readonly KnownHost[];
  /** Lines for the name without the port; as in ssh they count only where no line has the port. */
  readonly #portless: readonly KnownHost[];

  private constructor(
    question: HostKeyQuestion,
    known: readonly KnownHost[],
    portless: readonly KnownHost[],
  ) {
    this.#question = question;
    this.#known = known;
    this.#portless = portless;
  }

  static async load(question: HostKeyQuestion): Promise<HostKeyCheck> {
    const { address, port, alias, files, revokedFile } = question;
    const known = await look(nameOf(question), files);
    if (revokedFile !== undefined) known.push(...(await revokedKeys(revokedFile)));
    const portless = port === 22 || alias !== undefined ? [] : await look(knownHostName(address, 22), files);
    return new HostKeyCheck(question, known, portless);
  }

  /** Types of the keys that are known, so that the server shows one that can be compared. */
  get types(): string[] {
    const keys = [...this.#known, ...this.#portless].filter(({ marker }) => marker === 'none');
    return [...new Set(keys.map(({ type }) => type))];
  }

  /**
   * @param blob the server's public key as it is sent
   * @throws SshError `WB_SSH_HOST_KEY_UNKNOWN`, `WB_SSH_HOST_KEY_CHANGED`, `WB_SSH_HOST_KEY_REVOKED`
   */
  async check(blob: Buffer): Promise<void> {
    const key = blob.toString('base64').replace(/=+$/, '');
    const same = this.#known.filter((known) => known.key === key);
    const revoked = same.find(({ marker }) => marker === 'revoked');
    if (revoked !== undefined) throw this.#revoked(revoked, blob);
    const { policy } = this.#question;
    if (policy === 'accept-any' || same.some(({ marker }) => marker === 'none')) return;
    const other = this.#known.find(({ marker }) => marker === 'none');
    if (other !== undefined) throw this.#changed(other, blob);
    const elsewhere = this.#portless.filter((known) => known.key === key);
    const revokedThere = elsewhere.find(({ marker }) => marker === 'revoked');
    if (revokedThere !== undefined) throw this.#revoked(revokedThere, blob);
    if (elsewhere.some(({ marker }) => marker === 'none')) return;
    if (policy === 'verify') throw this.#unknown(blob);
    await remember(this.#question, blob);
  }

  #changed(known: KnownHost, blob: Buffer): SshError {
    const target = nameOf(this.#question);
    return new SshError({
      code: 'WB_SSH_HOST_KEY_CHANGED',
      action: `verify the host key of ${target}`,
      host: this.#question.name,
      observed: `${known.file}:${String(known.line)} has another key (${known.type}) than the ${typeOf(blob)} key ${fingerprint(blob)} that the server shows`,
      advice:
        'Somebody may be between you and the server, or it was installed anew. If you know that it was, remove the old ' +
        `key with: ssh-keygen -R '${target}' -f '${known.file}'; then add the new one after you have compared its fingerprint.`,
    });
  }

  #revoked(known: KnownHost, blob: Buffer): SshError {
    return new SshError({
      code: 'WB_SSH_HOST_KEY_REVOKED',
      action: `verify the host key of ${nameOf(this.#question)}`,
      host: this.#question.name,
      observed: `${known.file}:${String(known.line)} says that the key ${fingerprint(blob)} is revoked`,
      advice: 'Do not connect: the key was taken out of use. The server needs a new one.',
    });
  }

  #unknown(blob: Buffer): SshError {
    const { address, port, alias, name, files } = this.#question;
    const target = nameOf(this.#question);
    const authority = this.#known.find(({ marker }) => marker === 'cert-authority');
    const rename = alias === undefined ? '' : `| sed 's/^[^ ]*/${target}/' `;
    const scan = `ssh-keyscan ${port === 22 ? '' : `-p ${String(port)} `}${address} ${rename}>> '${files[0] ?? ''}'`;
    const trusted =
      authority === undefined
        ? ''
        : `; ${authority.file}:${String(authority.line)} trusts an authority for it, but host certificates are not supported`;
    return new SshError({
      code: 'WB_SSH_HOST_KEY_UNKNOWN',
      action: `verify the host key of ${target}`,
      host: name,
      observed: `none of ${files.join(', ')} has the ${typeOf(blob)} key ${fingerprint(blob)} that the server shows${trusted}`,
      advice: `Add it (${scan}) after you have compared the fingerprint, or set hostKeys to 'accept-new'.`,
    });
  }
}

/** What known_hosts files call the server. */
function nameOf({ address, port, alias }: HostKeyQuestion): string {
  return alias === undefined ? knownHostName(address, port) : alias.toLowerCase();
}

async function look(name: string, files: readonly string[]): Promise<KnownHost[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await textOf(file);
      return text === undefined ? [] : knownHostsFor(name, text, file);
    }),
  );
  return found.flat();
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw unreadable(file, String(error), 'Make the file readable, or name others (knownHostsFiles).', error);
  }
}

async function revokedKeys(file: string): Promise<KnownHost[]> {
  const text = await textOf(file);
  const advice = 'Write the public keys into it, one on each line, or change RevokedHostKeys.';
  // As in ssh: who cannot look what is revoked must not trust anything.
  if (text === undefined) throw unreadable(file, 'RevokedHostKeys names it, and it is not there', advice);
  if (text.startsWith('SSHKRL\n')) {
    throw unreadable(file, 'it is a binary key revocation list, which is not supported', advice);
  }
  return text.split('\n').flatMap((line, index) => {
    const [type, key] = line.trim().split(/\s+/);
    if (type === undefined || key === undefined || type.startsWith('#')) return [];
    return [{ file, line: index + 1, marker: 'revoked' as const, type, key: key.replace(/=+$/, '') }];
  });
}

function unreadable(file: string, observed: string, advice: string, cause?: unknown): SshError {
  return new SshError({ code: 'WB_SSH_CONFIG', action: `read ${file}`, observed, advice, cause });
}

// One after the other, or two connections to the same new server would add its key twice.
let remembering: Promise<unknown> = Promise.resolve();

async function remember(question: HostKeyQuestion, blob: Buffer): Promise<void> {
  const turn = remembering.then(() => append(question, blob));
  remembering = turn.catch(() => undefined);
  await turn;
}

async function append(question: HostKeyQuestion, blob: Buffer): Promise<void> {
  const [file] = question.files;
  if (file === undefined) return;
  const key = blob.toString('base64');
  const name = nameOf(question);
  const known = await look(name, question.files);
  if (known.some((one) => one.marker === 'none' && one.key === key.replace(/=+$/, ''))) return;
  const text = await textOf(file);
  // The last line of a file edited by hand may have no end; ours must not become a part of it.
  const gap = text === undefined || text === '' || text.endsWith('\n') ? '' : '\n';
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, `${gap}${name} ${typeOf(blob)} ${key}\n`, { mode: 0o600 });
}

/** The name of the key's type is the first string in it (RFC 4253, 6.6). */
function typeOf(blob: Buffer): string {
  return blob.length < 4 ? 'unreadable' : blob.toString('latin1', 4, 4 + blob.readUInt32BE(0));
}

/** As ssh-keygen -l shows it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
