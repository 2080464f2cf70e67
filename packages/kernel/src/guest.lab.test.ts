import { randomUUID } from 'node:crypto';
import { CpuSet } from '@whitebox/core';
import { asRoot, type Host } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { Virsh } from '@whitebox/libvirt-xml';
import { credentialsFromCloudsYaml, OpenStack, type Server } from '@whitebox/openstack';
import { SshHost } from '@whitebox/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCpuTopology } from './cpu-topology.js';
import { readNumaCells } from './numa-cells.js';
import { readNumaMaps } from './numa-maps.js';
import { readProcess } from './process.js';
import { readQemuThreads } from './qemu-threads.js';

// The kernel of a real hypervisor and what libvirt says of the same guest: two dedicated CPUs.

/** What gives back what was made, the latest last. */
const undo: (() => Promise<void>)[] = [];
const name = `kernel-${randomUUID().slice(0, 8)}`;
let cloud: OpenStack;
let host: Host;
let unprivileged: Host;
let virsh: Virsh;
let server: Server;
let domain: string;

beforeAll(async () => {
  const lab = await readLab();
  cloud = await OpenStack.connect(
    await credentialsFromCloudsYaml({ file: lab.files.cloudsYaml, cloud: lab.cloud }),
  );
  undo.push(() => cloud.close());
  const [image] = await cloud.images.list();
  if (image === undefined) throw new Error('The lab has no image.');
  const flavor = await cloud.compute.flavors.create({
    name,
    vcpus: 2,
    ramMib: 128,
    diskGib: 1,
    extraSpecs: { 'hw:cpu_policy': 'dedicated' },
  });
  undo.push(() => cloud.compute.flavors.delete(flavor.id));
  const created = await cloud.compute.servers.create({ name, flavorId: flavor.id, imageId: image.id });
  undo.push(() => cloud.actions.delete(created.id));
  server = await cloud.waitForServer(created.id, { status: 'ACTIVE', after: created });
  domain = server.instanceName ?? '';
  const machine = lab.hosts.find((one) => one.name === server.host);
  if (machine === undefined) throw new Error(`The lab does not describe ${String(server.host)}.`);
  const ssh = await SshHost.connect(machine.name, {
    address: machine.address,
    user: lab.ssh.user,
    identityFiles: [lab.ssh.identityFile],
    knownHostsFiles: [lab.ssh.knownHostsFile],
    configFile: false,
  });
  undo.push(() => ssh[Symbol.asyncDispose]());
  unprivileged = ssh;
  host = asRoot(ssh);
  virsh = new Virsh(host);
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

/** Programs that run on the machine while `read` does, seen as calls of the host. */
async function countCalls<T>(read: (counting: Host) => Promise<T>): Promise<[number, T]> {
  let calls = 0;
  const counting: Host = {
    name: host.name,
    exec: (argv, options) => {
      calls++;
      return host.exec(argv, options);
    },
    readFile: (path, options) => {
      calls++;
      return host.readFile(path, options);
    },
    replaceFile: () => Promise.reject(new Error('nothing is written')),
    dial: () => Promise.reject(new Error('nothing is dialled')),
  };
  const value = await read(counting);
  return [calls, value];
}

describe('the kernel of a hypervisor', () => {
  it('has the CPUs, cells and distances that libvirt has', async () => {
    const { cells, cpus } = (await virsh.capabilities()).host;
    const [topologyCalls, topology] = await countCalls((counting) => readCpuTopology(counting));
    const [cellCalls, kernelCells] = await countCalls((counting) => readNumaCells(counting));
    expect([topologyCalls, cellCalls]).toEqual([1, 1]);
    expect(String(topology.online)).toBe(String(cpus));
    expect(kernelCells.map(({ id, cpus: own }) => [id, String(own)])).toEqual(
      cells.map(({ id, cpuset }) => [id, String(cpuset)]),
    );
    for (const cell of cells) {
      const kernelCell = kernelCells.find(({ id }) => id === cell.id);
      expect(kernelCell?.distances).toEqual(cell.distances);
      expect([...(kernelCell?.hugepages.keys() ?? [])]).toEqual(
        [...cell.pages.keys()].filter((size) => size > 4),
      );
      for (const { id, socket, core, siblings } of cell.cpus) {
        const cpu = topology.cpus.get(id);
        expect(cpu).toMatchObject({ socket, core, numaNode: cell.id });
        expect(String(cpu?.siblings)).toBe(String(siblings));
      }
    }
  });

  it('lets each thread of a guest run where the XML says', async () => {
    const { cpuTune } = await virsh.domain(server.id);
    const [calls, threads] = await countCalls((counting) => readQemuThreads(counting, { domain }));
    expect(calls).toBe(1);
    expect(cpuTune.vcpuPins.size).toBe(2);
    expect([...threads.vcpus.keys()]).toEqual([...cpuTune.vcpuPins.keys()]);
    for (const [vcpu, cpus] of cpuTune.vcpuPins) {
      expect(String(threads.vcpus.get(vcpu)?.allowedCpus)).toBe(String(cpus));
    }
    expect(threads.emulator.length).toBeGreaterThan(0);
    for (const { allowedCpus } of threads.emulator) {
      expect(String(allowedCpus)).toBe(String(cpuTune.emulatorPin));
    }
    expect(threads.threads.filter(({ role }) => role.kind === 'other')).toEqual([]);
    expect(threads.process.commandLine).toContain(server.id);
    expect(await readQemuThreads(host, { pid: threads.process.pid })).toMatchObject({
      process: { startTicks: threads.process.startTicks },
    });
  });

  it('follows virsh when it pins a vCPU or the emulator elsewhere', async () => {
    const before = (await virsh.domain(server.id)).cpuTune;
    const own = before.vcpuPins.get(1) ?? CpuSet.empty;
    const wrong = (await readCpuTopology(host)).online.difference(own);
    expect(wrong.isEmpty).toBe(false);
    await virsh.vcpuPin(server.id, 1, wrong);
    await virsh.emulatorPin(server.id, own);
    try {
      const { vcpus, emulator } = await readQemuThreads(host, { domain });
      expect(String(vcpus.get(1)?.allowedCpus)).toBe(String(wrong));
      expect(String(vcpus.get(0)?.allowedCpus)).toBe(String(before.vcpuPins.get(0)));
      // Where libvirt has no cpuset cgroup it moves the main thread only; the others stay where they were made.
      expect(String(emulator[0]?.allowedCpus)).toBe(String(own));
    } finally {
      await virsh.vcpuPin(server.id, 1, own);
      await virsh.emulatorPin(server.id, before.emulatorPin ?? own);
    }
    expect(String((await readQemuThreads(host, { domain })).vcpus.get(1)?.allowedCpus)).toBe(String(own));
  });

  it('has the memory of the guest on the nodes of the XML', async () => {
    const { memoryKib, numaTune } = await virsh.domain(server.id);
    const [calls, { guestMemory }] = await countCalls((counting) => readNumaMaps(counting, { domain }));
    expect(calls).toBe(1);
    expect(guestMemory.reduce((sum, { sizeKib }) => sum + sizeKib, 0)).toBe(memoryKib);
    const [memory] = guestMemory;
    expect(memory?.pageSizeKib).toBe(4);
    const nodes = CpuSet.from(memory?.pages.keys() ?? []);
    expect(nodes.isEmpty).toBe(false);
    expect(nodes.isSubsetOf(numaTune?.memNodes.get(0)?.nodeset ?? [])).toBe(true);
    expect(String(memory?.mappings[0]?.policyNodes)).toBe(String(numaTune?.memNodes.get(0)?.nodeset));
    const pages = [...(memory?.pages.values() ?? [])].reduce((sum, count) => sum + count, 0);
    // A guest that has booted has touched a good part of its memory and cannot have more of it than there is.
    expect(pages).toBeGreaterThan(1000);
    expect(pages * 4).toBeLessThanOrEqual(memoryKib);
  });

  it('says what an unprivileged user may not read', async () => {
    await expect(readNumaMaps(unprivileged, { domain })).rejects.toMatchObject({ code: 'WB_KERNEL_DENIED' });
  });

  it('has a new process after a reboot, and none after the server was stopped', async () => {
    const read = async (): Promise<string> => {
      const { pid, startTicks } = await readProcess(host, { domain });
      return `${pid} since ${startTicks}`;
    };
    const first = await read();
    expect(await read()).toBe(first);
    await cloud.actions.hardReboot(server.id);
    expect(await read()).not.toBe(first);
    await cloud.actions.stop(server.id);
    await expect(readQemuThreads(host, { domain })).rejects.toMatchObject({ code: 'WB_KERNEL_NO_PROCESS' });
  });
});
