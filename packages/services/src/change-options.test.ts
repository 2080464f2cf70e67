import { errorCode } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { changeOptions } from './change-options.js';
import { giveBack, giveBackAll } from './give-back.js';
import { MemoryJournal } from './journal.js';
import { SystemdService } from './systemd-service.js';
import { FakeMachine, withOldSystemd, type Trouble } from './fake-machine.suite.js';
import type { ReadyProbe } from './service.js';

const novaConf =
  '# ours\n[DEFAULT]\nmy_ip = 10.0.0.1\n\n[compute]\ncpu_dedicated_set = 2-3\ncpu_shared_set = 0-1\n';
const computeConf = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n';
const serving: ReadyProbe = () => Promise.resolve({ done: true, value: undefined });

function machine(name: string): FakeMachine {
  const host = new FakeMachine(name);
  host.file('/etc/nova/nova.conf', novaConf);
  host.file('/etc/nova/nova-compute.conf', computeConf);
  host.unit('nova-compute.service', {
    argv: [
      '/usr/bin/python3',
      '/usr/bin/nova-compute',
      '--config-file=/etc/nova/nova.conf',
      '--config-file=/etc/nova/nova-compute.conf',
    ],
    boot: () => {
      const text = host.files.text('/etc/nova/nova.conf') ?? '';
      booted.set(host, text);
      return text.includes('banana') ? 'Invalid value: banana' : undefined;
    },
  });
  return host;
}

/** What the process read when it was started last. */
const booted = new WeakMap<FakeMachine, string>();

function nova(host: FakeMachine): SystemdService {
  return new SystemdService(host, 'nova-compute');
}

const shared = (value: string | null) => ({ section: 'compute', option: 'cpu_shared_set', value });

