import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './exec.js';
import type { LabPaths } from './names.js';
import type { Host } from './lab-hosts.js';

const hostKeyTypes = ['ed25519', 'ecdsa', 'rsa'] as const;

const hostKeyFile = (paths: LabPaths, host: string, type: string) =>
  join(paths.keys, 'hosts', host, `ssh_host_${type}_key`);

async function makeKey(path: string, type: string, comment: string): Promise<void> {
  if (existsSync(`${path}.pub`)) return;
  await run([
    'sh',
    '-c',
    'rm -f "$1" "$1.pub"; exec ssh-keygen -q -t "$2" -N "" -C "$3" -f "$1"',
    'sh',
    path,
    type,
    comment,
  ]);
}

/** Keys of the operator, of Nova's account, of the guests, and of each host's sshd; made once per lab, all different. */
export async function makeKeys(paths: LabPaths, name: string, hosts: readonly string[]): Promise<void> {
  await mkdir(paths.keys, { recursive: true, mode: 0o700 });
  await Promise.all(hosts.map((host) => mkdir(join(paths.keys, 'hosts', host), { recursive: true })));
  await Promise.all([
    makeKey(paths.operatorKey, 'ed25519', `operator@${name}`),
    makeKey(paths.novaKey, 'ed25519', `nova@${name}`),
    makeKey(paths.guestKey, 'ed25519', `guest@${name}`),
    ...hosts.flatMap((host) =>
      hostKeyTypes.map((type) => makeKey(hostKeyFile(paths, host, type), type, `${host}@${name}`)),
    ),
  ]);
}

export interface HostKey {
  readonly type: (typeof hostKeyTypes)[number];
  readonly privateKey: string;
  readonly publicKey: string;
}

export async function readHostKeys(paths: LabPaths, host: string): Promise<HostKey[]> {
  return await Promise.all(
    hostKeyTypes.map(async (type) => ({
      type,
      privateKey: await readFile(hostKeyFile(paths, host, type), 'utf8'),
      publicKey: await readFile(`${hostKeyFile(paths, host, type)}.pub`, 'utf8'),
    })),
  );
}

/** Lines of a known_hosts file: each key under the host's name and address. */
export function knownHosts(
  hosts: readonly (Pick<Host, 'name' | 'address'> & { keys: readonly HostKey[] })[],
): string {
  return hosts
    .flatMap(({ name, address, keys }) =>
      keys.map(({ publicKey }) => {
        const [type = '', key = ''] = publicKey.split(' ');
        return `${name},${address} ${type} ${key}\n`;
      }),
    )
    .join('');
}
