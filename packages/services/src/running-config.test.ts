import { describe, expect, it } from 'vitest';
import { addContainer } from './fake-containers.suite.js';
import { changeOptions } from './change-options.js';
import { ContainerService } from './container-service.js';
import { FakeMachine } from './fake-machine.suite.js';
import { MemoryJournal } from './journal.js';
import { runningConfig } from './running-config.js';
import { programOf } from './service-process.js';
import { SystemdService } from './systemd-service.js';

function withFiles(files: Readonly<Record<string, string>>): FakeMachine {
  const host = new FakeMachine('one');
  for (const [path, content] of Object.entries(files)) host.file(path, content);
  return host;
}

describe('runningConfig', () => {
  it('reads the files that the command line names, in its order', async () => {
    const host = withFiles({
      '/etc/nova/nova.conf': '[DEFAULT]\ndebug = false\n',
      '/etc/nova/nova-cpu.conf': '[DEFAULT]\nmy_ip = 1\ndebug = true\n',
      '/srv/conf.d/a.conf': '[DEFAULT]\nmy_ip = 2\n',
      '/srv/conf.d/ignored.txt': '[DEFAULT]\nmy_ip = 3\n',
    });
    host.unit('n-cpu.service', {
      argv: ['/usr/bin/nova-compute', '--config-file', '/etc/nova/nova-cpu.conf', '--config-dir=/srv/conf.d'],
    });
    const config = await runningConfig(new SystemdService(host, 'n-cpu'));
    expect(config.files).toEqual(['/etc/nova/nova-cpu.conf', '/srv/conf.d/a.conf']);
    expect(config.effective('DEFAULT', 'my_ip')).toEqual({
      value: '2',
      values: ['1', '2'],
      raw: '2',
      origin: { kind: 'file', file: '/srv/conf.d/a.conf', line: 2 },
    });
    expect(config.effective('DEFAULT', 'debug')?.value).toBe('true');
    expect(config.startedAt).toBeInstanceOf(Date);
  });

  it('reads the default files of the program where nothing is named', async () => {
    const host = withFiles({
      '/etc/nova/nova.conf': '[DEFAULT]\nmy_ip = 1\n',
      '/etc/nova/nova-compute.conf': '[DEFAULT]\nmy_ip = 2\n',
      '/etc/nova/nova.conf.d/5.conf': '[DEFAULT]\nmy_ip = 3\n',
    });
    host.unit('nova-compute.service', { argv: ['/usr/bin/python3', '-s', '/usr/bin/nova-compute'] });
    const config = await runningConfig(new SystemdService(host, 'nova-compute'));
    expect(config.files).toEqual([
      '/etc/nova/nova.conf',
      '/etc/nova/nova-compute.conf',
      '/etc/nova/nova.conf.d/5.conf',
    ]);
    expect(config.effective('DEFAULT', 'my_ip')?.value).toBe('3');
  });

  it('knows that the environment beats the files and the command line beats both', async () => {
    const host = withFiles({ '/etc/nova/nova.conf': '[DEFAULT]\ndebug = false\nlog_dir = /a\nmy_ip = 1\n' });
    host.unit('nova-compute.service', {
      argv: ['/usr/bin/nova-compute', '--log-dir', '/c', '--debug', '--config-file=/etc/nova/nova.conf'],
      environment: { OS_DEFAULT__MY_IP: '2', OS_DEFAULT__LOG_DIR: '/b', OS_TOKEN: 'x' },
    });
    const config = await runningConfig(new SystemdService(host, 'nova-compute'));
    const found = (option: string) => {
      const { value, origin } = config.effective('DEFAULT', option)!;
      return [value, origin.kind];
    };
    expect(found('my_ip')).toEqual(['2', 'environment']);
    expect(found('log_dir')).toEqual(['/c', 'command line']);
    expect(found('debug')).toEqual(['true', 'command line']);
  });

  it('looks below the wrappers of a container, through the eyes of its process', async () => {
    const host = withFiles({ '/etc/nova/nova.conf': '[DEFAULT]\nmy_ip = wrong, of the host\n' });
    addContainer(host, 'podman', 'nova_compute');
    const pid = 5001;
    host.files.write(`/proc/${String(pid)}/cmdline`, 'dumb-init\0--single-child\0--\0kolla_start\0');
    host.files.write(`/proc/${String(pid)}/task/${String(pid)}/children`, '777 ');
    host.files.write('/proc/777/cmdline', '/usr/bin/python3\0/usr/bin/nova-compute\0');
    host.files.write('/proc/777/environ', 'HOME=/var/lib/nova\0');
    host.files.write('/proc/777/root/etc/nova/nova.conf', '[DEFAULT]\nmy_ip = right\n');
    const service = new ContainerService(host, { runtime: 'podman', name: 'nova_compute' });
    const config = await runningConfig(service);
    expect(config.pid).toBe(777);
    expect(config.effective('DEFAULT', 'my_ip')).toMatchObject({
      value: 'right',
      origin: { file: '/etc/nova/nova.conf' },
    });
  });

  it('says so when nothing runs', async () => {
    const host = new FakeMachine('one');
    host.unit('nova-compute.service');
    const service = new SystemdService(host, 'nova-compute');
    await service.stop();
    await expect(runningConfig(service)).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_RUNNING' });
  });

  it.each([
    ['nova-compute', ['/usr/bin/python3', '-s', '/usr/bin/nova-compute', '--x']],
    ['nova-compute', ['/opt/stack/venv/bin/nova-compute', '--config-file', '/x']],
    ['nova-api', ['/usr/bin/python3.9', '/x/nova-api.py']],
    ['nova-conductor', ['nova-conductor: worker 1']],
    ['uwsgi_python3', ['/usr/bin/uwsgi_python3', '--ini', 'x']],
  ])('finds the program %s', (program, argv) => {
    expect(programOf(argv)).toBe(program);
  });
});

