import { describe, expect, it } from 'vitest';
import { changeOptions } from './change-options.js';
import { FakeMachine } from './fake-machine.suite.js';
import { giveBackAll } from './give-back.js';
import { HostJournal } from './host-journal.js';
import { MemoryJournal, type Journal } from './journal.js';

const value = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
const heldFile = '/var/lib/whitebox-held.json';

function machine(name = 'one'): FakeMachine {
  const host = new FakeMachine(name);
  host.file('/etc/nova/policy.yaml', 'old\n');
  host.files.write(value, '64\n');
  return host;
}

const change = (host: FakeMachine, content = 'new\n', journal: Journal = new MemoryJournal()) =>
  changeOptions([{ host, files: [{ path: '/etc/nova/policy.yaml', content }] }], { journal });

/** As if another process had taken it. */
function heldBy(host: FakeMachine, more: object): void {
  const hold = JSON.parse(host.files.text(heldFile) ?? '{}') as object;
  host.files.write(heldFile, JSON.stringify({ ...hold, process: 'other', owner: 'other:/journal', ...more }));
}

describe('a host that is held', () => {
  it('is refused to another run, with who holds it, and nothing is changed', async () => {
    const host = machine();
    const journal = new MemoryJournal();
    const mine = await change(host);
    heldBy(host, { machine: 'far', pid: 7, since: '2026-01-02T03:04:05Z', what: 'test cpus' });
    const before = host.look();
    await expect(change(host, 'theirs\n', journal)).rejects.toMatchObject({
      code: 'WB_SERVICES_HELD',
      host: 'one',
      observed: expect.stringMatching(
        /since 2026-01-02T03:04:05Z, for: test cpus \(process 7 on far, journal other:\/journal\).*that machine only/,
      ) as string,
    });
    expect(host.look()).toEqual(before);
    expect(await journal.entries()).toEqual([]);
    await expect(mine.giveBack()).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_GIVEN_BACK' });
    expect(host.look()).toEqual(before);
  });

  it('is not taken from a process that is gone, which is said', async () => {
    const host = machine();
    await change(host);
    // No process has this number: it is above the limit of the kernel.
    heldBy(host, { pid: 2 ** 22 + 1 });
    await expect(change(host, 'theirs\n')).rejects.toThrow('that process is gone, so the hold is stale');
    expect(host.files.text('/etc/nova/policy.yaml')).toBe('new\n');
  });

  it('is one of two runs only when they begin at the same moment', async () => {
    const host = machine();
    // The other run is faster by one step: between the look and the link.
    let taken = false;
    const replaceFile = host.replaceFile.bind(host);
    host.replaceFile = async (path, bytes, options) => {
      await replaceFile(path, bytes, options);
      if (taken || !path.includes('.whitebox-')) return;
      taken = true;
      host.files.write(heldFile, Buffer.from(bytes));
      heldBy(host, {});
    };
    await expect(change(host)).rejects.toMatchObject({ code: 'WB_SERVICES_HELD' });
    expect(host.files.text('/etc/nova/policy.yaml')).toBe('old\n');
    expect(host.files.text(heldFile)).toContain('other:/journal');
  });

  it('is let go of when the last of nested changes is given back', async () => {
    const host = machine();
    const before = host.look();
    const journal = new MemoryJournal();
    const outer = await change(host, 'outer\n', journal);
    const inner = await change(host, 'inner\n', journal);
    await inner.giveBack();
    expect(host.files.text('/etc/nova/policy.yaml')).toBe('outer\n');
    expect(host.files.text(heldFile)).toBeDefined();
    await outer.giveBack();
    expect(host.look()).toEqual(before);
  });

  it('belongs to whoever holds it now when an entry was given back but not crossed out', async () => {
    const host = machine();
    const journal = new MemoryJournal();
    const done = await change(host, 'new\n', journal);
    await done.giveBack();
    await journal.write(done.entry);
    const theirs = await change(host, 'theirs\n');
    heldBy(host, {});
    const results = await giveBackAll([host], { journal });
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(host.files.text('/etc/nova/policy.yaml')).toBe('theirs\n');
    expect(theirs.entry.hosts).toHaveLength(1);
  });
});

