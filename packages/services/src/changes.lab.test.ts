import { asRoot, run, runText, type Host } from '@whitebox/host';
import { readLab } from '@whitebox/lab';
import { SshHost } from '@whitebox/ssh';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  changeOptions,
  detectDeployment,
  giveBack,
  giveBackHostChanges,
  MemoryJournal,
  readHostChanges,
  stopped,
  SystemdService,
} from './index.js';

let connection: SshHost;
let host: Host;
let before: string;
const libvirtUnits = ['libvirtd.service', 'libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket'];
const value = '/proc/sys/net/ipv4/conf/lo/log_martians';

/** Everything of files below /etc, and how the units are. */
async function look(): Promise<string> {
  const script = `find /etc/nova /etc/libvirt/*.conf -type f -printf '%p %u:%g %m %T@ ' -exec sha256sum {} +
    find /etc/nova /etc/libvirt/*.conf -printf '%p %u:%g %m %y\\n'
    ls -A /var/lib | grep whitebox
    cat ${value}
    systemctl show -p Id,ActiveState,UnitFileState nova-compute ${libvirtUnits.join(' ')}`;
  return await runText(host, ['sh', '-c', script]);
}

beforeAll(async () => {
  const { hosts, ssh } = await readLab();
  const name = hosts.find(({ roles }) => !roles.includes('control'))?.name ?? '';
  connection = await SshHost.connect(name, { configFile: ssh.configFile });
  host = asRoot(connection);
});
afterAll(() => connection[Symbol.asyncDispose]());

beforeEach(async () => {
  before = await look();
});
afterEach(async () => {
  // What a failed test has left must not fail the next ones.
  await giveBackHostChanges(await readHostChanges([host]), [host], { conflicts: 'keep' }, () => undefined);
});

it('a file that somebody else has changed meanwhile is left as it is, both versions are kept', async () => {
  const path = '/etc/nova/nova.conf';
  const text = async (file: string) => Buffer.from(await host.readFile(file)).toString();
  const original = await text(path);
  const journal = new MemoryJournal();
  const change = await changeOptions(
    [
      {
        service: new SystemdService(host, 'nova-compute'),
        changes: [{ section: 'compute', option: 'cpu_shared_set', value: '0' }],
      },
      { host, files: [{ path: '/etc/libvirt/qemu.conf', content: (now = '') => `${now}# ours\n` }] },
    ],
    { journal, restart: false },
  );
  const ours = await text(path);
  await run(host, ['sh', '-c', 'printf "# an operator was here\\n" >>"$1"', 'sh', path]);
  await expect(change.giveBack()).rejects.toMatchObject({
    code: 'WB_SERVICES_NOT_GIVEN_BACK',
    message: expect.stringMatching(/nova.conf.*somebody else has changed it.*--keep-theirs/s) as string,
  });
  expect(await text(path)).toBe(`${ours}# an operator was here\n`);
  const aside = (version: string) => `${path}.${version}.whitebox-${change.entry.id}`;
  expect(await text(aside('original'))).toBe(original);
  expect(await text(aside('changed'))).toBe(ours);
  expect(await runText(host, ['stat', '-c', '%U:%G %a', aside('original')])).toBe('root:root 600\n');
  // The rest was given back, and the host is held until a person has looked.
  expect(await text('/etc/libvirt/qemu.conf')).not.toContain('# ours');
  expect((await readHostChanges([host])).held).toHaveLength(1);

  await run(host, [
    'sh',
    '-c',
    'cat "$2" >"$1"; rm "$2" "$3"',
    'sh',
    path,
    aside('original'),
    aside('changed'),
  ]);
  await giveBack(change.entry, [host], { journal, conflicts: 'keep' });
  expect(await look()).toBe(before);
});

it('settings of libvirt are read by its new process, and given back with its sockets', async () => {
  const service = (await detectDeployment(host)).service('libvirt');
  const pid = (await service.status()).mainPid;
  {
    await using change = await changeOptions(
      [
        {
          service,
          changes: [],
          files: [
            { path: '/etc/libvirt/libvirtd.conf', content: (now = '') => `${now}\nmax_clients = 4321\n` },
            { path: '/etc/libvirt/qemu.conf', content: (now = '') => `${now}\nmax_files = 12345\n` },
          ],
        },
      ],
      { journal: new MemoryJournal() },
    );
    expect(change.entry.hosts[0]?.services).toMatchObject([{ how: 'restart' }]);
    expect((await service.status()).mainPid).not.toBe(pid);
    const clients = await runText(host, ['virt-admin', 'server-clients-info', '--server', 'libvirtd']);
    expect(clients).toMatch(/nclients_max\s*:\s*4321/);
  }
  const clients = await runText(host, ['virt-admin', 'server-clients-info', '--server', 'libvirtd']);
  expect(clients).not.toMatch(/4321/);
  expect(await look()).toBe(before);
});

it('a value of the kernel, a file of provider.yaml and a masked service are one after the other given back', async () => {
  const journal = new MemoryJournal();
  const now = (await runText(host, ['cat', value])).trim();
  const other = now === '0' ? '1' : '0';
  const outer = await changeOptions(
    [
      {
        host,
        values: [{ path: value, value: other }],
        files: [{ path: '/etc/nova/provider_config/whitebox.yaml', content: 'meta: {}\n' }],
      },
    ],
    { journal },
  );
  const inner = await stopped(new SystemdService(host, 'libvirtd'), { journal, mask: true });
  expect((await runText(host, ['cat', value])).trim()).toBe(other);
  expect(await runText(host, ['cat', '/etc/nova/provider_config/whitebox.yaml'])).toBe('meta: {}\n');
  expect((await host.exec(['systemctl', 'is-enabled', 'libvirtd'])).stdout).toMatch(/^masked/);
  await inner.giveBack();
  await outer.giveBack();
  expect(await look()).toBe(before);
});
