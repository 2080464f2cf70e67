import { describe, expect, it } from 'vitest';
import { FakeHost } from '@whitebox/host/testing';
import { CommandService } from './command-service.js';
import { ContainerService } from './container-service.js';
import { detectDeployment, type DeploymentOverrides } from './deployment.js';
import { SystemdService } from './systemd-service.js';

interface Found {
  readonly units?: readonly string[];
  readonly active?: readonly string[];
  readonly podman?: readonly string[];
  readonly docker?: readonly string[];
  readonly paths?: readonly string[];
  readonly link?: string;
}

function hostWith({
  units = [],
  active = units,
  podman = [],
  docker = [],
  paths = [],
  link = '',
}: Found): FakeHost {
  const section = (name: string, lines: readonly string[]): string =>
    [`@${name}`, ...lines].map((line) => `${line}\n`).join('');
  return new FakeHost({ name: 'one' }).on(
    ['sh', '-c'],
    section(
      'units',
      units.map((unit) => `${unit} enabled enabled`),
    ) +
      section(
        'active',
        active.map((unit) => `${unit} loaded active running Something`),
      ) +
      section('podman', podman) +
      section('docker', docker) +
      section('paths', paths) +
      section('link', link === '' ? [] : [link]) +
      section('system', ['debian 12']),
  );
}

const detect = (found: Found, overrides?: DeploymentOverrides) =>
  detectDeployment(hostWith(found), overrides);

describe('detectDeployment', () => {
  it.each([
    ['debian', { units: ['nova-compute.service', 'libvirtd.service'] }, 'unit nova-compute.service'],
    ['rdo', { units: ['openstack-nova-compute.service'] }, 'unit openstack-nova-compute.service'],
    [
      'devstack',
      { units: ['devstack@n-cpu.service', 'nova-compute.service'] },
      'unit devstack@n-cpu.service',
    ],
    [
      'tripleo',
      { units: ['tripleo_nova_compute.service'], podman: ['nova_compute'] },
      'unit tripleo_nova_compute.service',
    ],
    ['kolla', { docker: ['nova_compute'], paths: ['/etc/kolla'] }, 'directory /etc/kolla'],
    [
      'osa',
      { units: ['nova-compute.service'], link: '/openstack/venvs/nova-29/etc/nova' },
      '/etc/nova leads to /openstack/venvs/nova-29/etc/nova',
    ],
    [
      'edpm',
      { units: ['edpm_nova_compute.service'], podman: ['nova_compute'], paths: ['/var/lib/openstack/nova'] },
      'directory /var/lib/openstack/nova',
    ],
  ] satisfies [string, Found, string][])('knows %s', async (name, found, evidence) => {
    const deployment = await detect(found);
    expect(deployment.flavour.name).toBe(name);
    expect(deployment.evidence).toContain(evidence);
    expect(deployment.services).toContain('nova-compute');
  });

  it('asks the host once', async () => {
    const host = hostWith({ units: ['nova-compute.service'] });
    const deployment = await detectDeployment(host);
    deployment.service('nova-compute');
    deployment.service('libvirt');
    expect(host.commands).toHaveLength(1);
  });

  it('says what it saw when it knows nothing', async () => {
    await expect(detect({ units: ['ssh.service'] })).rejects.toMatchObject({
      code: 'WB_SERVICES_UNKNOWN_DEPLOYMENT',
      observed: expect.stringContaining('1 units, 0 containers') as string,
    });
  });

  it('makes do with what is said of the services where it knows nothing', async () => {
    const services = {
      'nova-compute': { startCommand: 'systemctl start my-nova', configPath: '/srv/nova.conf' },
    };
    const deployment = await detect({ units: ['my-nova.service'] }, { services });
    expect(deployment.flavour.name).toBe('described');
    expect(deployment.service('nova-compute').config.file).toBe('/srv/nova.conf');
    expect(() => deployment.service('nova-api')).toThrow('it knows nova-compute');
  });

  it('looks at the unit that the commands move, also where the flavour has another', async () => {
    const services = { 'nova-compute': { startCommand: 'sudo systemctl start my-nova' } };
    const deployment = await detect({ units: ['nova-compute.service', 'my-nova.service'] }, { services });
    expect(deployment.flavour.name).toBe('debian');
    expect(deployment.service('nova-compute').reference).toMatchObject({ unit: 'my-nova' });
  });

  it('believes what is said', async () => {
    const deployment = await detect({ units: ['ssh.service'] }, { flavour: 'rdo', virsh: ['sudo', 'virsh'] });
    expect(deployment.flavour.name).toBe('rdo');
    expect(deployment.virsh).toEqual(['sudo', 'virsh']);
    expect(deployment.service('nova-compute').reference).toMatchObject({
      unit: 'openstack-nova-compute.service',
    });
  });
});

