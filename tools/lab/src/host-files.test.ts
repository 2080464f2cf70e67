import { beforeAll, describe, expect, it } from 'vitest';
import { debian12 } from './distribution.js';
import { readTemplates } from './files.js';
import { firstStartSql } from './first-start.js';
import { hostFiles, unitsOf, type HostFileContext } from './host-files.js';
import { parseNetwork } from './ipv4.js';
import { optionalServices, type OptionalService } from './optional-services.js';
import { makeSecrets } from './secrets.js';
import { hostsFor, type Host } from './lab-hosts.js';
import { loadProfile } from './profiles.js';

const hosts = hostsFor(await loadProfile('small'), parseNetwork('10.20.30.0/24'), [0, 1, 2, 3]);
const [controller, compute] = hosts as [Host, Host];
const secrets = makeSecrets(hosts.map(({ name }) => name));
let context: HostFileContext;

beforeAll(async () => {
  context = {
    distribution: debian12,
    templates: await readTemplates(),
    hosts,
    secrets,
    cpus: 4,
    virtType: 'qemu',
    rootLogin: false,
    services: optionalServices,
    firstStart: firstStartSql(secrets, controller.address, optionalServices),
  };
});

function text(host: (typeof hosts)[number], path: string): string {
  const found = hostFiles(context, host).find((file) => file.path === path);
  if (found === undefined) throw new Error(`${host.name} has no ${path}`);
  return found.content;
}

/** Value of an option; the section as a whole when no option is asked for. */
function option(content: string, section: string, name: string): string | undefined {
  const body = new RegExp(`^\\[${section}\\]\\n([^[]*)`, 'm').exec(content)?.[1];
  return new RegExp(`^${name} = (.*)$`, 'm').exec(body ?? '')?.[1];
}

describe('files of a host', () => {
  it('are rendered without a hole, each once', () => {
    for (const host of hosts) {
      const files = hostFiles(context, host);
      const paths = files.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      for (const { path, content } of files) expect(content, path).not.toMatch(/@[A-Z][A-Z0-9_]*@/);
    }
  });

  it('use every template', () => {
    const parts = ['nova-databases.conf', 'neutron-database.conf', 'uwsgi.ini'];
    const used = [...debian12.files.map(({ template }) => template), ...parts];
    expect(Object.keys(context.templates).sort()).toEqual(used.sort());
  });

  it('give each compute its own CPU sets and address in /etc/nova/nova.conf', () => {
    const first = text(controller, '/etc/nova/nova.conf');
    const second = text(compute, '/etc/nova/nova.conf');
    expect(option(first, 'compute', 'cpu_dedicated_set')).toBe('0-1');
    expect(option(first, 'compute', 'cpu_shared_set')).toBe('2-3');
    expect(option(second, 'compute', 'cpu_dedicated_set')).toBe('2-3');
    expect(option(second, 'DEFAULT', 'my_ip')).toBe('10.20.30.11');
    expect(option(second, 'libvirt', 'live_migration_inbound_addr')).toBe('10.20.30.11');
    expect(option(second, 'libvirt', 'virt_type')).toBe('qemu');
  });

  it('leave out a set that is empty, and reserve the memory that the profile says', () => {
    const host: Host = { ...compute, cpuSets: { dedicated: '', shared: '3' }, reservedMemoryMib: 1024 };
    const content = text(host, '/etc/nova/nova.conf');
    expect(option(content, 'compute', 'cpu_dedicated_set')).toBeUndefined();
    expect(option(content, 'compute', 'cpu_shared_set')).toBe('3');
    expect(option(content, 'DEFAULT', 'reserved_host_memory_mb')).toBe('1024');
  });

  it('name the persistent memory of a host to Nova and to its ndctl, and none where it has none', () => {
    const pmem = [
      { sizeMib: 32, count: 2 },
      { sizeMib: 64, count: 1 },
    ];
    const host: Host = { ...compute, pmem };
    expect(option(text(host, '/etc/nova/nova.conf'), 'libvirt', 'pmem_namespaces')).toBe(
      '32MB:pmem-32-0|pmem-32-1,64MB:pmem-64-0',
    );
    expect(text(host, '/etc/lab-pmem')).toBe('pmem-32-0 32\npmem-32-1 32\npmem-64-0 64\n');
    expect(option(text(compute, '/etc/nova/nova.conf'), 'libvirt', 'pmem_namespaces')).toBeUndefined();
    expect(hostFiles(context, compute).map(({ path }) => path)).not.toContain('/etc/lab-pmem');
  });

  it('describe the hardware that a host is to show, and none where it shows the machine', async () => {
    const [emulated] = hostsFor(await loadProfile('nfv'), parseNetwork('10.20.30.0/24'), [0, 1, 2, 3]);
    if (emulated === undefined) throw new Error('no host');
    expect(text(emulated, '/etc/lab-topology/machine.conf')).toContain('cpu 15 cell 1 socket 1 core 3\n');
    expect(text(emulated, '/etc/lab-topology/tree.conf')).toContain('/node/node1/');
    const paths = hostFiles(context, controller).map(({ path }) => path);
    expect(paths.filter((path) => path.includes('topology'))).toEqual([]);
  });

  it('enable the filters that NFV tests need', () => {
    const filters = option(
      text(controller, '/etc/nova/nova.conf'),
      'filter_scheduler',
      'enabled_filters',
    )?.split(',');
    expect(filters).toEqual(
      expect.arrayContaining([
        'NUMATopologyFilter',
        'SameHostFilter',
        'DifferentHostFilter',
        'PciPassthroughFilter',
      ]),
    );
  });

  it('give a host that only computes no way to a database and none of its passwords', () => {
    const all = hostFiles(context, compute)
      .map(({ content }) => content)
      .join('\n');
    expect(all).not.toContain('mysql');
    for (const password of Object.values(secrets.database)) expect(all).not.toContain(password);
    for (const name of ['admin', 'demo', 'glance'] as const)
      expect(all).not.toContain(secrets.keystone[name]);
    expect(option(text(controller, '/etc/nova/nova.conf'), 'database', 'connection')).toBe(
      `mysql+pymysql://nova:${secrets.database.nova}@controller/nova_cell1?charset=utf8`,
    );
  });

  it('with a secret are readable to nobody else', () => {
    const values = [secrets.rabbitmq, ...Object.values(secrets.keystone), ...Object.values(secrets.database)];
    for (const host of hosts) {
      for (const file of hostFiles(context, host)) {
        if (values.some((value) => file.content.includes(value)))
          expect(file.mode & 0o007, file.path).toBe(0);
      }
    }
  });

  it('let root in only when asked', () => {
    expect(text(compute, '/etc/ssh/sshd_config.d/lab.conf')).toContain('PermitRootLogin no\n');
    context = { ...context, rootLogin: true };
    expect(text(compute, '/etc/ssh/sshd_config.d/lab.conf')).toContain('PermitRootLogin prohibit-password\n');
    context = { ...context, rootLogin: false };
  });

  it('bind the database to the network of the hosts', () => {
    expect(text(controller, '/etc/mysql/mariadb.conf.d/99-lab.cnf')).toContain(
      'bind-address = 127.0.0.1,10.20.30.10\n',
    );
  });

  it('make a service wait for what it needs', () => {
    const unit = text(compute, '/etc/systemd/system/nova-compute.service.d/lab.conf');
    expect(unit).toContain(
      'ExecStartPre=/usr/local/sbin/lab-wait tcp:controller:5672 http:controller:5000/v3 http:controller:8778/ http:controller:8774/\n',
    );
    expect(unit).toContain('StartLimitIntervalSec=0\n');
  });

  it('leave out the parts that the lab is made without', () => {
    const cinder = '/etc/cinder/cinder.conf';
    const unit = '/etc/systemd/system/cinder-volume.service.d/lab.conf';
    const paths = (services: readonly OptionalService[]) =>
      hostFiles({ ...context, services }, controller).map(({ path }) => path);
    expect(paths(['volumes', 'keys'])).toEqual(expect.arrayContaining([cinder, unit]));
    const without = paths(['keys']);
    expect(without.filter((path) => path.includes('cinder'))).toEqual([]);
    expect(without).toContain('/etc/barbican/barbican.conf');
    const vtpm = (services: readonly OptionalService[]) => {
      const nova = hostFiles({ ...context, services }, compute).find(
        ({ path }) => path === '/etc/nova/nova.conf',
      );
      return option(nova?.content ?? '', 'libvirt', 'swtpm_enabled');
    };
    expect([vtpm(['keys']), vtpm(['volumes'])]).toEqual(['true', 'false']);
  });

  it('start on the control host alone what is not on each', () => {
    expect(unitsOf(debian12, ['control', 'compute'], ['volumes'])).toContain('cinder-volume');
    expect(unitsOf(debian12, ['control', 'compute'], ['volumes'])).not.toContain('barbican-api');
    expect(unitsOf(debian12, ['compute'], ['volumes', 'keys'])).not.toContain('cinder-volume');
  });

  it('run one API process on a small machine', () => {
    const processes = () => /processes = (\d)/.exec(text(controller, '/etc/nova/nova-api-uwsgi.ini'))?.[1];
    expect(processes()).toBe('2');
    context = { ...context, cpus: 2 };
    expect(processes()).toBe('1');
    context = { ...context, cpus: 4 };
  });
});