describe('changeOptions', () => {
  it('changes every host at once, restarts, verifies, and gives back the very bytes, owner and mode', async () => {
    const hosts = [machine('one'), machine('two')];
    const before = hosts.map((host) => host.look());
    const pids = hosts.map((host) => host.units.get('nova-compute.service')?.mainPid);
    const journal = new MemoryJournal();
    const change = await changeOptions(
      hosts.map((host) => ({
        service: nova(host),
        changes: [shared('4-5'), { section: 'DEFAULT', option: 'my_ip', value: null }],
        ready: serving,
      })),
      { journal },
    );
    for (const host of hosts) {
      expect(host.files.text('/etc/nova/nova.conf')).toBe(
        '# ours\n[DEFAULT]\n\n[compute]\ncpu_dedicated_set = 2-3\ncpu_shared_set = 4-5\n',
      );
      expect(host.files.get('/etc/nova/nova.conf')).toMatchObject({
        owner: '0',
        group: '64060',
        mode: 0o640,
      });
      expect(host.units.get('nova-compute.service')?.starts).toBe(2);
    }
    expect(await journal.entries()).toHaveLength(1);
    await change.giveBack();
    expect(hosts.map((host) => host.look())).toEqual(before);
    expect(await journal.entries()).toEqual([]);
    for (const [index, host] of hosts.entries()) {
      expect(host.units.get('nova-compute.service')).toMatchObject({ active: true, starts: 3 });
      expect(host.units.get('nova-compute.service')?.mainPid).not.toBe(pids[index]);
    }
    await change.giveBack();
    expect(hosts[0]?.units.get('nova-compute.service')?.starts).toBe(3);
  });

  it('writes the journal, with everything that giving back needs, before the first byte changes', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    let seen: unknown;
    journal.write = async (entry) => {
      const replaced = host.calls.flatMap((call) => (call.kind === 'replaceFile' ? [call.path] : []));
      expect(replaced.filter((path) => !path.startsWith('/var/lib/.whitebox-'))).toEqual([]);
      expect(host.commands.some((argv) => argv[0] === 'systemctl' && argv[1] === 'restart')).toBe(false);
      seen = entry.hosts[0]?.files;
      await MemoryJournal.prototype.write.call(journal, entry);
    };
    await using change = await changeOptions(
      [{ service: nova(host), changes: [shared('4-5')], ready: serving }],
      { journal },
    );
    expect(seen).toEqual(change.entry.hosts[0]?.files);
    expect(seen).toMatchObject([
      {
        path: '/etc/nova/nova.conf',
        original: { content: Buffer.from(novaConf).toString('base64'), uid: 0, gid: 64060, mode: '640' },
      },
    ]);
  });

  it('changes nothing when the journal cannot be written', async () => {
    const host = machine('one');
    const before = host.look();
    const journal = new MemoryJournal();
    journal.write = () => Promise.reject(new Error('disk full'));
    await expect(
      changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], { journal }),
    ).rejects.toThrow('disk full');
    expect(host.look()).toEqual(before);
    expect(host.units.get('nova-compute.service')?.starts).toBe(1);
  });

  it('gives every host back when the service does not come up on one, and says why', async () => {
    const good = machine('good');
    const bad = machine('bad');
    const before = [good.look(), bad.look()];
    const journal = new MemoryJournal();
    const attempt = changeOptions(
      [
        { service: nova(good), changes: [shared('4-5')], ready: serving },
        { service: nova(bad), changes: [shared('banana')], ready: serving },
      ],
      { journal },
    );
    await expect(attempt).rejects.toMatchObject({
      code: 'WB_SERVICES_RESTART_FAILED',
      host: 'bad',
      message: expect.stringContaining('Invalid value: banana') as string,
    });
    expect([good.look(), bad.look()]).toEqual(before);
    for (const host of [good, bad]) expect(host.units.get('nova-compute.service')?.active).toBe(true);
    expect(await journal.entries()).toEqual([]);
  });

  it('does not wait for the other hosts once one has failed', async () => {
    const good = machine('good');
    const bad = machine('bad');
    // Would serve with the old configuration only.
    const never: ReadyProbe = () =>
      Promise.resolve(
        booted.get(good) === novaConf ? { done: true, value: 0 } : { done: false, seen: 'nothing' },
      );
    const attempt = changeOptions(
      [
        { service: nova(good), changes: [shared('4-5')], ready: never },
        { service: nova(bad), changes: [shared('banana')], ready: serving },
      ],
      { journal: new MemoryJournal(), timeoutMs: 60_000 },
    );
    await expect(attempt).rejects.toMatchObject({ code: 'WB_SERVICES_RESTART_FAILED', host: 'bad' });
    expect(booted.get(good)).toBe(novaConf);
  });

  it('gives back when the process ends after it had said that it was ready', async () => {
    const host = machine('one');
    const before = host.look();
    const unit = host.units.get('nova-compute.service');
    unit!.diesAfterLooks = 2;
    const slow: ReadyProbe = () => {
      // Only the first new process ends.
      if (unit!.starts > 2) return serving({} as never, AbortSignal.abort());
      return Promise.resolve({ done: false, seen: 'no heartbeat' });
    };
    unit!.boot = () => {
      if (unit!.starts >= 2) unit!.diesAfterLooks = undefined;
      return undefined;
    };
    const journal = new MemoryJournal();
    await expect(
      changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: slow }], { journal }),
    ).rejects.toMatchObject({ code: 'WB_SERVICES_DIED' });
    expect(host.look()).toEqual(before);
    expect(unit!.active).toBe(true);
    expect(await journal.entries()).toEqual([]);
  });

  it('gives back when the caller gives up in the middle', async () => {
    const host = machine('one');
    const before = host.look();
    const journal = new MemoryJournal();
    const caller = new AbortController();
    let asked = 0;
    const never: ReadyProbe = () => {
      asked += 1;
      if (asked === 2) caller.abort(new Error('Ctrl-C'));
      // Ready once the configuration is the old one again.
      const old = host.files.text('/etc/nova/nova.conf') === novaConf;
      return Promise.resolve(old ? { done: true, value: 0 } : { done: false, seen: 'nothing' });
    };
    await expect(
      changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: never }], {
        journal,
        signal: caller.signal,
      }),
    ).rejects.toThrow('Ctrl-C');
    expect(host.look()).toEqual(before);
    expect(host.units.get('nova-compute.service')?.starts).toBe(3);
    expect(await journal.entries()).toEqual([]);
  });

  it('refuses, with nothing changed, what a later file, the environment or the command line overrides', async () => {
    const host = machine('one');
    host.file('/etc/nova/nova-compute.conf', `${computeConf}[compute]\ncpu_shared_set = 7\n`);
    const service = new SystemdService(host, {
      unit: 'nova-compute',
      config: { file: '/etc/nova/nova.conf' },
    });
    const before = host.look();
    const change = (one: SystemdService, option: string) =>
      changeOptions(
        [{ service: one, changes: [{ section: 'compute', option, value: '4-5' }], ready: serving }],
        { journal: new MemoryJournal() },
      );
    await expect(change(service, 'cpu_shared_set')).rejects.toMatchObject({
      code: 'WB_SERVICES_OVERRIDDEN',
      observed: expect.stringContaining('"7" by /etc/nova/nova-compute.conf line 4') as string,
    });
    const other = machine('two');
    other.unit('nova-compute.service', {
      argv: ['/usr/bin/nova-compute', '--config-file', '/etc/nova/nova.conf', '--compute-max', '3'],
      environment: { HOME: '/root', OS_COMPUTE__CPU_SHARED_SET: '9' },
    });
    await expect(change(nova(other), 'cpu_shared_set')).rejects.toMatchObject({
      observed: expect.stringContaining('environment variable OS_COMPUTE__CPU_SHARED_SET') as string,
    });
    await expect(change(nova(other), 'max')).rejects.toMatchObject({
      observed: expect.stringContaining('--compute-max on the command line') as string,
    });
    expect(host.look()).toEqual(before);
    expect(other.files.text('/etc/nova/nova.conf')).toBe(novaConf);
  });

  it('never shows a secret in an error', async () => {
    const host = machine('one');
    host.file('/etc/nova/nova-compute.conf', '[neutron]\npassword = hunter2\n');
    const service = new SystemdService(host, {
      unit: 'nova-compute',
      config: { file: '/etc/nova/nova.conf' },
    });
    const attempt = changeOptions(
      [{ service, changes: [{ section: 'neutron', option: 'password', value: 'swordfish' }] }],
      { journal: new MemoryJournal() },
    );
    await expect(attempt).rejects.toSatisfy((error: Error) => !/hunter2|swordfish/.test(error.message));
  });

  it('unsets an option in every file of the chain, and restores each', async () => {
    const host = machine('one');
    host.file('/etc/nova/nova-compute.conf', '[compute]\ncpu_shared_set = 7\n');
    const before = host.look();
    const change = await changeOptions([{ service: nova(host), changes: [shared(null)], ready: serving }], {
      journal: new MemoryJournal(),
    });
    expect(host.files.text('/etc/nova/nova.conf')).not.toContain('cpu_shared_set');
    expect(host.files.text('/etc/nova/nova-compute.conf')).toBe('[compute]\n');
    await change.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('sets all values of a repeated option, whichever files had some', async () => {
    const host = machine('one');
    const [a, b, c] = ['{"vendor_id": "8086"}', '{"vendor_id": "15b3"}', '{"vendor_id": "1af4"}'];
    host.file('/etc/nova/nova.conf', `[pci]\ndevice_spec = ${a}\ndevice_spec = ${b}\n`);
    host.file('/etc/nova/nova-compute.conf', `[pci]\ndevice_spec = ${c}\n`);
    const before = host.look();
    const change = await changeOptions(
      [
        {
          service: nova(host),
          changes: [{ section: 'pci', option: 'device_spec', value: [c, a] }],
          ready: serving,
        },
      ],
      { journal: new MemoryJournal() },
    );
    expect(host.files.text('/etc/nova/nova.conf')).toBe('[pci]\n');
    expect(host.files.text('/etc/nova/nova-compute.conf')).toBe(
      `[pci]\ndevice_spec = ${c}\ndevice_spec = ${a}\n`,
    );
    await change.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('writes a drop-in file like its neighbours where one wins, and removes it again', async () => {
    const host = new FakeMachine('one');
    host.file('/etc/nova/nova.conf', novaConf);
    host.file('/etc/nova/nova.conf.d/01-nova.conf', '[libvirt]\nvirt_type = qemu\n');
    host.unit('nova-compute.service', { argv: ['/openstack/venvs/nova-29/bin/nova-compute'] });
    const before = host.look();
    const change = await changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
      journal: new MemoryJournal(),
    });
    expect(host.files.text('/etc/nova/nova.conf')).toBe(novaConf);
    expect(host.files.text('/etc/nova/nova.conf.d/99-whitebox.conf')).toContain('cpu_shared_set = 4-5');
    expect(host.files.get('/etc/nova/nova.conf.d/99-whitebox.conf')).toMatchObject({
      owner: '0',
      group: '64060',
      mode: 0o640,
    });
    await change.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('restarts nothing where the value is in force already, nor with restart: false', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    await using same = await changeOptions([{ service: nova(host), changes: [shared('0-1')] }], { journal });
    expect(same.entry.hosts[0]?.files).toEqual([]);
    await same.giveBack();
    const quiet = await changeOptions([{ service: nova(host), changes: [shared('4')] }], {
      journal,
      restart: false,
    });
    expect(host.files.text('/etc/nova/nova.conf')).toContain('cpu_shared_set = 4\n');
    await quiet.giveBack();
    expect(host.files.text('/etc/nova/nova.conf')).toBe(novaConf);
    expect(host.units.get('nova-compute.service')?.starts).toBe(1);
  });

  it('leaves a service stopped that was stopped', async () => {
    const host = machine('one');
    const service = new SystemdService(host, {
      unit: 'nova-compute',
      config: { file: '/etc/nova/nova.conf' },
    });
    await service.stop();
    const before = host.look();
    const change = await changeOptions([{ service, changes: [shared('4-5')] }], {
      journal: new MemoryJournal(),
    });
    expect(host.files.text('/etc/nova/nova.conf')).toContain('4-5');
    await change.giveBack();
    expect(host.look()).toEqual(before);
    expect(host.units.get('nova-compute.service')).toMatchObject({ active: false, starts: 1 });
  });

  it('works with a systemd that tells whole seconds only', async () => {
    const host = withOldSystemd(machine('one'));
    const change = await changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
      journal: new MemoryJournal(),
    });
    expect(booted.get(host)).toContain('4-5');
    await change.giveBack();
    expect(booted.get(host)).toBe(novaConf);
  });

  it('sees that a restart did not bring what was asked for', async () => {
    const host = machine('one');
    const unit = host.units.get('nova-compute.service')!;
    const boot = unit.boot;
    // A deployment tool that writes its own truth at each start.
    unit.boot = () => {
      if (unit.starts === 1) host.file('/etc/nova/nova-compute.conf', '[compute]\ncpu_shared_set = 9\n');
      if (unit.starts === 2) host.file('/etc/nova/nova-compute.conf', computeConf);
      return boot();
    };
    await expect(
      changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
        journal: new MemoryJournal(),
      }),
    ).rejects.toMatchObject({
      code: 'WB_SERVICES_NOT_IN_FORCE',
      observed: expect.stringContaining('"9" by /etc/nova/nova-compute.conf line 2') as string,
    });
    expect(booted.get(host)).toBe(novaConf);
  });

  it('refuses a file that was changed between reading and writing', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const write = journal.write.bind(journal);
    journal.write = async (entry) => {
      await write(entry);
      if (entry.hosts.every(({ files }) => files.length === 0)) return;
      host.file('/etc/nova/nova.conf', `${novaConf}# somebody\n`);
    };
    await expect(
      changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], { journal }),
    ).rejects.toThrow('somebody else has changed it since it was read');
    expect(host.files.text('/etc/nova/nova.conf')).toBe(`${novaConf}# somebody\n`);
  });

  it('lets two services of one host change the same file in one go', async () => {
    const host = machine('one');
    host.unit('nova-scheduler.service', {
      argv: ['/usr/bin/nova-scheduler', '--config-file', '/etc/nova/nova.conf'],
    });
    const before = host.look();
    const change = await changeOptions(
      [
        { service: nova(host), changes: [shared('4-5')], ready: serving },
        {
          service: new SystemdService(host, 'nova-scheduler'),
          changes: [{ section: 'scheduler', option: 'workers', value: '2' }],
          ready: serving,
        },
      ],
      { journal: new MemoryJournal() },
    );
    expect(host.files.text('/etc/nova/nova.conf')).toBe(
      `${novaConf.replace('0-1', '4-5')}\n[scheduler]\nworkers = 2\n`,
    );
    expect(change.entry.hosts[0]?.files).toHaveLength(1);
    expect(host.units.get('nova-scheduler.service')?.starts).toBe(2);
    await change.giveBack();
    expect(host.look()).toEqual(before);
    expect(host.units.get('nova-scheduler.service')?.starts).toBe(3);
  });

  it('refuses to change nothing knows what', async () => {
    const host = machine('one');
    await nova(host).stop();
    const change = (service: SystemdService) =>
      changeOptions([{ service, changes: [shared('4')] }], { journal: new MemoryJournal() });
    await expect(change(nova(host))).rejects.toMatchObject({ code: 'WB_SERVICES_NO_CONFIG' });
    await expect(change(new SystemdService(host, 'nova-none'))).rejects.toMatchObject({
      code: 'WB_SERVICES_NO_SUCH_SERVICE',
    });
    host.files.write('/etc/nova/latin.conf', Buffer.from([0x23, 0xe9, 0x0a]));
    const latin = new SystemdService(host, {
      unit: 'nova-compute',
      config: { file: '/etc/nova/latin.conf' },
    });
    await expect(change(latin)).rejects.toMatchObject({
      code: 'WB_SERVICES_NOT_EDITABLE',
      observed: expect.stringContaining('not UTF-8') as string,
    });
  });

  it('follows a symbolic link and leaves it one', async () => {
    const host = machine('one');
    host.file('/opt/real.conf', novaConf);
    host.files.remove('/etc/nova/nova.conf');
    host.link('/etc/nova/nova.conf', '/opt/real.conf');
    const change = await changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
      journal: new MemoryJournal(),
    });
    expect(change.entry.hosts[0]?.files[0]?.path).toBe('/opt/real.conf');
    expect(host.files.text('/opt/real.conf')).toContain('4-5');
    await change.giveBack();
    expect(host.files.text('/etc/nova/nova.conf')).toBe(novaConf);
  });
});

