import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeOptions } from './change-options.js';
import { FakeMachine, type Power } from './fake-machine.suite.js';
import { giveBackAll } from './give-back.js';
import { JournalDirectory } from './journal-directory.js';
import type { Journal, JournalEntry } from './journal.js';
import type { ReadyProbe } from './service.js';
import { stopped } from './stopped.js';
import { SystemdService } from './systemd-service.js';

const novaConf =
  '# ours\n[DEFAULT]\nmy_ip = 10.0.0.1\n\n[compute]\ncpu_dedicated_set = 2-3\ncpu_shared_set = 0-1\n';
const computeConf = '[DEFAULT]\ncompute_driver = libvirt.LibvirtDriver\n[libvirt]\nvirt_type = kvm\n';
export const hugepages = '/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages';
const serving: ReadyProbe = () => Promise.resolve({ done: true, value: undefined });

/** Two computes as a test finds them. */
export function twoHosts(): FakeMachine[] {
  return ['one', 'two'].map((name) => {
    const host = new FakeMachine(name);
    host.file('/etc/nova/nova.conf', novaConf, 0o640, 'system_u:object_r:nova_etc_t:s0');
    host.file('/etc/nova/nova-compute.conf', computeConf, 0o600);
    host.files.write(hugepages, '64\n');
    host.unit('nova-compute.service', {
      argv: [
        '/usr/bin/nova-compute',
        '--config-file=/etc/nova/nova.conf',
        '--config-file=/etc/nova/nova-compute.conf',
      ],
      boot: () => {
        booted.set(host, configuration(host));
        return undefined;
      },
    });
    host.unit('libvirtd.socket', { argv: [] });
    host.unit('libvirtd.service', { triggeredBy: ['libvirtd.socket'] });
    host.unit('nova-api.service', { fileState: 'masked' }).active = false;
    return host;
  });
}

const booted = new WeakMap<FakeMachine, string>();

function configuration(host: FakeMachine): string {
  return host.files
    .paths()
    .filter((path) => path.startsWith('/etc/nova/') && !path.endsWith('.tmp'))
    .map((path) => `${path}\n${host.files.text(path) ?? ''}`)
    .join('\n');
}

/** Everything that must be as before: files, owners, modes, labels, times, directories, units, and what Nova runs with. */
export function look(hosts: readonly FakeMachine[]): unknown {
  return hosts.map((host) => ({ ...host.lookClosely(), 'nova-compute has read': booted.get(host) }));
}

/** What dies; everything of the process that comes after it happens no more. */
export class Died extends Error {}

export type Moment = 'before' | 'torn' | 'after';

/** Lets a process work up to one of its steps. */
export class MortalPower implements Power {
  readonly steps: { readonly place: string; readonly what: string; readonly tearable: boolean }[] = [];
  readonly #at: number;
  readonly #moment: Moment;
  #dead = false;

  /** @param at number of the step, from 1; Infinity: it lives on */
  constructor(at: number, moment: Moment) {
    this.#at = at;
    this.#moment = moment;
  }

  get dead(): boolean {
    return this.#dead;
  }

