import { beforeAll, describe, expect, it } from 'vitest';
import { debian12 } from '../distribution.js';
import { readTemplates } from '../files.js';
import { hostFiles, unitsOf, type HostFile } from '../host-files.js';
import { parseNetwork } from '../ipv4.js';
import { apiAddress, hostsFor, type Host } from '../lab-hosts.js';
import { optionalServices } from '../optional-services.js';
import { loadProfile } from '../profiles.js';
import { makeSecrets } from '../secrets.js';
import { shapedUnits } from './host-shape.js';

const hosts = hostsFor(await loadProfile('tripleo'), parseNetwork('10.20.30.0/24'), [0, 1, 2, 3]);
const [controller, compute, undercloud] = hosts as [Host, Host, Host];
const generated = '/var/lib/config-data/puppet-generated';
let filesOf: (host: Host) => HostFile[];

beforeAll(async () => {
  const templates = await readTemplates();
  const secrets = makeSecrets(hosts.map(({ name }) => name));
  const context = { distribution: debian12, templates, hosts, secrets, cpus: 4, virtType: 'qemu' } as const;
  filesOf = (host) =>
    hostFiles({ ...context, rootLogin: false, services: optionalServices, firstStart: '' }, host);
});

const contentOf = (host: Host, path: string) => filesOf(host).find((file) => file.path === path)?.content;

describe('hosts as TripleO leaves them', () => {
  it('are in a network of their own, the APIs outside too, and the undercloud in both', () => {
    expect(controller).toMatchObject({
      address: '192.168.24.10',
      inside: true,
      secondAddress: '10.20.30.10',
    });
    expect(compute).toMatchObject({ address: '192.168.24.11', inside: true });
    expect(compute.secondAddress).toBeUndefined();
    expect(undercloud).toMatchObject({ address: '10.20.30.9', secondAddress: '192.168.24.1', roles: [] });
    expect(apiAddress(hosts)).toBe('10.20.30.10');
    expect(contentOf(compute, '/etc/ssh/sshd_config.d/lab.conf')).toContain('ListenAddress 192.168.24.11\n');
    expect(contentOf(controller, '/etc/mysql/mariadb.conf.d/99-lab.cnf')).toContain(
      'bind-address = 127.0.0.1,192.168.24.10\n',
    );
  });

  it('have the configuration where puppet generates it, and none beside it', () => {
    const own = contentOf(compute, `${generated}/nova_libvirt/etc/nova/nova.conf`);
    expect(own).toContain('compute_driver = libvirt.LibvirtDriver\n');
    expect(own).not.toMatch(/^\[(api_)?database\]/m);
    expect(contentOf(compute, '/etc/nova/nova.conf')).toBeUndefined();
    expect(contentOf(controller, `${generated}/nova/etc/nova/nova.conf`)).toContain('[api_database]\n');
    expect(contentOf(controller, `${generated}/nova_libvirt/etc/nova/nova.conf`)).not.toContain(
      '[api_database]',
    );
  });

  it('have a unit and a container for each service', () => {
    const units = shapedUnits(unitsOf(debian12, compute.roles, []), compute);
    expect(units).toEqual(
      expect.arrayContaining(['tripleo_nova_compute', 'tripleo_nova_libvirt', 'tripleo_nova_virtlogd']),
    );
    expect(contentOf(compute, '/etc/lab-containers')).toBe(
      'nova_virtlogd nova_libvirt root\nnova_libvirt nova_libvirt root\nnova_compute nova_libvirt nova\n',
    );
    const unit = contentOf(compute, '/etc/systemd/system/tripleo_nova_compute.service');
    expect(unit).toContain('ExecStart=/usr/bin/podman start nova_compute\n');
    expect(
      JSON.parse(contentOf(compute, '/var/lib/kolla/config_files/nova_compute.json') ?? ''),
    ).toMatchObject({
      command: '/usr/bin/nova-compute',
    });
  });

  it('have the API in a container too, with its configuration', () => {
    expect(contentOf(controller, '/etc/lab-containers')).toContain('nova_api nova nova\n');
    expect(contentOf(controller, '/etc/nova/nova.conf')).toBeUndefined();
    expect(contentOf(controller, '/etc/nova/nova-api-uwsgi.ini')).toBeUndefined();
    expect(contentOf(controller, `${generated}/nova/etc/nova/nova-api-uwsgi.ini`)).toContain('[uwsgi]\n');
    expect(contentOf(controller, '/etc/systemd/system/tripleo_nova_api.service.d/lab.conf')).toContain(
      'After=tripleo_nova_conductor.service\n',
    );
    expect(shapedUnits(unitsOf(debian12, controller.roles, []), controller)).toContain('tripleo_nova_api');
    expect(contentOf(compute, '/etc/lab-containers')).not.toContain('nova_api');
  });

  it('have nothing of the cloud on the undercloud', () => {
    expect(filesOf(undercloud).map(({ path }) => path)).toEqual([
      '/etc/hosts',
      '/etc/ssh/sshd_config.d/lab.conf',
      '/etc/hostname',
      '/etc/machine-id',
    ]);
  });
});
