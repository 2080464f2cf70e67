import { errorCode } from '@whitebox/core';
import { describe, expect, it } from 'vitest';
import { CommandService } from './command-service.js';
import { FakeMachine } from './fake-machine.suite.js';
import { giveBackAll } from './give-back.js';
import { MemoryJournal } from './journal.js';
import { stopped } from './stopped.js';
import { SystemdService } from './systemd-service.js';

const sockets = ['libvirtd.socket', 'libvirtd-ro.socket', 'libvirtd-admin.socket'];

/** libvirtd as on a fresh machine: one of its sockets is not wanted. */
function libvirtHost(): FakeMachine {
  const host = new FakeMachine('one');
  for (const socket of sockets) host.unit(socket);
  const tls = host.unit('libvirtd-tls.socket', { fileState: 'disabled' });
  tls.active = false;
  host.unit('libvirtd.service', { triggeredBy: [...sockets, 'libvirtd-tls.socket'] });
  return host;
}

function look(host: FakeMachine) {
  return [...host.units.values()].map(({ name, active, fileState }) => ({ name, active, fileState }));
}

describe('a service that sockets start', () => {
  it('stays down: its sockets are stopped in the same job, before it', async () => {
    const host = libvirtHost();
    await new SystemdService(host, 'libvirtd').stop();
    expect(look(host).filter(({ active }) => active)).toEqual([]);
    const stops = host.commands.filter((argv) => argv[1] === 'stop');
    expect(stops).toEqual([['systemctl', 'stop', '--', ...sockets, 'libvirtd.service']]);
  });

  it('comes back with those that it had, and no other', async () => {
    const host = libvirtHost();
    const before = look(host);
    const service = new SystemdService(host, 'libvirtd');
    await service.stop();
    await service.start({ stableForMs: 50 });
    expect(look(host)).toEqual(before);
    host.units.get('libvirtd-ro.socket')!.active = false;
    const without = look(host);
    {
      await using change = await stopped(service);
      expect(change.entry.hosts[0]?.services[0]?.before.units).toHaveLength(5);
      expect(look(host).filter(({ active }) => active)).toEqual([]);
    }
    expect(look(host)).toEqual(without);
  });

  it('stays down where a command of its own stops it, which may know nothing of its sockets', async () => {
    const host = libvirtHost();
    const before = look(host);
    const [startCommand, stopCommand] = ['systemctl start libvirtd', 'systemctl stop libvirtd'];
    for (const command of [startCommand, stopCommand])
      host.on(['sh', '-c', command], async () => {
        const [systemctl = '', verb = ''] = command.split(' ');
        const { exitCode, stderr } = await host.exec([systemctl, verb, '--', 'libvirtd.service']);
        return { exitCode: exitCode ?? 1, stderr };
      });
    const service = new CommandService(host, { name: 'libvirt', startCommand, stopCommand });
    await service.stop();
    expect(look(host).filter(({ active }) => active)).toEqual([]);
    const stops = host.commands.filter((argv) => argv[1] === 'stop' || argv.includes(stopCommand));
    expect(stops.slice(0, 2)).toEqual([
      ['systemctl', 'stop', '--', ...sockets],
      ['sh', '-c', stopCommand],
    ]);
    await service.start({ stableForMs: 50 });
    expect(look(host)).toEqual(before);
  });

  it('comes back with them though somebody has started it without', async () => {
    const host = libvirtHost();
    const before = look(host);
    const change = await stopped(new SystemdService(host, 'libvirtd'));
    expect((await host.exec(['systemctl', 'start', '--', 'libvirtd.service'])).exitCode).toBe(0);
    // systemd refuses to listen for a service that runs.
    expect((await host.exec(['systemctl', 'start', '--', 'libvirtd.socket'])).exitCode).toBe(1);
    await change.giveBack();
    expect(look(host)).toEqual(before);
  });

  it('is not given back when somebody masks a part of it at the same moment, which is said', async () => {
    const host = libvirtHost();
    const journal = new MemoryJournal();
    const change = await stopped(new SystemdService(host, 'libvirtd'), { journal });
    host.units.get('libvirtd.service')!.boot = () => {
      host.units.get('libvirtd-ro.socket')!.fileState = 'masked';
      return undefined;
    };
    await expect(change.giveBack()).rejects.toThrow(
      'libvirtd-ro.socket is active and masked, was active and enabled',
    );
    expect(await journal.entries()).toHaveLength(1);
    host.units.get('libvirtd.service')!.boot = () => undefined;
    await change.giveBack();
    expect(await journal.entries()).toEqual([]);
  });

  it('is given back only when it serves again', async () => {
    const host = libvirtHost();
    const service = new SystemdService(host, 'libvirtd');
    const before = (await service.status()).mainPid;
    const seen: (number | undefined)[][] = [];
    const change = await stopped(service, {
      mask: true,
      ready: ({ before: was, after }) => {
        seen.push([was.mainPid, after.mainPid]);
        return Promise.resolve(seen.length < 3 ? { done: false, seen: 'no' } : { done: true, value: 0 });
      },
    });
    await change.giveBack();
    const { mainPid } = await service.status();
    expect(mainPid).not.toBe(before);
    expect(seen).toEqual([0, 1, 2].map(() => [undefined, mainPid]));
  });

  it('is masked and unmasked with them', async () => {
    const host = libvirtHost();
    const before = look(host);
    const service = new SystemdService(host, 'libvirtd');
    await service.mask();
    expect(look(host).every(({ fileState }) => fileState === 'masked-runtime')).toBe(true);
    await service.unmask();
    expect(look(host)).toEqual(before);
    await service.mask({ permanent: true });
    expect(look(host).every(({ fileState }) => fileState === 'masked')).toBe(true);
    await service.unmask();
    expect(look(host)).toEqual(before);
  });

  it('stays masked where it was masked before', async () => {
    const host = libvirtHost();
    const service = new SystemdService(host, 'libvirtd');
    await service.stop();
    await service.mask({ permanent: true });
    const before = look(host);
    const change = await stopped(service, { mask: true });
    await change.giveBack();
    expect(look(host)).toEqual(before);
  });

  it('cannot be masked where its unit file is stronger than the mask, and nothing is left of the attempt', async () => {
    const host = libvirtHost();
    host.units.get('libvirtd.service')!.inEtc = true;
    const before = look(host);
    await expect(stopped(new SystemdService(host, 'libvirtd'), { mask: true })).rejects.toMatchObject({
      code: 'WB_SERVICES_MASK_FAILED',
    });
    expect(look(host)).toEqual(before);
  });

  it('takes the sockets that were said', async () => {
    const host = libvirtHost();
    const service = new SystemdService(host, { unit: 'libvirtd', activators: ['libvirtd-ro.socket'] });
    await service.stop();
    expect(host.units.get('libvirtd.socket')?.active).toBe(true);
    expect(host.units.get('libvirtd-ro.socket')?.active).toBe(false);
  });

  it.each(['before', 'after'] as const)(
    'is as it was in the end, whatever call fails %s its effect',
    async (when) => {
      for (const forever of [false, true]) {
        for (let at = 1, calls = 60; at <= calls; at += 1) {
          const host = libvirtHost();
          const before = look(host);
          const journal = new MemoryJournal();
          host.trouble({ at, when, forever });
          let outcome: string;
          try {
            const change = await stopped(new SystemdService(host, 'libvirtd'), { mask: true, journal });
            await change.giveBack();
            outcome = 'given back';
          } catch (error) {
            outcome = errorCode(error) ?? String(error);
          }
          calls = Math.min(calls, Math.max(host.count, at));
          host.trouble(undefined);
          const place = `call ${String(at)}, forever ${String(forever)}: ${outcome}`;
          if ((await journal.entries()).length === 0) expect(look(host), place).toEqual(before);
          else expect(outcome, place).toBe('WB_SERVICES_NOT_GIVEN_BACK');
          const results = await giveBackAll([host], { journal });
          for (const { error } of results) expect(error, place).toBeUndefined();
          expect(look(host), place).toEqual(before);
        }
      }
    },
  );

  it('is stopped where a mask is asked for and not possible, if that will do', async () => {
    const host = new FakeMachine('one');
    host.unit('devstack@n-cpu.service', { inEtc: true });
    const service = new SystemdService(host, 'devstack@n-cpu');
    const before = look(host);
    await expect(stopped(service, { mask: true })).rejects.toMatchObject({ code: 'WB_SERVICES_MASK_FAILED' });
    expect(look(host)).toEqual(before);
    {
      await using _change = await stopped(service, { mask: 'where-possible' });
      expect(look(host).filter(({ active }) => active)).toEqual([]);
    }
    expect(look(host)).toEqual(before);
  });
});
