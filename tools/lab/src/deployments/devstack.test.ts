import { beforeAll, describe, expect, it } from 'vitest';
import { debian12 } from '../distribution.js';
import { readTemplates } from '../files.js';
import { hostFiles, unitsOf, type HostFile } from '../host-files.js';
import { parseNetwork } from '../ipv4.js';
import { hostsFor, type Host } from '../lab-hosts.js';
import { optionalServices } from '../optional-services.js';
import { loadProfile } from '../profiles.js';
import { makeSecrets } from '../secrets.js';
import { shapedUnits, shapeOf } from './host-shape.js';

const hosts = hostsFor(await loadProfile('devstack'), parseNetwork('10.20.30.0/24'), [0, 1, 2, 3]);
const [controller, compute] = hosts as [Host, Host];
let filesOf: (host: Host) => HostFile[];

beforeAll(async () => {
  const templates = await readTemplates();
  const secrets = makeSecrets(hosts.map(({ name }) => name));
  const context = { distribution: debian12, templates, hosts, secrets, cpus: 4, virtType: 'qemu' } as const;
  filesOf = (host) =>
    hostFiles({ ...context, rootLogin: false, services: optionalServices, firstStart: '' }, host);
});

const contentOf = (host: Host, path: string) => filesOf(host).find((file) => file.path === path)?.content;

describe('a host as DevStack leaves it', () => {
  it('has nova-compute read one file, named on its command line, as stack', () => {
    const unit = contentOf(compute, '/etc/systemd/system/devstack@n-cpu.service');
    expect(unit).toContain('ExecStart = /usr/bin/nova-compute --config-file /etc/nova/nova-cpu.conf\n');
    expect(unit).toContain('User = stack\nGroup = libvirt\n');
    for (const host of hosts) {
      const file = filesOf(host).find(({ path }) => path === '/etc/nova/nova-cpu.conf');
      expect(file).toMatchObject({ owner: 'stack', group: 'stack' });
      expect(file?.content).toContain('compute_driver = libvirt.LibvirtDriver\n');
      expect(file?.content).toContain('state_path = /opt/stack/data/nova\n');
      expect(file?.content).toContain(`cpu_dedicated_set = ${host.cpuSets.dedicated}\n`);
      expect(file?.content).not.toMatch(/^log_dir|^\[(api_)?database\]/m);
    }
    expect(contentOf(compute, '/etc/nova/nova.conf')).toBeUndefined();
    expect(contentOf(controller, '/etc/nova/nova.conf')).toContain('[api_database]\n');
  });

  it('keeps the waiting of the lab, in the names of its units', () => {
    expect(contentOf(controller, '/etc/systemd/system/devstack@n-api.service.d/lab.conf')).toContain(
      'After=devstack@n-cond.service\n',
    );
    expect(contentOf(compute, '/etc/systemd/system/devstack@n-cpu.service.d/lab.conf')).toContain('lab-wait');
    expect(contentOf(compute, '/etc/systemd/system/nova-compute.service.d/lab.conf')).toBeUndefined();
  });

  it('starts its own units, and has no others of Nova', () => {
    const units = shapedUnits(unitsOf(debian12, controller.roles, []), controller);
    expect(units).toEqual(
      expect.arrayContaining(['devstack@n-cpu', 'devstack@n-api', 'devstack@n-sch', 'devstack@n-cond']),
    );
    expect(units.filter((unit) => unit.startsWith('nova'))).toEqual([]);
    expect(shapeOf(controller)?.absent).toContain('/lib/systemd/system/nova-compute.service');
    for (const unit of units.filter((one) => one.startsWith('devstack@'))) {
      expect(contentOf(controller, `/etc/systemd/system/${unit}.service`), unit).toContain('[Install]');
    }
  });
});