  async step<T>(place: string, what: string, work: () => Promise<T>, torn?: () => void): Promise<T> {
    if (this.#dead) throw new Died();
    this.steps.push({ place, what, tearable: torn !== undefined });
    const now = this.steps.length === this.#at;
    if (now && this.#moment !== 'after') {
      this.#dead = true;
      if (this.#moment === 'torn') torn?.();
      throw new Died();
    }
    try {
      return await work();
    } finally {
      // Whatever came back, nobody is there to hear it.
      if (now) this.#dead = true;
      if (this.dead) await Promise.reject(new Died());
    }
  }
}

/**
 * Each place has its own number of steps, and a place that is through waits; when all are, or can get no further, the
 * process dies. The hosts share nothing, so how far each of them got is all that an order of their steps can make of them.
 */
export class CutPower implements Power {
  readonly taken = new Map<string, number>();
  readonly #limits: ReadonlyMap<string, number>;
  #waiting: (() => void)[] = [];
  #dead = false;
  #ticks = 0;

  constructor(limits: ReadonlyMap<string, number>) {
    this.#limits = limits;
  }

  async step<T>(place: string, _what: string, work: () => Promise<T>): Promise<T> {
    this.#ticks += 1;
    const count = this.taken.get(place) ?? 0;
    if (!this.#dead && count >= (this.#limits.get(place) ?? Infinity)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#dead) throw new Died();
    this.taken.set(place, count + 1);
    try {
      return await work();
    } finally {
      this.#ticks += 1;
      if (this.dead) await Promise.reject(new Died());
    }
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Ends the process once nothing of it goes on any more. */
  async end(process: Promise<unknown>): Promise<void> {
    const state = { over: false };
    const settled = process
      .catch(() => undefined)
      .then(() => {
        state.over = true;
      });
    const goesOn = (): boolean => !state.over;
    for (let quiet = 0, seen = -1; goesOn() && quiet < 4;) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      quiet = this.#waiting.length > 0 && seen === this.#ticks ? quiet + 1 : 0;
      seen = this.#ticks;
    }
    this.#dead = true;
    for (const go of this.#waiting.splice(0)) go();
    await settled;
  }
}

/** The journal of one process: each of its writes is a step like those of the hosts. */
class PoweredJournal implements Journal {
  readonly owner: string;
  readonly #inner: JournalDirectory;
  readonly #power: Power;

  constructor(inner: JournalDirectory, power: Power) {
    this.owner = inner.owner;
    this.#inner = inner;
    this.#power = power;
  }

  async write(entry: JournalEntry): Promise<void> {
    const half = JSON.stringify(entry).slice(0, 100);
    const file = join(this.#inner.path, `.${entry.id}.abcd.tmp`);
    await this.#power.step(
      'journal',
      'write',
      () => this.#inner.write(entry),
      () => {
        writeFileSync(file, half);
      },
    );
  }

  remove(id: string): Promise<void> {
    return this.#power.step('journal', 'remove', () => this.#inner.remove(id));
  }

  entries(): Promise<readonly JournalEntry[]> {
    return this.#power.step('journal', 'read', () => this.#inner.entries());
  }
}

export type Work = (hosts: readonly FakeMachine[], journal: Journal) => Promise<void>;

const nova = (host: FakeMachine): SystemdService => new SystemdService(host, 'nova-compute');

/** Two hosts, three options in two files, with restart: changed and given back. */
export const threeOptions: Work = async (hosts, journal) => {
  const change = await changeOptions(
    hosts.map((host) => ({
      service: nova(host),
      changes: [
        { section: 'compute', option: 'cpu_shared_set', value: '4-5' },
        { section: 'DEFAULT', option: 'my_ip', value: null },
        { section: 'libvirt', option: 'virt_type', value: 'qemu' },
      ],
      ready: serving,
    })),
    { journal },
  );
  await change.giveBack();
};

/** Everything else that can be changed, nested: files in a new directory, hugepages, a masked service with its socket. */
export const everythingElse: Work = async (hosts, journal) => {
  const outer = await changeOptions(
    hosts.flatMap((host) => [
      {
        service: nova(host),
        changes: [],
        files: [{ path: '/etc/nova/provider_config/whitebox.yaml', content: 'meta: {}\n' }],
        ready: serving,
      },
      { host, values: [{ path: hugepages, value: '80' }] },
    ]),
    { journal },
  );
  const [first] = hosts;
  const inner =
    first === undefined
      ? undefined
      : await stopped(new SystemdService(first, 'libvirtd'), { journal, mask: true });
  await inner?.giveBack();
  await outer.giveBack();
};

/** One world: two hosts and the disk of the machine that runs the test. */
export class World implements AsyncDisposable {
  readonly hosts = twoHosts();
  readonly before = look(this.hosts);
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<World> {
    // Thousands of journals, each synchronised many times: in memory, where there is such a place.
    const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
    return new World(await mkdtemp(join(place, 'whitebox-crash-')));
  }

  /** A process that does some work until its power ends. @returns whether it did not get through */
  async run(work: Work, power: Power, wrap = (journal: Journal) => journal): Promise<unknown> {
    for (const host of this.hosts) host.power = power;
    try {
      await work(this.hosts, wrap(new PoweredJournal(this.journal, power)));
      return undefined;
    } catch (error) {
      return error;
    } finally {
      for (const host of this.hosts) host.power = undefined;
    }
  }

  get journal(): JournalDirectory {
    return new JournalDirectory(this.#directory);
  }

  /** What is not as before, after a process that was not disturbed has given back; empty when all is. */
  async differences(): Promise<string[]> {
    const problems: string[] = [];
    for (const { error } of await giveBackAll(this.hosts, { journal: this.journal, ready: () => serving })) {
      if (error !== undefined) problems.push(error instanceof Error ? error.message : 'an error');
    }
    const open = (await this.journal.entries()).length;
    if (open > 0) problems.push(`${String(open)} entries are open`);
    const before = JSON.stringify(this.before, undefined, 1).split('\n');
    const after = JSON.stringify(look(this.hosts), undefined, 1).split('\n');
    problems.push(
      ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
      ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
    );
    return problems;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export const recovery: Work = async (hosts, journal) => {
  const results = await giveBackAll(hosts, { journal, ready: () => serving });
  for (const { error } of results) if (error instanceof Error) throw error;
};

/** A journal that says that an entry is safe before it is: with it the crash tests have to fail. */
export class HastyJournal implements Journal {
  readonly owner: string;
  readonly #inner: Journal;
  #late: JournalEntry | undefined;

  constructor(inner: Journal) {
    this.owner = inner.owner;
    this.#inner = inner;
  }

  write(entry: JournalEntry): Promise<void> {
    this.#late = entry;
    return Promise.resolve();
  }

  async remove(id: string): Promise<void> {
    await this.#flush();
    await this.#inner.remove(id);
  }

  async entries(): Promise<readonly JournalEntry[]> {
    await this.#flush();
    return await this.#inner.entries();
  }

  async #flush(): Promise<void> {
    if (this.#late !== undefined) await this.#inner.write(this.#late);
    this.#late = undefined;
  }
}
