import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { changeOptions } from './change-options.js';
import type { Change } from './transaction.js';
import { FakeMachine } from './fake-machine.suite.js';
import { giveBackOnExit, type EndingProgram } from './give-back-on-exit.js';
import { MemoryJournal } from './journal.js';
import type { ReadyProbe } from './service.js';
import { stopped } from './stopped.js';
import { SystemdService } from './systemd-service.js';

const conf = '[compute]\ncpu_shared_set = 0-1\n';

/** A process that only says that it has ended. */
class FakeProgram extends EventEmitter {
  exitCode: number | undefined;
  readonly codes: unknown[] = [];
  readonly said: string[] = [];
  readonly exit = (code?: unknown): never => {
    this.codes.push(code);
    return undefined as never;
  };

  #guard: Disposable | undefined;

  guard(): this {
    this.#guard = giveBackOnExit({
      program: this as unknown as EndingProgram,
      say: (message) => this.said.push(message),
    });
    return this;
  }

  [Symbol.dispose](): void {
    this.#guard?.[Symbol.dispose]();
  }

  async ended(): Promise<unknown> {
    await expect.poll(() => this.codes.length, { timeout: 30_000 }).toBe(1);
    return this.codes[0];
  }
}

const guarded = () => new FakeProgram().guard();

function machine(name = 'one'): FakeMachine {
  const host = new FakeMachine(name);
  host.file('/etc/nova/nova.conf', conf);
  host.unit('nova-compute.service', {
    argv: ['/usr/bin/python3', '/usr/bin/nova-compute', '--config-file=/etc/nova/nova.conf'],
  });
  return host;
}

const nova = (host: FakeMachine) => new SystemdService(host, 'nova-compute');

const ready: ReadyProbe = () => Promise.resolve({ done: true, value: undefined });

function change(host: FakeMachine, value = '4-5', probe: ReadyProbe = ready): Promise<Change> {
  const changes = [{ section: 'compute', option: 'cpu_shared_set', value }];
  return changeOptions([{ service: nova(host), changes, ready: probe }], { journal: new MemoryJournal() });
}

describe('giveBackOnExit', () => {
  it.each<[string, unknown, number]>([
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGHUP', 'SIGHUP', 129],
    ['uncaughtException', new Error('nobody caught this'), 1],
    ['beforeExit', 0, 0],
  ])('gives everything back on %s, the latest first, then ends', async (event, argument, code) => {
    using program = guarded();
    const [one, two] = [machine('one'), machine('two')];
    const before = one.look();
    await change(one, '4-5');
    await change(one, '6-7');
    await stopped(nova(two), { mask: true });
    program.emit(event, argument);
    expect(await program.ended()).toBe(code);
    expect(one.look()).toEqual(before);
    expect(two.units.get('nova-compute.service')).toMatchObject({ active: true, fileState: 'enabled' });
    expect(program.said.join()).toContain('giving back 3 changes first');
    if (event === 'uncaughtException') expect(program.said.join()).toContain('nobody caught this');
  });

  it('holds process.exit until all is given back, and lets nobody go on meanwhile', async () => {
    using program = guarded();
    const host = machine();
    await change(host);
    expect(() => program.exit(3)).toThrow('ends once all is given back');
    await expect(change(host)).rejects.toThrow('the process ends');
    expect(await program.ended()).toBe(3);
    expect(host.files.text('/etc/nova/nova.conf')).toBe(conf);
  });

  it('gives up a change that is being made, and gives that back', async () => {
    using program = guarded();
    const host = machine();
    const never: ReadyProbe = () => {
      const old = host.files.text('/etc/nova/nova.conf') === conf;
      if (!old) program.emit('SIGTERM', 'SIGTERM');
      return Promise.resolve(old ? { done: true, value: 0 } : { done: false, seen: 'nothing' });
    };
    await expect(change(host, '4-5', never)).rejects.toThrow('the process ends: SIGTERM');
    expect(await program.ended()).toBe(143);
    expect(host.files.text('/etc/nova/nova.conf')).toBe(conf);
  });

  it('says what it cannot give back, and does not end well', async () => {
    using program = guarded();
    const host = machine();
    const made = await change(host);
    host.file('/etc/nova/nova.conf', '[compute]\n# by somebody else\n');
    program.emit('beforeExit', 0);
    expect(await program.ended()).toBe(1);
    expect(program.said.join()).toMatch(/Not given back: .*somebody else has changed it/s);
    host.file('/etc/nova/nova.conf', conf);
    await made.giveBack();
  });

  it('ends at once with nothing to give back, and with the third signal', async () => {
    using program = guarded();
    const host = machine();
    await (await change(host)).giveBack();
    program.exit(4);
    expect(program.codes).toEqual([4]);
    await change(host);
    program.emit('SIGINT', 'SIGINT');
    program.emit('SIGINT', 'SIGINT');
    expect(program.codes).toEqual([4]);
    program.emit('SIGINT', 'SIGINT');
    expect(program.codes).toEqual([4, 130]);
    await expect.poll(() => host.files.text('/etc/nova/nova.conf')).toBe(conf);
    await expect.poll(() => program.codes).toHaveLength(3);
  });

  it('leaves the program alone once it is disposed of', async () => {
    const program = new FakeProgram();
    const { exit } = program;
    program.guard()[Symbol.dispose]();
    expect(program.exit).toBe(exit);
    expect(program.eventNames()).toEqual([]);
    const host = machine();
    await (await change(host)).giveBack();
  });
});
