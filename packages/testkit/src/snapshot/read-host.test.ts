import { FakeHost } from '@whitebox/host/testing';
import { Virsh } from '@whitebox/libvirt-xml';
import { describe, expect, it } from 'vitest';
import type { ComputeHost } from '../compute-host.js';
import { readConfigFiles } from './read-config-files.js';
import { readHost } from './read-host.js';

const uuid = '11111111-1111-4111-8111-111111111111';
const secret = '66666666-6666-4666-8666-666666666666';
const name = 'instance-00000001';
const disk = `/var/lib/nova/instances/${uuid}/disk`;
const xml = `<domain type='kvm' id='1'><name>${name}</name><uuid>${uuid}</uuid><memory>1</memory><vcpu>1</vcpu>
<os><type>hvm</type></os><devices/></domain>`;
const listing = `${uuid} ${name}\n\n Id   Name                State\n-----------------------------------\n 1    ${name}   running\n\n`;
const secrets = ` UUID                                   Usage\n-------------------------------------------------------------------\n ${secret}   volume 33333333-3333-4333-8333-333333333333\n\n`;

/** Answers each command after one turn of the event loop, and counts how many turns there were with something asked. */
function machine(): { readonly host: FakeHost; readonly rounds: () => number } {
  let rounds = 0;
  let open = false;
  const answer = async (text: string): Promise<string> => {
    if (!open) {
      open = true;
      rounds += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    open = false;
    return text;
  };
  const host = new FakeHost({ name: 'compute1' })
    .on(['virsh'], ({ argv }) => {
      const said = argv.join(' ');
      if (said.includes('secret-list')) return answer(secrets);
      return answer(said.includes('dumpxml') ? `${xml}\n\n${xml}\n\n` : listing);
    })
    .on(['sh', '-c'], ({ argv }) => {
      const said = argv.join(' ');
      if (said.includes('/sys/bus/pci')) return answer('function 0000:81:00.0 0x8086 0x10fb 0 63\n');
      if (said.includes('%.3Y')) return answer('1795435200.250 /etc/nova/nova.conf\n');
      if (said.includes('named $said')) return answer(`named 65025:131 ${disk}\nopen 65025:131\n`);
      return answer('');
    });
  return { host, rounds: () => rounds };
}

function computeOn(host: FakeHost): ComputeHost {
  const config = { pid: 7, files: ['/etc/nova/nova.conf'] };
  return {
    name: 'compute1',
    machine: host,
    virsh: new Virsh(host),
    lastConfig: config,
  } as unknown as ComputeHost;
}

describe('readHost', () => {
  it('reads the secrets, the PCI functions, the times of the configuration and the files of a guest', async () => {
    const { host } = machine();
    const read = await readHost(computeOn(host), [uuid], { signal: new AbortController().signal });
    expect(read.secrets).toEqual([secret]);
    expect(read.pciFunctions).toEqual([expect.objectContaining({ address: '0000:81:00.0', totalVfs: 63 })]);
    expect(read.configFiles).toEqual([
      { path: '/etc/nova/nova.conf', modifiedAt: new Date(1_795_435_200_250) },
    ]);
    expect(read.guests.get(uuid)?.files?.named.get(disk)).toBe('65025:131');
  });

  it('asks in two round trips', async () => {
    const { host, rounds } = machine();
    await readHost(computeOn(host), [uuid], { signal: new AbortController().signal });
    expect(rounds()).toBe(2);
  });

  it('leaves undefined what libvirt does not say', async () => {
    const host = new FakeHost({ name: 'compute1' })
      .on(['virsh'], { exitCode: 1, stderr: 'error: failed to connect to the hypervisor' })
      .on(['sh', '-c'], '');
    const read = await readHost(computeOn(host), [uuid], { signal: new AbortController().signal });
    expect([read.secrets, read.domains, read.configFiles]).toEqual([undefined, undefined, undefined]);
  });
});

describe('readConfigFiles', () => {
  const read = async (stdout: string, exitCode = 0) =>
    readConfigFiles(computeOn(new FakeHost({ name: 'c' }).on(['sh', '-c'], { stdout, exitCode })), {});

  it('tells a file that was removed from one that could not be looked at', async () => {
    expect(await read('- /etc/nova/nova.conf\n')).toEqual([
      { path: '/etc/nova/nova.conf', modifiedAt: null },
    ]);
    expect(await read('')).toBeUndefined();
  });

  it('says nothing of a process that is not there any more', async () => {
    expect(await read('', 66)).toBeUndefined();
  });
});
