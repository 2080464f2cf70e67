import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { readLab, type LabDescription } from '../description.js';
import type { FaultRecord } from './fault-records.js';
import { healFaults, injectFault, listFaults, type Wish } from './faults.js';

// Each fault breaks what it says and nothing else, and healing gives back what was there.

let lab: LabDescription;
const faulty = 'compute1';
const settings = () => ({ directory: lab.directory });

beforeAll(async () => {
  lab = await readLab();
});

afterEach(async () => {
  await healFaults(settings(), []);
});

const inject = (kind: string, words: Wish['words']): Promise<FaultRecord> =>
  injectFault(settings(), { kind, host: faulty, words });

/** What a command on a host prints, or how it ends where it does not end well. */
async function on(host: string, line: string, ...options: string[]): Promise<string> {
  const argv = ['-F', lab.ssh.configFile, '-o', 'BatchMode=yes', ...options, host, line];
  try {
    return (await promisify(execFile)('ssh', argv, { timeout: 100_000 })).stdout.trim();
  } catch (error) {
    return `failed: ${(error as { stderr?: string }).stderr ?? String(error)}`;
  }
}

const computeStates = () =>
  on(
    'controller',
    '. ./openrc; openstack compute service list --service nova-compute -f value -c Host -c State | sort',
  );

it('a stopped service is down for Nova, and up again when it is healed', async () => {
  const { id } = await inject('stop-service', { service: ['nova-compute'] });
  await expect.poll(computeStates, { timeout: 60_000, interval: 1000 }).toContain(`${faulty} down`);
  expect(await listFaults(settings())).toMatchObject([{ id, kind: 'stop-service', injected: true }]);
  expect(await healFaults(settings(), [id])).toMatchObject([{ id }]);
  expect(await computeStates()).toContain(`${faulty} up`);
  expect(await listFaults(settings())).toEqual([]);
});

it('a killed service stays dead, without a goodbye, until it is healed', async () => {
  await inject('kill-service', { service: ['nova-compute'] });
  // Longer than systemd waits before it starts a service again.
  expect(await on(faulty, 'sleep 3; systemctl show -P ActiveState,Result nova-compute')).toMatch(
    /failed[\s\S]*signal|signal[\s\S]*failed/,
  );
  await healFaults(settings(), []);
  expect(await on(faulty, 'systemctl is-active nova-compute; systemctl show -P Restart nova-compute')).toBe(
    'active\non-failure',
  );
});

it('a host without a network answers nobody, while the other one does', async () => {
  await inject('cut-network', {});
  expect(await on(faulty, 'true', '-o', 'ConnectTimeout=3')).toContain('timed out');
  expect(await on('controller', 'hostname')).toBe('controller');
  await healFaults(settings(), []);
  expect(await on(faulty, 'hostname')).toBe(faulty);
});

it('a full disk has no room for anybody, and only on its host', async () => {
  const free = 'df --output=avail -BM / | tail -n 1';
  const before = Number.parseInt(await on(faulty, free));
  await inject('fill-disk', { leave: '3' });
  expect(Number.parseInt(await on(faulty, free))).toBeLessThanOrEqual(4);
  expect(await on(faulty, 'sudo dd if=/dev/zero of=/var/lib/nova/full bs=1M count=20')).toContain(
    'No space left on device',
  );
  expect(Number.parseInt(await on('controller', free))).toBeGreaterThan(1000);
  await on(faulty, 'sudo rm /var/lib/nova/full');
  await healFaults(settings(), []);
  expect(Number.parseInt(await on(faulty, free))).toBeGreaterThan(before - 200);
});

it('a skewed clock is seen by the service alone', async () => {
  await inject('skew-clock', { by: '+2h', service: ['nova-compute'] });
  // nova-compute writes the time into its log.
  const hours = async () => {
    const last = await on(faulty, 'sudo tail -n 1 /var/log/nova/nova-compute.log');
    const now = Number(await on(faulty, 'date +%s'));
    const seconds = Date.parse(`${last.slice(0, 19).replace(' ', 'T')}Z`) / 1000 - now;
    // "+ 0": a few seconds behind round to -0, which is not toBe(0).
    return Math.round(seconds / 3600) + 0;
  };
  await expect.poll(hours, { timeout: 60_000, interval: 1000 }).toBe(2);
  expect(Math.abs(Number(await on(faulty, 'date +%s')) - Date.now() / 1000)).toBeLessThan(60);
  await healFaults(settings(), []);
  await expect.poll(hours, { timeout: 60_000, interval: 1000 }).toBe(0);
});

it('a patched file of Nova runs, and is put back to the byte', async () => {
  const file = '/usr/lib/python3/dist-packages/nova/version.py';
  const state = `stat -c '%s %Y %a %U' ${file}; sha256sum ${file}`;
  const before = await on(faulty, state);
  const version = "python3 -c 'import nova.version; print(nova.version.NOVA_VENDOR)'";
  const vendor = await on(faulty, version);
  await inject('patch-file', {
    file: 'nova/version.py',
    replace: 'NOVA_VENDOR = "',
    with: 'NOVA_VENDOR = "Broken ',
    service: ['nova-compute'],
  });
  expect(await on(faulty, version)).toBe(`Broken ${vendor}`);
  expect(await on('controller', version)).toBe(vendor);
  await healFaults(settings(), []);
  expect(await on(faulty, state)).toBe(before);
  expect(await on(faulty, version)).toBe(vendor);
});

it('a fault that cannot be injected leaves nothing behind', async () => {
  await expect(inject('stop-service', { service: ['nova-nothing'] })).rejects.toMatchObject({
    code: 'WB_LAB_FAULT',
  });
  await expect(
    inject('patch-file', { file: 'nova/version.py', replace: 'not there', with: 'x' }),
  ).rejects.toThrow('0 times');
  expect(await listFaults(settings())).toEqual([]);
});

it('nova-compute is killed in the middle of a live migration, which Nova then ends', async () => {
  const openstack = (line: string) => on('controller', `. ./openrc; openstack ${line}`);
  await openstack('flavor create --ram 128 --disk 1 --vcpus 1 lab-fault');
  let id = '';
  try {
    const created = await openstack(
      `server create --flavor lab-fault --image ${lab.images[0] ?? ''} --network private --host controller --os-compute-api-version 2.74 --wait -f value -c id lab-fault`,
    );
    id = created.split('\n').at(-1) ?? '';
    const injecting = inject('kill-in-migration', { service: ['nova-compute'] });
    expect(
      await openstack(`server migrate --live-migration --host ${faulty} --os-compute-api-version 2.30 ${id}`),
    ).toBe('');
    await injecting;
    expect(await on(faulty, 'systemctl is-active nova-compute || true')).toBe('failed');
  } finally {
    await healFaults(settings(), []);
    // A server that is deleted while Nova still moves it leaves its domain behind on the host that it goes to.
    await expect
      .poll(() => openstack(`server show -f value -c OS-EXT-STS:task_state ${id}`), {
        timeout: 120_000,
        interval: 1000,
      })
      .toBe('None');
    await openstack(`server delete --wait ${id}`);
    await openstack('flavor delete lab-fault');
  }
  expect(await openstack('server list --all-projects -f value -c Name')).not.toContain('lab-fault');
  for (const host of ['controller', faulty])
    expect(await on(host, 'sudo virsh list --all --uuid'), `domains of ${host}`).not.toContain(id);
}, 300_000);