describe('HostJournal', () => {
  it('gives back when the machine with the journal is lost', async () => {
    const hosts = [machine('one'), machine('two')];
    const before = hosts.map((host) => host.look());
    await changeOptions(
      hosts.map((host) => ({
        host,
        files: [{ path: '/etc/nova/policy.yaml', content: 'new\n' }],
        values: [{ path: value, value: '80' }],
      })),
      { journal: new MemoryJournal() },
    );
    const journal = new HostJournal(hosts);
    const [entry] = await journal.entries();
    expect(entry?.hosts.map(({ host }) => host).sort()).toEqual(['one', 'two']);
    expect((await journal.holds()).get('two')).toMatchObject({ pid: process.pid, what: entry?.what });
    const results = await giveBackAll(hosts, { journal });
    expect(results.map(({ error }) => error)).toEqual([undefined]);
    expect(hosts.map((host) => host.look())).toEqual(before);
  });

  it('tells a host nothing of the files of another', async () => {
    const [one, two] = [machine('one'), machine('two')];
    one.file('/etc/nova/policy.yaml', 'secret of one\n');
    const secret = Buffer.from('secret of one\n').toString('base64');
    await changeOptions(
      [one, two].map((host) => ({ host, files: [{ path: '/etc/nova/policy.yaml', content: 'new\n' }] })),
      { journal: new MemoryJournal() },
    );
    const record = (host: FakeMachine) =>
      host.files.paths().find((path) => path.startsWith('/var/lib/whitebox-change-')) ?? '';
    expect(one.files.text(record(one))).toContain(secret);
    expect(two.files.text(record(two))).not.toContain(secret);
    expect(one.files.get(record(one))).toMatchObject({ owner: 'root', mode: 0o600 });
  });

  it('is written before the first byte changes there', async () => {
    const host = machine();
    await change(host);
    const written = host.calls.flatMap((call) => (call.kind === 'replaceFile' ? [call.path] : []));
    expect(written.map((path) => path.replace(/-\d[\da-f-]+\.json|-[\da-f]{18}/, '-X'))).toEqual([
      '/var/lib/.whitebox-X.tmp',
      '/var/lib/whitebox-change-X',
      '/etc/nova/policy.yaml',
    ]);
  });
});

describe('files and values', () => {
  it('are made with their directories, and nothing is left of them', async () => {
    const host = machine();
    const before = host.lookClosely();
    const made = await changeOptions(
      [{ host, files: [{ path: '/etc/nova/provider_config/a/x.yaml', content: 'a: 1\n' }] }],
      { journal: new MemoryJournal() },
    );
    expect(host.files.text('/etc/nova/provider_config/a/x.yaml')).toBe('a: 1\n');
    await made.giveBack();
    expect(host.lookClosely()).toEqual(before);
  });

  it('can be taken away, and made of what is there', async () => {
    const host = machine();
    host.file('/etc/nova/gone.yaml', 'there\n', 0o600);
    const before = host.lookClosely();
    const done = await changeOptions(
      [
        {
          host,
          files: [
            { path: '/etc/nova/gone.yaml', content: null },
            { path: '/etc/nova/policy.yaml', content: (now) => `${now ?? ''}more\n` },
          ],
        },
      ],
      { journal: new MemoryJournal() },
    );
    expect(host.files.text('/etc/nova/gone.yaml')).toBeUndefined();
    expect(host.files.text('/etc/nova/policy.yaml')).toBe('old\nmore\n');
    await done.giveBack();
    expect(host.lookClosely()).toEqual(before);
  });

  it('are given back when the kernel took less than was asked for', async () => {
    const host = machine();
    const before = host.look();
    host.kernelTakes = (path, asked) => {
      host.files.write(path, `${String(Math.min(Number(asked), 70))}\n`);
    };
    const attempt = changeOptions([{ host, values: [{ path: value, value: '80' }] }], {
      journal: new MemoryJournal(),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_IN_FORCE' });
    expect(host.look()).toEqual(before);
  });

  it('are left as somebody else has set them, which is said', async () => {
    const host = machine();
    const journal = new MemoryJournal();
    const done = await changeOptions([{ host, values: [{ path: value, value: '80' }] }], { journal });
    host.files.write(value, '96\n');
    await expect(done.giveBack()).rejects.toThrow(
      'somebody else has set it: it is "96", was "64", and Whitebox makes "80" of it',
    );
    expect(host.files.text(value)).toBe('96\n');
    expect(await journal.entries()).toHaveLength(1);
  });

  it('outside of /sys are no values', async () => {
    const attempt = changeOptions([{ host: machine(), values: [{ path: '/etc/passwd', value: '' }] }], {
      journal: new MemoryJournal(),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'WB_SERVICES_NOT_EDITABLE' });
  });
});