describe('transactions on the same file', () => {
  const change = (host: FakeMachine, value: string, journal = new MemoryJournal()) =>
    changeOptions([{ service: nova(host), changes: [shared(value)], ready: serving }], { journal });

  it('nest', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const before = host.look();
    const outer = await change(host, '4', journal);
    const middle = host.look();
    const inner = await change(host, '5', journal);
    await inner.giveBack();
    expect(host.look()).toEqual(middle);
    await outer.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('are given back in the reverse order only', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const before = host.look();
    const outer = await change(host, '4', journal);
    const inner = await change(host, '5', journal);
    const both = host.look();
    await expect(outer.giveBack()).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_LAST' });
    expect(host.look()).toEqual(both);
    await inner.giveBack();
    await outer.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('take turns when they are begun at the same time', async () => {
    const host = machine('one');
    const before = host.look();
    const journal = new MemoryJournal();
    const [first, second] = await Promise.all([change(host, '4', journal), change(host, '5', journal)]);
    expect(host.files.text('/etc/nova/nova.conf')).toContain('cpu_shared_set = 5\n');
    await second.giveBack();
    await first.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('wait their turn no longer than the caller likes', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const caller = new AbortController();
    const hold = new AbortController();
    const stuck: ReadyProbe = () => Promise.resolve({ done: false, seen: 'nothing' });
    const first = changeOptions([{ service: nova(host), changes: [shared('4')], ready: stuck }], {
      journal,
      signal: hold.signal,
      timeoutMs: 60_000,
    });
    const second = changeOptions([{ service: nova(host), changes: [shared('5')], ready: serving }], {
      journal,
      signal: caller.signal,
    });
    caller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    hold.abort(new Error('over'));
    host.units.get('nova-compute.service')!.boot = () => undefined;
    await expect(first).rejects.toThrow();
    expect((await giveBackAll([host], { journal })).every(({ error }) => error === undefined)).toBe(true);
    expect(host.files.text('/etc/nova/nova.conf')).toBe(novaConf);
  });
});

describe('giving back', () => {
  it('never overwrites what somebody else has changed, and keeps both versions aside', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const change = await changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
      journal,
    });
    const theirs = `${novaConf}# an operator was here\n`;
    host.file('/etc/nova/nova.conf', theirs);
    await expect(change.giveBack()).rejects.toMatchObject({
      code: 'WB_SERVICES_NOT_GIVEN_BACK',
      message: expect.stringContaining('somebody else has changed it') as string,
    });
    expect(host.files.text('/etc/nova/nova.conf')).toBe(theirs);
    const aside = host.files.paths().filter((path) => path.includes('.whitebox-'));
    expect(aside).toHaveLength(2);
    for (const path of aside) {
      expect(path).not.toMatch(/\.conf$/);
      expect(host.files.get(path)).toMatchObject({ owner: 'root', group: 'root', mode: 0o600 });
    }
    expect(aside.map((path) => host.files.text(path)).sort()).toEqual(
      [novaConf, novaConf.replace('0-1', '4-5')].sort(),
    );
    const entries = await journal.entries();
    expect(entries).toHaveLength(1);
    await giveBack(entries[0]!, [host], { journal, conflicts: 'keep', ready: () => serving });
    expect(host.files.text('/etc/nova/nova.conf')).toBe(theirs);
    expect(await journal.entries()).toEqual([]);
  });

  it('verifies owner and mode also where the bytes are back already', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const change = await changeOptions([{ service: nova(host), changes: [shared('4-5')], ready: serving }], {
      journal,
    });
    const { mode } = host.files.get('/etc/nova/nova.conf')!;
    // As an attempt leaves it that was cut off between the bytes and what else belongs to a file.
    host.file('/etc/nova/nova.conf', novaConf, 0o600);
    const exec = host.exec.bind(host);
    host.exec = (argv, options) =>
      exec(argv[0] === 'chmod' ? ['chmod', '600', ...argv.slice(2)] : argv, options);
    await expect(change.giveBack()).rejects.toThrow('it is not as it was when read again');
    host.exec = exec;
    await change.giveBack();
    expect(host.files.get('/etc/nova/nova.conf')).toMatchObject({ mode });
  });

  it('needs nothing but the entry, as text, and hosts', async () => {
    const hosts = [machine('one'), machine('two')];
    const before = hosts.map((host) => host.look());
    const journal = new MemoryJournal();
    await changeOptions(
      hosts.map((host) => ({ service: nova(host), changes: [shared('4-5')], ready: serving })),
      { journal },
    );
    const other = new MemoryJournal();
    for (const entry of await journal.entries()) {
      await other.write(JSON.parse(JSON.stringify(entry)) as typeof entry);
    }
    const results = await giveBackAll(hosts, { journal: other, ready: () => serving });
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(hosts.map((host) => host.look())).toEqual(before);
    expect(hosts.map((host) => host.units.get('nova-compute.service')?.starts)).toEqual([3, 3]);
  });

  it('goes on with the other hosts when one is not there', async () => {
    const hosts = [machine('one'), machine('two')];
    const before = hosts.map((host) => host.look());
    const journal = new MemoryJournal();
    const change = await changeOptions(
      hosts.map((host) => ({ service: nova(host), changes: [shared('4-5')], ready: serving })),
      { journal },
    );
    hosts[0]!.trouble({ at: 1, when: 'before', forever: true });
    await expect(change.giveBack()).rejects.toMatchObject({
      code: 'WB_SERVICES_NOT_GIVEN_BACK',
      message: expect.stringContaining('connection was lost') as string,
    });
    expect(hosts[1]!.look()).toEqual(before[1]);
    hosts[0]!.trouble(undefined);
    await change.giveBack();
    expect(hosts.map((host) => host.look())).toEqual(before);
    expect(hosts[1]!.units.get('nova-compute.service')?.starts).toBe(3);
    expect(await journal.entries()).toEqual([]);
  });

  it('restarts nothing that has never read the change', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const change = await changeOptions([{ service: nova(host), changes: [shared('4')], ready: serving }], {
      journal,
    });
    // As after a death between writing the journal, or the file, and the restart.
    const unit = host.units.get('nova-compute.service')!;
    const entry = structuredClone(change.entry);
    const [service] = entry.hosts[0]!.services;
    Object.assign(service!.before, {
      mainPid: unit.mainPid,
      startedAt: new Date(unit.startedAt).toISOString(),
    });
    await giveBack(entry, [host], { journal });
    expect(host.files.text('/etc/nova/nova.conf')).toBe(novaConf);
    expect(unit.starts).toBe(2);
  });

  it('says which host it was not given', async () => {
    const host = machine('one');
    const journal = new MemoryJournal();
    const { entry } = await changeOptions(
      [{ service: nova(host), changes: [shared('4-5')], ready: serving }],
      { journal },
    );
    await expect(giveBack(entry, [machine('two')], { journal })).rejects.toMatchObject({
      message: expect.stringContaining('WB_SERVICES_NO_HOST') as string,
    });
    expect(await journal.entries()).toHaveLength(1);
  });
});

