import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HostKeyCheck, type HostKeyQuestion } from './host-key-check.js';

/** A public key blob: the type as a string with its length, then something. */
function blobOf(type: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + content)]);
}

const ed25519 = blobOf('ssh-ed25519', 'one');
const other = blobOf('ssh-ed25519', 'two');
const rsa = blobOf('ssh-rsa', 'three');
const lineOf = (hosts: string, blob: Buffer): string =>
  `${hosts} ${blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))} ${blob.toString('base64')}\n`;

describe('HostKeyCheck', () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wb-kh-'));
    file = join(directory, 'known_hosts');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const check = async (blob: Buffer, question: Partial<HostKeyQuestion> = {}): Promise<unknown> => {
    const full: HostKeyQuestion = {
      name: 'compute1',
      address: '192.0.2.1',
      port: 22,
      policy: 'verify',
      files: [file],
      ...question,
    };
    try {
      await (await HostKeyCheck.load(full)).check(blob);
      return 'accepted';
    } catch (error) {
      return error;
    }
  };

  it('accepts a key that is known, from any of the files', async () => {
    await writeFile(file, lineOf('192.0.2.1', ed25519));
    expect(await check(ed25519)).toBe('accepted');
    expect(await check(ed25519, { files: [join(directory, 'absent'), file] })).toBe('accepted');
  });

  it('says that an unknown key is unknown and how to add it', async () => {
    const error = await check(ed25519, { port: 2222 });
    expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN', host: 'compute1' });
    expect(String(error)).toContain(`ssh-keyscan -p 2222 192.0.2.1 >> '${file}'`);
    expect(String(error)).toMatch(/SHA256:[\w+/]{43}/);
  });

  it('says in which line another key is and what to do', async () => {
    await writeFile(file, `# comment\n${lineOf('192.0.2.1', other)}`);
    for (const policy of ['verify', 'accept-new'] as const) {
      const error = await check(ed25519, { policy });
      expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_CHANGED' });
      expect(String(error)).toContain(`${file}:2`);
      expect(String(error)).toContain(`ssh-keygen -R '192.0.2.1' -f '${file}'`);
    }
    expect(await readFile(file, 'utf8')).not.toContain(ed25519.toString('base64'));
  });

  it('does not accept a key of another type for a known server as new', async () => {
    await writeFile(file, lineOf('192.0.2.1', ed25519));
    expect(await check(rsa, { policy: 'accept-new' })).toMatchObject({ code: 'WB_SSH_HOST_KEY_CHANGED' });
  });

  it('refuses a revoked key whatever else is said', async () => {
    await writeFile(file, lineOf('192.0.2.1', ed25519) + lineOf('@revoked *', ed25519));
    for (const policy of ['verify', 'accept-new', 'accept-any'] as const) {
      expect(await check(ed25519, { policy })).toMatchObject({ code: 'WB_SSH_HOST_KEY_REVOKED' });
    }
  });

  it('refuses a key of the file that RevokedHostKeys names, and every key when there is no such file', async () => {
    await writeFile(file, lineOf('192.0.2.1', ed25519) + lineOf('192.0.2.1', rsa));
    const revoked = join(directory, 'revoked');
    await writeFile(revoked, `# lost\n\nssh-ed25519 ${ed25519.toString('base64')} of compute1\n`);
    const error = await check(ed25519, { revokedFile: revoked });
    expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_REVOKED' });
    expect(String(error)).toContain(`${revoked}:3`);
    expect(await check(rsa, { revokedFile: revoked })).toBe('accepted');
    expect(await check(rsa, { revokedFile: join(directory, 'absent') })).toMatchObject({
      code: 'WB_SSH_CONFIG',
    });
    await writeFile(revoked, 'SSHKRL\n\0\0');
    const binary = await check(rsa, { revokedFile: revoked });
    expect(binary).toMatchObject({ code: 'WB_SSH_CONFIG' });
    expect(String(binary)).toContain('key revocation list');
  });

  it('explains that a certificate authority does not help', async () => {
    await writeFile(file, lineOf('@cert-authority *', other));
    const error = await check(ed25519);
    expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN' });
    expect(String(error)).toContain('host certificates are not supported');
    // Nor is the key of the authority itself a host key.
    expect(await check(other)).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN' });
  });

  it('knows a server under its alias alone, whatever its port', async () => {
    const question = { alias: 'Cluster', port: 2222 } as const;
    await writeFile(file, lineOf('[192.0.2.1]:2222,[cluster]:2222', ed25519));
    const error = await check(ed25519, question);
    expect(error).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN' });
    expect(String(error)).toContain('verify the host key of cluster on');
    expect(String(error)).toContain(`ssh-keyscan -p 2222 192.0.2.1 | sed 's/^[^ ]*/cluster/' >> '${file}'`);
    expect(await check(ed25519, { ...question, policy: 'accept-new' })).toBe('accepted');
    expect(await readFile(file, 'utf8')).toContain(`\n${lineOf('cluster', ed25519)}`);
    expect(await check(ed25519, question)).toBe('accepted');
    expect(await check(other, question)).toMatchObject({ code: 'WB_SSH_HOST_KEY_CHANGED' });
  });

  it('takes the key that is known for the name without a port, as ssh does', async () => {
    await writeFile(file, lineOf('192.0.2.1', ed25519));
    expect(await check(ed25519, { port: 2222 })).toBe('accepted');
    expect(await check(ed25519, { port: 2222, policy: 'accept-new' })).toBe('accepted');
    expect(await readFile(file, 'utf8')).toBe(lineOf('192.0.2.1', ed25519));
    // Another one says nothing about the server on this port.
    expect(await check(other, { port: 2222 })).toMatchObject({ code: 'WB_SSH_HOST_KEY_UNKNOWN' });
    // What is known for the port counts first.
    await writeFile(file, lineOf('192.0.2.1', ed25519) + lineOf('[192.0.2.1]:2222', other));
    expect(await check(ed25519, { port: 2222 })).toMatchObject({ code: 'WB_SSH_HOST_KEY_CHANGED' });
    await writeFile(file, lineOf('192.0.2.1', ed25519) + lineOf('@revoked 192.0.2.1', ed25519));
    expect(await check(ed25519, { port: 2222 })).toMatchObject({ code: 'WB_SSH_HOST_KEY_REVOKED' });
  });

  it('with accept-new remembers a key that is there as that of an authority', async () => {
    await writeFile(file, lineOf('@cert-authority *', ed25519));
    expect(await check(ed25519, { policy: 'accept-new' })).toBe('accepted');
    expect(await readFile(file, 'utf8')).toContain(`\n${lineOf('192.0.2.1', ed25519)}`);
  });

  it('with accept-new remembers the key of a new server once, on a line of its own', async () => {
    await writeFile(file, lineOf('elsewhere', other).trimEnd());
    const results = await Promise.all(
      Array.from({ length: 5 }, () => check(ed25519, { policy: 'accept-new', port: 2222 })),
    );
    expect(results).toEqual(Array.from({ length: 5 }, () => 'accepted'));
    expect(await readFile(file, 'utf8')).toBe(
      lineOf('elsewhere', other) + lineOf('[192.0.2.1]:2222', ed25519),
    );
    expect(await check(ed25519, { port: 2222 })).toBe('accepted');
  });

  it('makes the file that is not there, for the user alone', async () => {
    const fresh = join(directory, 'new', 'known_hosts');
    expect(await check(ed25519, { policy: 'accept-new', files: [fresh] })).toBe('accepted');
    expect((await stat(fresh)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700);
  });

  it('with accept-any takes a changed key and remembers nothing', async () => {
    await writeFile(file, lineOf('192.0.2.1', other));
    expect(await check(ed25519, { policy: 'accept-any' })).toBe('accepted');
    expect(await readFile(file, 'utf8')).toBe(lineOf('192.0.2.1', other));
  });

  it('is an error when a file cannot be read, instead of an unknown key', async () => {
    expect(await check(ed25519, { files: [directory] }).catch((error: unknown) => error)).toMatchObject({
      code: 'WB_SSH_CONFIG',
    });
  });
});
