import { loadConfig } from '@whitebox/config';
import { FakeHost } from '@whitebox/host/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describedHosts } from './described-hosts.js';
import { computesThatAreUp, describeCompute, unknownHosts } from './open-computes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'computes-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Found {
  readonly units?: readonly string[];
  readonly podman?: readonly string[];
  readonly docker?: readonly string[];
  readonly paths?: readonly string[];
}

/** A machine on which that is installed. */
function machineWith({ units = [], podman = [], docker = [], paths = [] }: Found): FakeHost {
  const section = (name: string, lines: readonly string[]): string => [`@${name}`, ...lines, ''].join('\n');
  return new FakeHost({ name: 'compute-0' }).on(
    ['sh', '-c'],
    section(
      'units',
      units.map((unit) => `${unit} enabled enabled`),
    ) +
      section(
        'active',
        units.map((unit) => `${unit} loaded active running It`),
      ) +
      section('podman', podman) +
      section('docker', docker) +
      section('paths', paths),
  );
}

/** The compute of that name as nodes.yaml and tempest.conf describe it. */
async function described(found: Found, nodes = '', whitebox = '') {
  const [nodesYaml, tempestConf] = [join(folder, 'nodes.yaml'), join(folder, 'tempest.conf')];
  await writeFile(nodesYaml, nodes);
  await writeFile(tempestConf, `[whitebox]\n${whitebox}`);
  const hosts = describedHosts(await loadConfig({ nodesYaml, tempestConf }));
  return describeCompute('compute-0', machineWith(found), hosts.get('compute-0'));
}

const inDocker = ['docker', 'exec', '-u', 'root', 'nova_libvirt', 'virsh'];

describe('a compute of which nobody says anything', () => {
  it.each([
    [
      'devstack',
      { units: ['devstack@n-cpu.service', 'libvirtd.service'] },
      'devstack@n-cpu.service',
      ['virsh'],
    ],
    ['debian', { units: ['nova-compute.service'] }, 'nova-compute.service', ['virsh']],
    ['rdo', { units: ['openstack-nova-compute.service'] }, 'openstack-nova-compute.service', ['virsh']],
    ['kolla', { docker: ['nova_compute', 'nova_libvirt'], paths: ['/etc/kolla'] }, 'nova_compute', inDocker],
    [
      'tripleo',
      { units: ['tripleo_nova_compute.service'], podman: ['nova_compute', 'nova_virtqemud'] },
      'nova_compute',
      ['podman', 'exec', '-u', 'root', 'nova_virtqemud', 'virsh'],
    ],
    [
      'edpm',
      { units: ['edpm_nova_compute.service'], podman: ['nova_compute'], paths: ['/var/lib/openstack/nova'] },
      'nova_compute',
      ['virsh'],
    ],
  ] satisfies [string, Found, string, string[]][])(
    'is found to be %s',
    async (flavour, found, unit, virsh) => {
      const { deployment, novaCompute } = await described(found);
      expect(deployment.flavour.name).toBe(flavour);
      expect(JSON.stringify(novaCompute.reference)).toContain(`"${unit}"`);
      expect(deployment.virsh).toEqual(virsh);
    },
  );

  it('is an error where nothing is found', async () => {
    await expect(described({ units: ['ssh.service'] })).rejects.toMatchObject({
      code: 'WB_SERVICES_UNKNOWN_DEPLOYMENT',
    });
  });
});

describe('a compute of nodes.yaml', () => {
  const tripleo = `compute-0:
  services:
    libvirt:
      container_name: nova_libvirt
      start_command: systemctl start tripleo_nova_libvirt
      stop_command: systemctl stop tripleo_nova_libvirt
      mask_command: systemctl mask tripleo_nova_libvirt
      unmask_command: systemctl unmask tripleo_nova_libvirt
    nova-compute:
      container_name: nova_compute
      config_path: /var/lib/config-data/puppet-generated/nova_libvirt/etc/nova/nova.conf
      start_command: systemctl start tripleo_nova_compute
      stop_command: systemctl stop tripleo_nova_compute
  cpu_shared_set: 0,1
  cpu_dedicated_set: 4-7
`;
  const found: Found = {
    units: ['tripleo_nova_compute.service'],
    podman: ['nova_compute', 'nova_virtqemud'],
  };

  it('is as nodes.yaml says, whatever is found', async () => {
    const { deployment, novaCompute } = await described(
      found,
      tripleo,
      'containers = true\ncontainer_runtime = podman',
    );
    expect(deployment.virsh).toEqual(['podman', 'exec', '-u', 'root', 'nova_libvirt', 'virsh']);
    expect(novaCompute.reference).toMatchObject({
      kind: 'command',
      containerName: 'nova_compute',
      containerRuntime: 'podman',
      startCommand: 'systemctl start tripleo_nova_compute',
    });
    expect(novaCompute.config.file).toBe(
      '/var/lib/config-data/puppet-generated/nova_libvirt/etc/nova/nova.conf',
    );
  });

  it('has its containers in the runtime that tempest.conf says', async () => {
    const { deployment } = await described(found, tripleo, 'containers = true\ncontainer_runtime = docker');
    expect(deployment.virsh).toEqual(inDocker);
  });

  it('has no containers where tempest.conf says that there are none', async () => {
    const { deployment } = await described(
      { units: ['nova-compute.service'] },
      tripleo,
      'containers = false',
    );
    expect(deployment.virsh).toEqual(['virsh']);
  });

  it('says nothing of hosts whose names Nova does not know', async () => {
    const nodesYaml = join(folder, 'other.yaml');
    await writeFile(nodesYaml, 'compute-0: {}\ncompute_1: {}\n');
    const services = ['compute-0', 'compute-1'].map((host) => ({ binary: 'nova-compute', host }));
    expect(unknownHosts(describedHosts(await loadConfig({ nodesYaml })), services)).toEqual([
      `${nodesYaml}:2 describes compute_1, which is no compute of this cloud and so means nothing; Nova knows compute-0, compute-1`,
    ]);
  });
});

describe('computesThatAreUp', () => {
  it('names them in order, and says what there is where none is', () => {
    const service = (host: string, state: 'up' | 'down', binary = 'nova-compute') => ({
      host,
      state,
      binary,
    });
    expect(
      computesThatAreUp([
        service('b', 'up'),
        service('a', 'up'),
        service('c', 'down'),
        service('d', 'up', 'nova-api'),
      ]),
    ).toEqual(['a', 'b']);
    expect(() => computesThatAreUp([service('c', 'down')])).toThrow('registered are c');
  });
});