describe('Deployment', () => {
  it('takes the unit that runs where a machine has several', async () => {
    const units = ['nova-compute.service', 'libvirtd.service', 'virtqemud.service'];
    const modular = await detect({ units, active: ['virtqemud.service'] });
    expect(modular.service('libvirt').reference).toMatchObject({ unit: 'virtqemud.service' });
    const monolithic = await detect({ units, active: [] });
    expect(monolithic.service('libvirt').reference).toMatchObject({ unit: 'libvirtd.service' });
    expect(monolithic.virsh).toEqual(['virsh']);
    expect(monolithic.libvirtHost).toBe(monolithic.host);
  });

  it('finds containers, their units and their runtime', async () => {
    const tripleo = await detect({
      units: ['tripleo_nova_compute.service', 'tripleo_nova_virtqemud.service'],
      podman: ['nova_compute', 'nova_virtqemud'],
    });
    const compute = tripleo.service('nova_compute');
    expect(compute).toBeInstanceOf(ContainerService);
    expect(compute.reference).toMatchObject({
      runtime: 'podman',
      container: 'nova_compute',
      unit: 'tripleo_nova_compute.service',
    });
    expect(compute.config.sources).toEqual({
      '/etc/nova': '/var/lib/config-data/puppet-generated/nova_libvirt/etc/nova',
    });
    expect(tripleo.virsh).toEqual(['podman', 'exec', '-u', 'root', 'nova_virtqemud', 'virsh']);

    const kolla = await detect({
      docker: ['nova_compute', 'nova_libvirt'],
      paths: ['/etc/kolla'],
      units: ['libvirtd.service'],
    });
    expect(kolla.service('nova-compute').reference).toMatchObject({ runtime: 'docker', unit: undefined });
    expect(kolla.service('libvirt').reference).toMatchObject({ container: 'nova_libvirt', unit: undefined });
    expect(kolla.virsh).toEqual(['docker', 'exec', '-u', 'root', 'nova_libvirt', 'virsh']);
    const onHost = await detect({
      docker: ['nova_compute'],
      paths: ['/etc/kolla'],
      units: ['libvirtd.service'],
    });
    expect(onHost.service('libvirt').reference).toMatchObject({ kind: 'systemd', unit: 'libvirtd.service' });
  });

  it('names the container that is not there, whatever its unit says', async () => {
    const units = ['tripleo_nova_compute.service', 'tripleo_nova_libvirt.service'];
    const deployment = await detect({ units, podman: ['nova_virtlogd'] });
    expect(deployment.service('nova-compute').reference).toMatchObject({
      container: 'nova_compute',
      unit: 'tripleo_nova_compute.service',
      runtime: 'podman',
    });
    expect(deployment.service('libvirt').reference).toMatchObject({ container: 'nova_libvirt' });
    expect(deployment.virsh).toEqual(['podman', 'exec', '-u', 'root', 'nova_libvirt', 'virsh']);
  });

  it('knows where older and newer EDPM keep their files', async () => {
    const found = { units: ['edpm_nova_compute.service'], podman: ['nova_compute'] };
    const [newer, older] = await Promise.all([
      detect({ ...found, paths: ['/var/lib/openstack/nova'] }),
      detect({ ...found, paths: ['/var/lib/openstack/config/nova'] }),
    ]);
    const sources = (deployment: typeof newer) => deployment.service('nova-compute').config.sources;
    expect(sources(newer)?.['/etc/nova/nova.conf.d']).toBe('/var/lib/openstack/nova');
    expect(sources(older)?.['/etc/nova/nova.conf.d']).toBe('/var/lib/openstack/config/nova');
  });

  it('lets the words of nodes.yaml win, and fills what they leave out', async () => {
    const deployment = await detect(
      { units: ['nova-compute.service', 'libvirtd.service'] },
      {
        services: {
          'nova-compute': { configPath: '/srv/nova.conf', startCommand: 'systemctl start my-nova' },
          libvirt: { maskCommand: 'systemctl mask libvirtd', unit: 'my-libvirt.service' },
          'my-agent': { containerName: 'my_agent', containerRuntime: 'docker' },
        },
      },
    );
    const compute = deployment.service('nova_compute');
    expect(compute).toBeInstanceOf(CommandService);
    expect(compute.config).toMatchObject({ file: '/srv/nova.conf', program: 'nova-compute' });
    expect(compute.reference).toMatchObject({ unit: 'my-nova' });
    expect(deployment.service('libvirt').reference).toMatchObject({ unit: 'my-libvirt.service' });
    expect(deployment.service('my-agent').reference).toMatchObject({ containerName: 'my_agent' });
    expect(deployment.services).toContain('my-agent');
    expect(() => deployment.service('nova-computer')).toThrow('it knows nova-compute, nova-api');
  });
});