/** One call of one host fails, at every place in turn: nothing may stay changed without an open journal entry. */
describe('whatever call fails', () => {
  const kinds = (['before', 'after'] as const).flatMap((when) =>
    [false, true].map((forever) => ({ when, forever })),
  );

  async function attempt(trouble: Trouble | undefined, victim: number) {
    const hosts = [machine('one'), machine('two')];
    const before = hosts.map((host) => host.look());
    const journal = new MemoryJournal();
    hosts[victim]!.trouble(trouble);
    let outcome: string;
    try {
      const change = await changeOptions(
        hosts.map((host) => ({ service: nova(host), changes: [shared('4-5')], ready: serving })),
        { journal },
      );
      outcome = 'changed';
      await change.giveBack();
      outcome = 'given back';
    } catch (error) {
      outcome = errorCode(error) ?? String(error);
    }
    const calls = hosts[victim]!.count;
    for (const host of hosts) host.trouble(undefined);
    return { hosts, before, journal, outcome, calls };
  }

  it.each(kinds)('$when the effect, forever: $forever', async ({ when, forever }) => {
    const { calls, outcome: calm } = await attempt(undefined, 0);
    expect(calm).toBe('given back');
    expect(calls).toBeGreaterThan(30);
    const outcomes = new Set<string>();
    for (const victim of [0, 1]) {
      for (let at = 1; at <= calls; at += 1) {
        const { hosts, before, journal, outcome } = await attempt({ at, when, forever }, victim);
        outcomes.add(outcome);
        const place = `call ${String(at)} of host ${String(victim)}: ${outcome}`;
        if ((await journal.entries()).length === 0) {
          expect(
            hosts.map((host) => host.look()),
            place,
          ).toEqual(before);
        } else {
          expect(outcome, place).toBe('WB_SERVICES_NOT_GIVEN_BACK');
        }
        // Another process comes later, when the connection is there again.
        const results = await giveBackAll(hosts, { journal, ready: () => serving });
        for (const { error } of results) expect(error, place).toBeUndefined();
        expect(
          hosts.map((host) => host.look()),
          place,
        ).toEqual(before);
        for (const host of hosts) {
          const unit = host.units.get('nova-compute.service')!;
          expect(unit.active, place).toBe(true);
          expect(booted.get(host), place).toBe(novaConf);
        }
        expect(await journal.entries(), place).toEqual([]);
      }
    }
    expect(outcomes).toContain('WB_HOST_CONNECTION_LOST');
    expect(outcomes).toContain('WB_SERVICES_NOT_GIVEN_BACK');
  });
});
