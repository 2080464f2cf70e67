import { randomUUID } from 'node:crypto';
import { CpuSet } from '@whitebox/core';
import { asRoot, run, type Host } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { credentialsFromCloudsYaml, OpenStack, type Server } from '@whitebox/openstack';
import { SshHost } from '@whitebox/ssh';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDomain } from './domain.js';
import { xmlEngine } from './engine-choice.js';
import { Virsh } from './virsh.js';

// virsh of a real hypervisor, with a server that Nova booted: two dedicated CPUs, emulator threads among them.

/** What gives back what was made, the latest last. */
const undo: (() => Promise<void>)[] = [];
const name = `libvirt-xml-${randomUUID().slice(0, 8)}`;
let host: Host;
let virsh: Virsh;
let server: Server;

beforeAll(async () => {
  const lab = await readLab();
  const cloud = await OpenStack.connect(
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
  host = asRoot(ssh);
  virsh = new Virsh(host);
});

afterAll(async () => {
  for (const step of undo.reverse()) await step();
});

describe('Virsh on a hypervisor', () => {
  it('lists the server by uuid, name and state', async () => {
    expect(await virsh.list()).toContainEqual({
      uuid: server.id,
      name: server.instanceName,
      state: 'running',
    });
    expect(await virsh.domstate(server.id)).toMatchObject({ state: 'running' });
  });

  it('reads its domain by uuid and by name, alike with either engine', async () => {
    const domain = await virsh.domain(server.id);
    expect(domain).toMatchObject({ uuid: server.id, name: server.instanceName, memoryKib: 128 * 1024 });
    expect(domain.id).toBeGreaterThan(0);
    expect(domain.nova).toMatchObject({ name, flavor: { name, vcpus: 2, memoryMib: 128 } });
    expect(await virsh.domain(server.instanceName ?? '')).toEqual(domain);
    const xml = await virsh.domainXml(server.id);
    for (const engine of [xmlEngine(), xmlEngine('libxml2-wasm')]) {
      expect(parseDomain(xml, { engine })).toEqual(domain);
    }
  });

  it('reads the pins of the running domain, of its definition and of what would migrate', async () => {
    const live = await virsh.domain(server.id);
    expect([...live.cpuTune.vcpuPins.keys()]).toEqual([0, 1]);
    const [first, second] = [...live.cpuTune.vcpuPins.values()];
    expect([first?.size, second?.size]).toEqual([1, 1]);
    expect(first?.isDisjointFrom(second ?? [])).toBe(true);
    for (const options of [{ inactive: true }, { migratable: true }]) {
      const other = await virsh.domain(server.id, options);
      expect(other.cpuTune).toEqual(live.cpuTune);
      expect(other.id).toBeUndefined();
    }
  });

  it('changes pins of the running domain only', async () => {
    const before = (await virsh.domain(server.id)).cpuTune;
    const own = before.vcpuPins.get(0) ?? CpuSet.empty;
    const wrong = (await virsh.capabilities()).host.cpus.difference(own);
    await virsh.vcpuPin(server.id, 0, wrong);
    await virsh.emulatorPin(server.id, own);
    try {
      const live = (await virsh.domain(server.id)).cpuTune;
      expect(String(live.vcpuPins.get(0))).toBe(String(wrong));
      expect(String(live.vcpuPins.get(1))).toBe(String(before.vcpuPins.get(1)));
      expect(String(live.emulatorPin)).toBe(String(own));
      expect((await virsh.domain(server.id, { inactive: true })).cpuTune).toEqual(before);
    } finally {
      await virsh.vcpuPin(server.id, 0, own);
      await virsh.emulatorPin(server.id, before.emulatorPin ?? own);
    }
    expect((await virsh.domain(server.id)).cpuTune).toEqual(before);
  });

  it('lists the disks that the XML has', async () => {
    const { devices } = await virsh.domain(server.id);
    const disks = devices.disks.map((disk) => ({
      type: disk.type,
      device: disk.device,
      target: disk.targetDev,
      source: disk.source?.path,
    }));
    expect(disks.length).toBeGreaterThan(0);
    expect(await virsh.domblklist(server.id)).toEqual(disks);
  });

  it('reads the capabilities of the host and the versions', async () => {
    const { host: machine, guests } = await virsh.capabilities();
    expect(machine.cells.length).toBeGreaterThan(0);
    expect(machine.cpus.size).toBeGreaterThan(1);
    for (const { cpus } of machine.cells) {
      for (const { id, siblings } of cpus) expect(siblings?.has(id)).toBe(true);
    }
    expect(guests.some(({ domainTypes }) => domainTypes.includes('qemu'))).toBe(true);
    expect(await virsh.version()).toMatchObject({ hypervisor: 'QEMU' });
  });

  it('lists and reads secrets', async () => {
    const uuid = randomUUID();
    const xml = `<secret ephemeral='yes' private='yes'><uuid>${uuid}</uuid><description>of a test</description>
      <usage type='vtpm'><name>${name}</name></usage></secret>`;
    await run(host, ['virsh', '-c', 'qemu:///system', 'secret-define', '/dev/stdin'], { stdin: xml });
    try {
      expect(await virsh.secrets()).toContainEqual({ uuid, usageType: 'vtpm', usageId: name });
      expect(await virsh.secret(uuid)).toEqual({
        uuid,
        ephemeral: true,
        private: true,
        description: 'of a test',
        usage: { type: 'vtpm', id: name },
      });
    } finally {
      await virsh.run(['secret-undefine', uuid]);
    }
    await expect(virsh.secret(uuid)).rejects.toMatchObject({ code: 'WB_VIRSH_NO_SECRET' });
  });

  it('tells a domain that is not there from a libvirt that does not answer and from a wrong command', async () => {
    await expect(virsh.domain(randomUUID())).rejects.toMatchObject({ code: 'WB_VIRSH_NO_DOMAIN' });
    await expect(virsh.domstate('no such domain')).rejects.toMatchObject({ code: 'WB_VIRSH_NO_DOMAIN' });
    await expect(virsh.domblklist(randomUUID())).rejects.toMatchObject({ code: 'WB_VIRSH_NO_DOMAIN' });
    await expect(virsh.vcpuPin(randomUUID(), 0, CpuSet.of(0))).rejects.toMatchObject({
      code: 'WB_VIRSH_NO_DOMAIN',
    });
    const uri = 'qemu+unix:///system?socket=/nonexistent';
    await expect(new Virsh(host, { argv: ['virsh', '-c', uri] }).list()).rejects.toMatchObject({
      code: 'WB_VIRSH_NO_CONNECTION',
    });
    await expect(virsh.vcpuPin(server.id, 99, CpuSet.of(0))).rejects.toMatchObject({
      code: 'WB_VIRSH_FAILED',
    });
    await expect(virsh.vcpuPin(server.id, 0, CpuSet.of(16_000))).rejects.toThrow(/Invalid cpulist/);
    await expect(virsh.vcpuPin(server.id, 0, CpuSet.empty)).rejects.toMatchObject({
      code: 'WB_VIRSH_FAILED',
    });
  });
});