describe('virsh', () => {
  const libvirt = { containerName: 'my_libvirt' };

  it('is in the container that is said for libvirt, whatever the flavour has', async () => {
    const found = { units: ['nova-compute.service'], docker: ['my_libvirt'] };
    const deployment = await detect(found, { services: { libvirt } });
    expect(deployment.virsh).toEqual(['docker', 'exec', '-u', 'root', 'my_libvirt', 'virsh']);
    expect(deployment.libvirtHost.name).toMatch(/^my_libvirt@/);
  });

  it('is run by the runtime that is said', async () => {
    const services = { libvirt: { ...libvirt, containerRuntime: 'docker' as const } };
    const deployment = await detect({ units: ['nova-compute.service'] }, { services });
    expect(deployment.virsh).toEqual(['docker', 'exec', '-u', 'root', 'my_libvirt', 'virsh']);
  });
});

describe('CommandService', () => {
  it.each([
    ['systemctl stop tripleo_nova_compute', 'tripleo_nova_compute'],
    ['sudo systemctl --no-block restart "nova-compute.service"', 'nova-compute.service'],
    ['sudo systemctl start --no-block devstack@n-cpu', 'devstack@n-cpu'],
  ])('finds the unit in %j', async (stopCommand, unit) => {
    const host = new FakeHost().on('systemctl', ({ argv }) => {
      expect(argv.at(-1)).toBe(unit.endsWith('.service') ? unit : `${unit}.service`);
      return `Id=x\nLoadState=loaded\nActiveState=active\nSubState=running\nMainPID=7\n`;
    });
    expect((await new CommandService(host, { name: 'x', stopCommand }).status()).state).toBe('running');
  });

  it('refuses a service of which nothing tells how it does', () => {
    expect(() => new CommandService(new FakeHost(), { name: 'x', stopCommand: 'killall x' })).toThrow(
      'Say the unit or the container name',
    );
  });

  it('is a systemd service where nothing else is said', async () => {
    const service = new CommandService(new FakeHost(), { name: 'x', unit: 'x.service' });
    expect(service.reference).toEqual({ kind: 'command', name: 'x', unit: 'x.service' });
    await expect(service.status()).rejects.toThrow('was not told how to answer');
    expect(new SystemdService(new FakeHost(), 'x').unit).toBe('x.service');
  });
});
