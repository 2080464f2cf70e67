import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { CpuSet } from '@whitebox/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mountsBelow } from './hosts.js';
import { readLab, type LabDescription } from './description.js';
import { parseNetwork, overlap } from './ipv4.js';
import { command } from './lab-testing.js';
import { serviceUsers } from './secrets.js';

// What the lab promises to whoever uses it, checked from outside.

let lab: LabDescription;

beforeAll(async () => {
  lab = await readLab();
});

const ssh = (host: string, line: string, ...options: string[]) =>
  command('ssh', '-F', lab.ssh.configFile, '-o', 'BatchMode=yes', ...options, host, line);

async function openstack(line: string): Promise<string> {
  const { code, stdout, stderr } = await ssh('controller', `. ./openrc; openstack ${line}`);
  if (code !== 0) throw new Error(`openstack ${line}: ${stderr}`);
  return stdout.trim();
}

describe('each host', () => {
  it('lets the operator in by key, who may become root', async () => {
    for (const { name } of lab.hosts) {
      const { stdout } = await ssh(name, 'hostname; id -un; sudo -n id -un');
      expect(stdout.split('\n')).toEqual([name, lab.ssh.user, 'root', '']);
    }
  });

  it('does not let root in, nor anybody by password', async () => {
    for (const { name } of lab.hosts) {
      expect(await ssh(name, 'true', '-l', 'root')).toMatchObject({ code: 255 });
      const { stderr } = await ssh(name, 'true', '-o', 'PubkeyAuthentication=no');
      expect(stderr).toContain('Permission denied (publickey)');
    }
  });

  it('has keys of its own, and known_hosts knows them', async () => {
    const lines = (await readFile(lab.ssh.knownHostsFile, 'utf8')).trim().split('\n');
    const keys = lines.map((line) => line.split(' ')[2]);
    expect(keys.length).toBe(3 * lab.hosts.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('runs every unit that it should', async () => {
    for (const { name } of lab.hosts) {
      const { stdout } = await ssh(name, 'systemctl list-units --failed --plain --no-legend');
      expect(stdout, name).toBe('');
    }
  });

  it('holds no file system of another, which would outlive its unmounting', async () => {
    for (const { name } of lab.hosts) {
      const own = join(lab.directory, 'hosts', name);
      const [pid = ''] = (await readFile(join(own, 'pid'), 'utf8')).split(' ');
      const mounts = mountsBelow(await readFile(`/proc/${pid}/mountinfo`, 'utf8'), lab.directory);
      expect(mounts, name).toEqual([join(own, 'root')]);
    }
  });

  it('writes to its own sysfs and to the sysctls that Nova and tests need', async () => {
    for (const { name } of lab.hosts) {
      const line =
        'ls /sys/class/net | grep -c eth; test -e /sys/kernel/mm/hugepages && sudo test -w /proc/sys/vm/nr_hugepages && echo ok';
      expect((await ssh(name, line)).stdout).toBe('2\nok\n');
    }
  });
});

describe('the hardware of each host', () => {
  it('is to libvirt what lab.json says', async () => {
    for (const { name, cells } of lab.hosts) {
      const xml = (await ssh(name, 'sudo virsh capabilities')).stdout;
      const told = [...xml.matchAll(/<cell id='(\d+)'>(.*?)<\/cell>/gs)].map(([, id = '', body = '']) => ({
        id: Number(id),
        cpus: [...body.matchAll(/<cpu id='(\d+)' socket_id='(\d+)'[^>]*siblings='([^']*)'/g)].map(
          ([, cpu, socket, siblings = '']) => ({ cpu: Number(cpu), socket: Number(socket), siblings }),
        ),
        pages: [...body.matchAll(/<pages unit='KiB' size='(\d+)'>(\d+)</g)]
          .map(([, size, count]) => ({ sizeKib: Number(size), total: Number(count) }))
          .filter(({ sizeKib }) => sizeKib > 4),
      }));
      const expected = cells.map(({ id, socket, cores, hugepages }) => ({
        id,
        cpus: cores
          .flatMap((core) => core.map((cpu) => ({ cpu, socket, siblings: CpuSet.from(core).toString() })))
          .sort((a, b) => a.cpu - b.cpu),
        pages: hugepages,
      }));
      expect(told.length, name).toBeGreaterThan(0);
      expect(told, name).toEqual(expected);
    }
  });

  it('is divided for Nova as lab.json says', async () => {
    for (const { name, dedicatedCpus, sharedCpus } of lab.hosts) {
      const { stdout } = await ssh(name, "sudo sed -n 's/^cpu_\\(.*\\)_set = /\\1 /p' /etc/nova/nova.conf");
      const sets = { dedicated: dedicatedCpus, shared: sharedCpus };
      const lines = Object.entries(sets).flatMap(([kind, cpus]) =>
        cpus === '' ? [] : [`${kind} ${cpus}\n`],
      );
      expect(stdout, name).toBe(lines.join(''));
    }
  });
});

describe('secrets', () => {
  it('are readable to root alone', async () => {
    const files = [
      lab.ssh.identityFile,
      lab.guest.identityFile,
      lab.database.passwordFile,
      lab.databaseAdmin.passwordFile,
      lab.files.openrc,
      lab.files.cloudsYaml,
      lab.files.tempestConf,
      `${lab.directory}/secrets.json`,
    ];
    for (const file of files) expect((await stat(file)).mode & 0o777, file).toBe(0o600);
    for (const folder of ['hosts', 'keys']) {
      expect((await stat(`${lab.directory}/${folder}`)).mode & 0o777, folder).toBe(0o700);
    }
  });

  it('of the build open nothing', async () => {
    const login = "mysql -h 127.0.0.1 -u USER -pgolden -e 'select 1'";
    for (const user of ['root', 'whitebox', 'keystone', ...serviceUsers]) {
      const { code, stderr } = await ssh('controller', login.replace('USER', user));
      expect([code, stderr], user).toEqual([1, expect.stringContaining('Access denied')]);
    }
    const { stdout } = await ssh(
      'controller',
      '. ./openrc; for u in admin demo ' +
        serviceUsers.join(' ') +
        '; do ' +
        'curl -s -o /dev/null -w "%{http_code} " -H "Content-Type: application/json" $OS_AUTH_URL/auth/tokens -d ' +
        '"{\\"auth\\":{\\"identity\\":{\\"methods\\":[\\"password\\"],\\"password\\":{\\"user\\":' +
        '{\\"name\\":\\"$u\\",\\"domain\\":{\\"id\\":\\"default\\"},\\"password\\":\\"golden\\"}}}}}"; done',
    );
    expect(stdout.trim().split(' ')).toEqual([...serviceUsers, 'admin', 'demo'].map(() => '401'));
  });

  it('are nowhere in the configuration of the hosts as the build had them', async () => {
    const files = '/etc/nova/nova.conf /etc/neutron/neutron.conf';
    for (const { name } of lab.hosts) expect((await ssh(name, `sudo grep -c golden ${files}`)).code).toBe(1);
  });
});

describe('the database', () => {
  const query = async (account: LabDescription['database'], sql: string) => {
    const password = (await readFile(account.passwordFile, 'utf8')).trim();
    const line = `MYSQL_PWD=${password} mysql -N -h ${account.address} -P ${account.port} -u ${account.user}`;
    return await ssh('compute1', `command -v mysql > /dev/null && ${line} -e "${sql}"`);
  };

  it("shows Nova's cells to the account that can only read", async () => {
    const result = await query(lab.database, 'select name from nova_api.cell_mappings order by name');
    expect(result).toMatchObject({ code: 0, stdout: 'cell0\ncell1\n' });
  });

  it("shows it Cinder's volumes, and nothing of Barbican's", async () => {
    expect(await query(lab.database, 'select count(*) >= 0 from cinder.volumes')).toMatchObject({ code: 0 });
    const { stderr } = await query(lab.database, 'select count(*) from barbican.secrets');
    expect(stderr).toContain('denied');
  });

  it('lets that account write nothing', async () => {
    const { code, stderr } = await query(lab.database, "update nova_cell1.services set disabled_reason='x'");
    expect(code).toBe(1);
    expect(stderr).toContain('denied');
  });

  it('lets the other do everything', async () => {
    const result = await query(lab.databaseAdmin, 'create database labcheck; drop database labcheck');
    expect(result).toMatchObject({ code: 0 });
  });
});

describe('the machine', () => {
  it('listens on nothing that the lab has made', async () => {
    const { stdout } = await command('ss', '-Hltnp');
    const ours = ['5000', '9292', '8774', '8776', '8778', '9311', '9696', '3306', '5672'];
    const addresses = lab.hosts.map(({ address }) => address);
    for (const line of stdout.split('\n').filter((each) => each !== '')) {
      const local = line.split(/\s+/)[3] ?? '';
      expect(
        addresses.some((address) => local.startsWith(`${address}:`)),
        line,
      ).toBe(false);
      if (line.includes('nspawn'))
        expect(
          ours.some((port) => local.endsWith(`:${port}`)),
          line,
        ).toBe(false);
    }
  });

  it('has the addresses of both networks on interfaces that bear the name of the lab', () => {
    const mine = Object.entries(networkInterfaces()).filter(([name]) => name.startsWith(`${lab.name}-`));
    const provider = parseNetwork(lab.networks.provider);
    expect(mine.map(([name]) => name).sort()).toEqual([`${lab.name}-mgmt`, `${lab.name}-prov`]);
    const v4 = mine.flatMap(([, list]) => list ?? []).filter(({ family }) => family === 'IPv4');
    expect(v4.filter(({ address }) => overlap(parseNetwork(address), provider))).toHaveLength(1);
  });
});

describe('a guest', () => {
  const name = 'lab-check';
  const flavor = 'lab-check-pinned';
  afterAll(async () => {
    await ssh(
      'controller',
      `. ./openrc; openstack server delete --wait ${name}; openstack flavor delete ${flavor}`,
    );
  });

  it('boots pinned, is reached from the machine with its key, and is live-migrated to the CPUs of the other host', async () => {
    await openstack(
      `flavor create --vcpus 1 --ram 128 --disk 1 --property hw:cpu_policy=dedicated ${flavor}`,
    );
    await openstack(
      `server create --flavor ${flavor} --image ${lab.images[0]} --network provider --wait ${name}`,
    );
    const show = async () =>
      JSON.parse(await openstack(`server show ${name} -f json`)) as Record<string, string> & {
        addresses: Record<string, string[]>;
      };
    const before = await show();
    const address = before.addresses['provider']?.[0] ?? '';
    const inside = () =>
      command(
        'ssh',
        ...[
          '-i',
          lab.guest.identityFile,
          '-o',
          'IdentitiesOnly=yes',
          '-o',
          'BatchMode=yes',
          '-o',
          'ConnectTimeout=2',
        ],
        // A guest makes its host key at its first boot; nobody can know it beforehand.
        ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-F', '/dev/null'],
        ...[`${lab.guest.user}@${address}`, 'cat /etc/lab-image'],
      );
    const answers = () =>
      expect
        .poll(async () => (await inside()).stdout.trim(), { timeout: 60_000, interval: 500 })
        .toBe(lab.images[0]);
    await answers();
    await openstack(`server migrate --live-migration --wait ${name}`);
    const after = await show();
    expect(after['status']).toBe('ACTIVE');
    expect(after['OS-EXT-SRV-ATTR:host']).not.toBe(before['OS-EXT-SRV-ATTR:host']);
    const host = after['OS-EXT-SRV-ATTR:host'] ?? '';
    const pin = (
      await ssh(
        host,
        `sudo virsh vcpupin ${after['OS-EXT-SRV-ATTR:instance_name'] ?? ''} | awk '/^ *0 / {print $2}'`,
      )
    ).stdout;
    const dedicated = lab.hosts.find(({ name: each }) => each === host)?.dedicatedCpus ?? '';
    expect(pin).toMatch(/^\d+\n$/);
    expect(CpuSet.parse(dedicated).has(Number(pin)), `${pin} of ${dedicated}`).toBe(true);
    // The network learns within moments where the guest is now.
    await answers();
  }, 240_000);
});

it('an address of the hosts answers from the machine', async () => {
  await new Promise<void>((resolve, reject) => {
    const socket = connect(lab.database.port, lab.database.address, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
});
