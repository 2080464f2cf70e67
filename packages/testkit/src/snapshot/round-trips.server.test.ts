import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batched, LocalHost, type Host } from '@whitebox/host';
import { Virsh } from '@whitebox/libvirt-xml';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ComputeHost } from '../compute-host.js';
import { readHost } from './read-host.js';

const uuids = Array.from(
  { length: 20 },
  (_, index) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
);
const nameOf = (uuid: string): string => `wb-no-such-guest-${Number(uuid.slice(-12))}`;

/** A virsh that knows twenty guests; everything else is this machine. */
const virsh = `#!/bin/sh
for last; do :; done
case $last in
list*)
  ${uuids.map((uuid) => `echo '${uuid} ${nameOf(uuid)}'`).join('\n  ')}
  printf '\\n Id   Name   State\\n----------------\\n'
  ${uuids.map((uuid, index) => `echo ' ${index + 1}    ${nameOf(uuid)}   running'`).join('\n  ')} ;;
secret-list) printf ' UUID   Usage\\n----------\\n' ;;
dumpxml*)
  for word in $last; do case $word in *-*-*-*-*)
    uuid=\${word%;}
    echo "<domain type='kvm' id='1'><name>n</name><uuid>$uuid</uuid><memory>1</memory><vcpu>1</vcpu><os><type>hvm</type></os><devices/></domain>" ;;
  esac; done ;;
esac
`;

async function machine(): Promise<{ readonly host: Host; readonly sent: () => number }> {
  const folder = await mkdtemp(join(tmpdir(), 'round-trips-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'virsh'), virsh);
  await chmod(join(folder, 'virsh'), 0o755);
  const local = new LocalHost();
  let sent = 0;
  const host: Host = {
    name: 'compute1',
    exec: (argv, options) => {
      sent += 1;
      const env = { ...options?.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
      return local.exec(argv, { ...options, env });
    },
    readFile: (path, options) => local.readFile(path, options),
    replaceFile: (path, bytes, options) => local.replaceFile(path, bytes, options),
    dial: (endpoint, options) => local.dial(endpoint, options),
  };
  return { host, sent: () => sent };
}

describe('reading a host', () => {
  it('takes two round trips, however many guests there are', async () => {
    const { host, sent } = await machine();
    const one = batched(host);
    const compute = {
      name: 'compute1',
      machine: one,
      virsh: new Virsh(one, { readOnly: true }),
      lastConfig: undefined,
    } as unknown as ComputeHost;
    const read = await readHost(compute, uuids, { signal: new AbortController().signal });
    expect(read.guests.size).toBe(20);
    expect([...read.guests.values()].every(({ live, threads }) => live !== null && threads === null)).toBe(
      true,
    );
    expect(read.domains).toHaveLength(20);
    expect(read.cpus?.online.size).toBeGreaterThan(0);
    expect(sent()).toBe(2);
  });
});
