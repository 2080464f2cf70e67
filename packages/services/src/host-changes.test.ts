import type { Host } from '@whitebox/host';
import { describe, expect, it } from 'vitest';
import { changeOptions } from './change-options.js';
import { FakeMachine } from './fake-machine.suite.js';
import { describeHostChanges, giveBackHostChanges, readHostChanges } from './host-changes.js';
import { MemoryJournal } from './journal.js';

const heldFile = '/var/lib/whitebox-held.json';
const file = '/etc/nova/policy.yaml';

function machines(): FakeMachine[] {
  return ['one', 'two'].map((name) => {
    const host = new FakeMachine(name);
    host.file(file, `of ${name}\n`);
    return host;
  });
}

/** Changes hosts as another process did, whose journal is lost. @returns how they looked before */
async function changedBy(hosts: readonly FakeMachine[], holder: object): Promise<unknown> {
  const before = hosts.map((host) => host.look());
  const journal = new MemoryJournal();
  await changeOptions(
    hosts.map((host) => ({ host, files: [{ path: file, content: 'new\n' }] })),
    { journal },
  );
  for (const host of hosts) {
    const hold = JSON.parse(host.files.text(heldFile) ?? '') as object;
    host.files.write(heldFile, JSON.stringify({ ...hold, process: 'other', ...holder }));
  }
  return before;
}

/** No process has this number: it is above the limit of the kernel. */
const gone = { pid: 2 ** 22 + 1 };

async function recovered(hosts: readonly Host[], lost: readonly string[] = []): Promise<string[]> {
  return await giveBackHostChanges(await readHostChanges(hosts), hosts, { lost }, () => undefined);
}

function underName(name: string, host: Host): Host {
  return {
    name,
    exec: (argv, options) => host.exec(argv, options),
    readFile: (path, options) => host.readFile(path, options),
    replaceFile: (path, bytes, options) => host.replaceFile(path, bytes, options),
    dial: (endpoint, options) => host.dial(endpoint, options),
  };
}

const look = (hosts: readonly FakeMachine[]): unknown => hosts.map((host) => host.look());

describe('what hosts know of changes', () => {
  it('is given back without any other journal, and nothing is left there', async () => {
    const hosts = machines();
    const before = await changedBy(hosts, gone);
    expect(look(hosts)).not.toEqual(before);
    expect(await recovered(hosts)).toEqual([]);
    expect(look(hosts)).toEqual(before);
    expect(await describeHostChanges(await readHostChanges(hosts))).toEqual([]);
  });

  it('tells who holds them, since when, for what, and that the process is gone', async () => {
    const hosts = machines();
    await changedBy(hosts, { ...gone, since: '2026-01-02T03:04:05Z' });
    const [held, change] = await describeHostChanges(await readHostChanges(hosts));
    expect(held).toMatch(
      /^one, two held since 2026-01-02T03:04:05Z, for: change .* on one, two \(process 4194305 on .*that process is gone, so the hold is stale$/,
    );
    expect(change).toMatch(
      /^change \/etc\/nova\/policy.yaml on one, two \(since .*written down on one, two\)$/,
    );
  });

  it('is left alone where the process may be at work elsewhere, until that machine is said to be lost', async () => {
    const hosts = machines();
    const before = await changedBy(hosts, { machine: 'far', pid: 7 });
    const changed = look(hosts);
    const [failure, ...others] = await recovered(hosts, ['farther']);
    expect(failure).toContain(
      'run "whitebox recover" on far; if that machine is lost: "whitebox recover --lost far"',
    );
    expect(others).toEqual([]);
    expect(look(hosts)).toEqual(changed);
    expect(await recovered(hosts, ['far'])).toEqual([]);
    expect(look(hosts)).toEqual(before);
  });

  it('is left alone as long as the process runs', async () => {
    const hosts = machines();
    // Number 1 of every Linux; without the word about its start it is known by its number alone.
    await changedBy(hosts, { pid: 1, processStart: undefined });
    const changed = look(hosts);
    expect(await recovered(hosts)).toEqual([expect.stringContaining('that process still runs')]);
    expect(look(hosts)).toEqual(changed);
  });

  it('takes a later process with the same number for another one', async () => {
    const hosts = machines();
    const before = await changedBy(hosts, { pid: 1, processStart: 'not the start of that one' });
    expect(await recovered(hosts)).toEqual([]);
    expect(look(hosts)).toEqual(before);
  });

  it('is a host that was held and not changed yet: it is let go of', async () => {
    const hosts = machines();
    await changedBy(hosts, gone);
    const [hold] = hosts.map((host) => host.files.text(heldFile) ?? '');
    expect(await recovered(hosts)).toEqual([]);
    for (const host of hosts) host.files.write(heldFile, hold ?? '');
    expect(await recovered(hosts)).toEqual([]);
    expect(hosts.map((host) => host.files.text(heldFile))).toEqual([undefined, undefined]);
  });

  it('is given back under the name that a host has now', async () => {
    const hosts = machines();
    await changedBy(hosts, gone);
    const [one] = hosts;
    const renamed = hosts.map((host) => (host === one ? underName('192.0.2.1', host) : host));
    expect(await recovered(renamed)).toEqual([]);
    expect(hosts.map((host) => host.files.text(file))).toEqual(['of one\n', 'of two\n']);
  });

  it('of one host is given back when another one is lost, too', async () => {
    const hosts = machines();
    await changedBy(hosts, gone);
    expect(await recovered(hosts.slice(1))).toEqual([]);
    expect(hosts.map((host) => host.files.text(file))).toEqual(['new\n', 'of two\n']);
  });
});