/** A container into which its start copies the files of the host, as Kolla's images do. */
function kollaHost(copies: Readonly<Record<string, string>>): {
  host: FakeMachine;
  service: ContainerService;
} {
  const host = new FakeMachine('one');
  const container = addContainer(host, 'docker', 'nova_compute');
  let pid = 5001;
  const start = (): void => {
    host.files.write(`/proc/${String(pid)}/cmdline`, '/usr/bin/nova-compute\0');
    host.files.write(`/proc/${String(pid)}/environ`, 'HOME=/var/lib/nova\0');
    for (const path of host.files.paths()) {
      for (const [inside, outside] of Object.entries(copies)) {
        if (path !== outside && !path.startsWith(`${outside}/`)) continue;
        const target = `/proc/${String(pid)}/root${inside}${path.slice(outside.length)}`;
        host.files.write(target, host.files.get(path)!.content);
      }
    }
  };
  host.on(['docker', 'restart'], () => {
    container.start();
    pid += 1;
    start();
    return '';
  });
  const service = new ContainerService(host, {
    runtime: 'docker',
    name: 'nova_compute',
    config: { sources: copies, dropInName: 'nova-whitebox' },
  });
  return { host, service };
}

describe('changing options of a container', () => {
  const ready = () => Promise.resolve({ done: true, value: 0 } as const);
  const changes = [{ section: 'compute', option: 'cpu_shared_set', value: '4' }];

  it('edits the file from which its own is copied', async () => {
    const { host, service } = kollaHost({ '/etc/nova/nova.conf': '/etc/kolla/nova-compute/nova.conf' });
    host.file('/etc/kolla/nova-compute/nova.conf', '[compute]\ncpu_shared_set = 0\n', 0o660);
    await service.restart({ ready });
    const before = host.look();
    const change = await changeOptions([{ service, changes, ready }], { journal: new MemoryJournal() });
    expect(host.files.text('/etc/kolla/nova-compute/nova.conf')).toBe('[compute]\ncpu_shared_set = 4\n');
    expect((await runningConfig(service)).effective('compute', 'cpu_shared_set')?.value).toBe('4');
    await change.giveBack();
    expect(host.look()).toEqual(before);
    expect((await runningConfig(service)).effective('compute', 'cpu_shared_set')?.value).toBe('0');
  });

  it('puts a drop-in file where EDPM looks for it', async () => {
    const { host, service } = kollaHost({
      '/etc/nova/nova.conf': '/var/lib/openstack/nova/nova-blank.conf',
      '/etc/nova/nova.conf.d': '/var/lib/openstack/nova',
    });
    host.file('/var/lib/openstack/nova/nova-blank.conf', '');
    host.file('/var/lib/openstack/nova/01-nova.conf', '[compute]\ncpu_shared_set = 0\n');
    await service.restart({ ready });
    const before = host.look();
    const change = await changeOptions([{ service, changes, ready }], { journal: new MemoryJournal() });
    // A copy of nova-blank.conf is in the directory too, and ours has to be read after it.
    const ours = '/var/lib/openstack/nova/nova-blank_nova-whitebox.conf';
    expect(host.files.text(ours)).toContain('cpu_shared_set = 4');
    expect(host.files.text('/var/lib/openstack/nova/01-nova.conf')).toContain('cpu_shared_set = 0');
    await change.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('refuses a file that exists in the container alone', async () => {
    const { host, service } = kollaHost({});
    host.files.write('/proc/5001/cmdline', '/usr/bin/nova-compute\0');
    host.files.write('/proc/5001/environ', '');
    host.files.write('/proc/5001/root/etc/nova/nova.conf', '[compute]\ncpu_shared_set = 0\n');
    await expect(
      changeOptions([{ service, changes, ready }], { journal: new MemoryJournal() }),
    ).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_EDITABLE' });
  });
});
