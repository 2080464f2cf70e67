import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@whitebox/config';
import { describe, expect, it } from 'vitest';
import { TempestValueError, tempestOptions, writeTempestOptions, type CloudFacts } from './index.js';

const CONF =
  '# made by DevStack\r\n[DEFAULT]\r\ndebug = True\r\n\r\n[whitebox]\r\n; of mine\r\nflavor_ram_size=64\r\n\r\n[compute]\r\nimage_ref = x\r\n';

const cloud: CloudFacts = {
  computes: [
    { name: 'controller', address: '192.0.2.1' },
    { name: 'compute1', address: 'fd00::1' },
  ],
  ssh: { user: 'stack', identityFile: '/opt/stack/.ssh/id', knownHostsFile: '/opt/stack/.ssh/known_hosts' },
  database: { host: '192.0.2.1', user: 'root', password: 'pa$$word, "quoted"', cellDatabase: 'nova_cell1' },
  novaComputeUnit: 'devstack@n-cpu',
  hardware: {
    cpuTopology: { 0: [0, 1], 1: [2, 3] },
    dedicatedCpusPerNuma: 2,
    sharedCpusPerNuma: 0,
    hugepageSizes: [2048, 1048576],
  },
};

async function read(text: string) {
  const dir = await mkdtemp(join(tmpdir(), 'whitebox-devstack-'));
  try {
    await writeFile(join(dir, 'tempest.conf'), text);
    return await loadConfig({ tempestConf: join(dir, 'tempest.conf') });
  } finally {
    await rm(dir, { recursive: true });
  }
}

describe('writing the options of a cloud', () => {
  it('changes nothing else', () => {
    const text = writeTempestOptions(CONF, {
      whitebox: { flavor_ram_size: 128, containers: false },
      compute: {},
    });
    expect(text).toBe(
      CONF.replace('flavor_ram_size=64\r\n', 'flavor_ram_size=128\r\ncontainers = False\r\n'),
    );
    expect(writeTempestOptions(CONF, {})).toBe(CONF);
  });

  it('leaves out what is undefined and removes what is null', () => {
    expect(writeTempestOptions(CONF, { whitebox: { flavor_ram_size: undefined } })).toBe(CONF);
    expect(writeTempestOptions(CONF, { whitebox: { flavor_ram_size: null } })).toBe(
      CONF.replace('flavor_ram_size=64\r\n', ''),
    );
  });

  it('is the same when it is done twice', () => {
    const once = writeTempestOptions(CONF, tempestOptions(cloud));
    expect(writeTempestOptions(once, tempestOptions(cloud))).toBe(once);
  });

  it('is understood by the configuration of Whitebox', async () => {
    const config = await read(writeTempestOptions(CONF, tempestOptions(cloud)));
    expect(config.notes).toEqual([]);
    expect(config.get('whitebox', 'ctlplane_ssh_username')).toBe('stack');
    expect(config.get('whitebox', 'ssh_known_hosts_path')).toBe('/opt/stack/.ssh/known_hosts');
    expect(config.get('whitebox', 'max_compute_nodes')).toBe(2);
    expect([...(config.get('whitebox', 'ctlplane_addresses') ?? [])]).toEqual([
      ['controller', '192.0.2.1'],
      ['compute1', 'fd00::1'],
    ]);
    expect(config.get('whitebox-nova-compute', 'journalctl_unit')).toBe('devstack@n-cpu');
    expect(config.get('whitebox-database', 'password')?.reveal()).toBe('pa$$word, "quoted"');
    expect(config.get('whitebox-database', 'nova_cell1_db_name')).toBe('nova_cell1');
    expect([...(config.get('whitebox-hardware', 'cpu_topology') ?? [])]).toEqual([
      ['0', [0, 1]],
      ['1', [2, 3]],
    ]);
    expect(config.get('whitebox-hardware', 'shared_cpus_per_numa')).toBe(0);
    expect(config.get('whitebox-hardware', 'configured_hugepage_sizes')).toEqual([2048, 1048576]);
  });

  it('puts the path of the password instead of the password', () => {
    const text = writeTempestOptions(
      '',
      tempestOptions({
        computes: [],
        ssh: cloud.ssh,
        database: { host: 'h', user: 'u', password: 's3cr3t', passwordFile: '/etc/db-password' },
      }),
    );
    expect(text).toContain('password_file = /etc/db-password');
    expect(text).not.toContain('s3cr3t');
  });

  it.each([[['a,b']], [['']], [[' a']], [{ 'a:b': 'c' }], [{ a: 'b,c' }], [{ '': 'c' }]])(
    'refuses %j, which would be read differently',
    (value) => {
      expect(() => writeTempestOptions('', { whitebox: { x: value } })).toThrow(TempestValueError);
    },
  );
});