describe('statements of the first start', () => {
  it('are one per line, replace every golden password, and hold no password in clear but those of the cells', () => {
    const sql = firstStartSql(secrets, '10.20.30.10', optionalServices);
    const lines = sql.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^(ALTER|UPDATE) .*;$/);
    for (const user of Object.keys(secrets.database)) expect(sql).toContain(`ALTER USER '${user}'@'%'`);
    for (const user of Object.keys(secrets.keystone)) expect(sql).toContain(`WHERE u.name = '${user}';`);
    for (const password of Object.values(secrets.keystone)) expect(sql).not.toContain(password);
    expect(sql).not.toContain(secrets.database.root);
    expect(sql).toContain("REPLACE(url, '//controller:', '//10.20.30.10:')");
  });

  it('take services that the lab does not run out of the catalogue', () => {
    const disabled = (services: readonly OptionalService[]) =>
      firstStartSql(secrets, '10.20.30.10', services)
        .split('\n')
        .filter((line) => line.includes('enabled = 0'));
    expect(disabled(['volumes', 'keys'])).toEqual([]);
    expect(disabled(['keys'])).toEqual(["UPDATE keystone.service SET enabled = 0 WHERE type = 'volumev3';"]);
    expect(disabled([])).toHaveLength(2);
  });
});

describe('secrets', () => {
  it('are all different, and different in each lab', () => {
    const values = (from: unknown): string[] =>
      typeof from === 'string' ? [from] : Object.values(from as object).flatMap(values);
    const both = [...values(makeSecrets(['a', 'b'])), ...values(makeSecrets(['a', 'b']))];
    expect(new Set(both).size).toBe(both.length);
  });

  it('have keys of the form that fernet takes: 32 bytes in URL-safe base64', () => {
    for (const key of [...secrets.fernetKeys, ...secrets.credentialKeys, secrets.barbicanKey])
      expect(key).toMatch(/^[\w-]{43}=$/);
  });
});
