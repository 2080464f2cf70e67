import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabUser, type LabGuest } from './lab-testing.js';

// What a guest tells of itself to whoever looks inside.

let user: LabUser;
let guest: LabGuest;

beforeAll(async () => {
  user = await LabUser.open();
  const extraSpecs = {
    'hw:numa_nodes': '1',
    'hw:cpu_sockets': '2',
    'hw:cpu_cores': '1',
    'hw:cpu_threads': '1',
  };
  guest = await user.boot({ name: 'lab-check-guest', flavor: { vcpus: 2, ram: 192, extraSpecs } });
}, 240_000);

afterAll(async () => {
  await user[Symbol.asyncDispose]();
}, 240_000);

describe('a guest', () => {
  it('tells its CPUs, cells, memory and hugepages', async () => {
    expect((await guest.run('nproc')).trim()).toBe('2');
    const cpus = await guest.run('lscpu');
    expect(cpus).toMatch(/^Socket\(s\): +2$/m);
    expect(cpus).toMatch(/^Thread\(s\) per core: +1$/m);
    expect(cpus).toMatch(/^NUMA node\(s\): +1$/m);
    expect(cpus).toMatch(/^NUMA node0 CPU\(s\): +0,1$/m);
    const cells = await guest.run('numactl -H');
    expect(cells).toMatch(/^available: 1 nodes \(0\)\nnode 0 cpus: 0 1\nnode 0 size: 1\d\d MB$/m);
    // Two of its own, out of its memory.
    const pages = await guest.run('echo 2 > /proc/sys/vm/nr_hugepages; grep Huge /proc/meminfo');
    expect(pages).toMatch(/^HugePages_Total: +2$/m);
    expect(pages).toMatch(/^Hugepagesize: +2048 kB$/m);
    const free = '/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages';
    expect(await guest.run(`cat ${free}`)).toBe('2\n');
  });

  it('answers the power button: a soft reboot does not become a hard one', async () => {
    const [host, name, boot] = [await guest.host(), await guest.instanceName(), await guest.bootId()];
    await guest.action({ reboot: { type: 'SOFT' } });
    await guest.untilActive();
    expect(await guest.bootId()).not.toBe(boot);
    // libvirt's own record of why QEMU ended: "destroyed" is Nova that lost patience.
    const ends = await user.onHost(host, `sudo grep -o 'reason=.*' /var/log/libvirt/qemu/${name}.log`);
    expect(ends).toBe('reason=shutdown\n');
    const line = `sudo grep -E 'instance: ${guest.id}.*(soft rebooted successfully|soft reboot instance)' /var/log/nova/nova-compute.log`;
    const said = await user.onHost(host, line);
    expect(said.trim().split('\n')).toEqual([expect.stringContaining('soft rebooted successfully')]);
  });
});
