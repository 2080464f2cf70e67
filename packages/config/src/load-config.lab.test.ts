import { readLab } from '@whitebox/lab';
import { expect, it } from 'vitest';
import { loadConfig } from './index.js';

it("reads the lab's own tempest.conf and nodes.yaml without a word", async () => {
  const lab = await readLab();
  const config = await loadConfig({
    tempestConf: lab.files.tempestConf,
    cloudsYaml: lab.files.cloudsYaml,
    cloud: lab.cloud,
  });
  expect(config.notes).toEqual([]);
  expect([...config.nodes.keys()].sort()).toEqual(lab.hosts.map(({ name }) => name).sort());
  for (const { name, address } of lab.hosts) {
    expect(config.get('whitebox', 'ctlplane_addresses')?.get(name)).toBe(address);
    expect(config.nodes.get(name)?.services.get('nova-compute')?.configPath).toMatch(/^\/etc\/nova\//);
  }
  expect(config.get('whitebox', 'ctlplane_ssh_username')).toBe(lab.ssh.user);
  expect(config.get('identity', 'uri_v3')).toMatch(/^https?:/);
  expect(config.get('auth', 'admin_password')?.reveal()).not.toBe('');
});
