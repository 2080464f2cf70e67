import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabUser, type LabGuest } from './lab-testing.js';

// What a guest tells of itself to whoever looks inside.

let user: LabUser;
let guest: LabGuest;
let cells: number;

beforeAll(async () => {
  user = await LabUser.open();
  // A cell of a guest goes to a cell of its host.
  cells = Math.min(2, ...user.lab.hosts.map(({ cells: own }) => own.length));
  const extraSpecs = {
    'hw:numa_nodes': String(cells),
    'hw:cpu_sockets': String(cells),
    'hw:cpu_cores': '1',
    'hw:cpu_threads': '2',
  };
  guest = await user.boot({ name: 'lab-check-guest', flavor: { vcpus: 2 * cells, ram: 256, extraSpecs } });
}, 240_000);

afterAll(async () => {
  await user[Symbol.asyncDispose]();
}, 240_000);

describe('a guest', () => {
  it('tells its CPUs, cells, memory and hugepages', async () => {
    const numbers = [...Array(cells).keys()];
    expect((await guest.run('nproc')).trim()).toBe(String(2 * cells));
    const cpus = await guest.run('lscpu');
    expect(cpus).toMatch(new RegExp(`^Socket\\(s\\): +${cells}$`, 'm'));
    // The CPU that QEMU emulates shows the threads of a core as cores of their own (see the README).
    expect(cpus).toMatch(/^Core\(s\) per socket: +2$/m);
    expect(cpus).toMatch(new RegExp(`^NUMA node\\(s\\): +${cells}$`, 'm'));
    const shown = await guest.run('numactl -H');
    for (const cell of numbers) {
      expect(cpus).toMatch(new RegExp(`^NUMA node${cell} CPU\\(s\\): +${2 * cell},${2 * cell + 1}$`, 'm'));
      expect(shown).toMatch(
        new RegExp(`^node ${cell} cpus: ${2 * cell} ${2 * cell + 1}\nnode ${cell} size: \\d+ MB$`, 'm'),
      );
    }
    // Two of its own, out of its memory.
    const pages = await guest.run('echo 2 > /proc/sys/vm/nr_hugepages; grep Huge /proc/meminfo');
    expect(pages).toMatch(/^HugePages_Total: +2$/m);
    expect(pages).toMatch(/^Hugepagesize: +2048 kB$/m);
    const free = '/sys/devices/system/node/node*/hugepages/hugepages-2048kB/free_hugepages';
    const counts = (await guest.run(`cat ${free}`)).trim().split('\n').map(Number);
    expect(counts).toHaveLength(cells);
    expect(counts.reduce((sum, count) => sum + count)).toBe(2);
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
