import { createHmac } from 'node:crypto';
import { fitsAny } from './patterns.js';

/** One line of a known_hosts file that speaks of the server. */
export interface KnownHost {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly marker: 'none' | 'revoked' | 'cert-authority' | 'unknown';
  /** As in "ssh-ed25519". */
  readonly type: string;
  /** The public key in base64. */
  readonly key: string;
}

/** The name under which known_hosts files know a server: plain for port 22, else `[host]:port`. */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${String(port)}`;
}

/**
 * The lines of a known_hosts file for a name: plain names with patterns and negation, `[host]:port`, and hashed names
 * (`|1|salt|HMAC-SHA1`). Lines that make no sense are passed over, as OpenSSH does; format: sshd(8).
 */
export function knownHostsFor(name: string, text: string, file: string): KnownHost[] {
  const found: KnownHost[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const words = line.split(/\s+/);
    const mark = words[0]?.startsWith('@') === true ? words.shift()?.slice(1) : undefined;
    const [hosts, type, key] = words;
    if (hosts === undefined || type === undefined || key === undefined) continue;
    if (!speaksOf(hosts, name)) continue;
    found.push({ file, line: index + 1, marker: markerOf(mark), type, key: key.replace(/=+$/, '') });
  }
  return found;
}

function markerOf(mark: string | undefined): KnownHost['marker'] {
  if (mark === undefined) return 'none';
  return mark === 'revoked' || mark === 'cert-authority' ? mark : 'unknown';
}

function speaksOf(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts);
  if (hashed === null) return fitsAny(hosts.toLowerCase().split(','), name);
  const [, salt = '', digest] = hashed;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === digest;
}
