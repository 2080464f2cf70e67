import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '@whitebox/host';
import type { Service } from './service.js';
import { stopped } from './stopped.js';
import { SystemdService } from './systemd-service.js';

/** A service that a test may do anything with. Its program writes "hello" when it starts. */
export interface Specimen {
  readonly service: Service;
  readonly host: Host;
  /** Lets the program end with an error at its next start, with "spoilt" as its last words. */
  spoil(): Promise<void>;
  repair(): Promise<void>;
  remove(): Promise<void>;
}

/** What every service does, whatever runs it. */
export function describeService(
  name: string,
  open: () => Promise<Specimen>,
  can: { readonly mask: boolean },
): void {
  describe(`Service: ${name}`, () => {
    let specimen: Specimen;
    let service: Service;

    beforeAll(async () => {
      specimen = await open();
      ({ service } = specimen);
    });

    afterAll(async () => {
      await specimen.remove();
    });

    it('tells that it runs, since when and as which process', async () => {
      await service.start({ stableForMs: 50 });
      const status = await service.status();
      expect(status).toMatchObject({ state: 'running', masked: false });
      expect(status.mainPid).toBeGreaterThan(1);
      expect(status.startedAt?.getTime()).toBeGreaterThan(Date.UTC(2020, 0));
      await service.start({ stableForMs: 50 });
      expect(await service.status()).toEqual(status);
    });

    it('restarts as a new process, and its log since then is told', async () => {
      const mark = await service.mark();
      const { before, after } = await service.restart({ stableForMs: 10 });
      expect(after.state).toBe('running');
      expect(after.mainPid).not.toBe(before.mainPid);
      expect(after.startedAt?.getTime()).toBeGreaterThanOrEqual(before.startedAt?.getTime() ?? Infinity);
      expect(await service.status()).toEqual(after);
      const lines = await service.log(mark);
      expect(lines.filter(({ message }) => message === 'hello')).toHaveLength(1);
      expect(await service.log(await service.mark())).toEqual([]);
    });

    it('stops and starts', async () => {
      await service.stop();
      expect(await service.status()).toMatchObject({
        state: 'stopped',
        mainPid: undefined,
        startedAt: undefined,
      });
      await service.stop();
      await service.start({ stableForMs: 50 });
      expect((await service.status()).state).toBe('running');
    });

    it('asks the probe until it is content, for the new process', async () => {
      const asked: unknown[] = [];
      const { before, after } = await service.restart({
        ready: (restarted) => {
          asked.push(restarted);
          return Promise.resolve(
            asked.length < 3 ? { done: false, seen: 'not yet' } : { done: true, value: 1 },
          );
        },
      });
      expect(asked).toEqual([
        { before, after },
        { before, after },
        { before, after },
      ]);
    });

    it('notices that the new process was replaced by yet another one', async () => {
      let other: Promise<unknown> | undefined;
      const attempt = service.restart({
        timeoutMs: 10_000,
        ready: async () => {
          other ??= service.restart({ stableForMs: 0 });
          await other;
          return { done: false, seen: 'nothing' };
        },
      });
      await expect(attempt).rejects.toMatchObject({ code: 'WB_SERVICES_DIED' });
    });

    it('says what the probe saw last when it is not content in time', async () => {
      const attempt = service.restart({
        timeoutMs: 1500,
        ready: () => Promise.resolve({ done: false, seen: 'no heartbeat since 12:00' }),
      });
      await expect(attempt).rejects.toMatchObject({
        code: 'WB_WAIT_TIMEOUT',
        message: expect.stringContaining('no heartbeat since 12:00') as string,
      });
    });

    it('tells at once that it does not come up, with its last words', async () => {
      await specimen.spoil();
      const started = performance.now();
      await expect(service.restart({ timeoutMs: 60_000 })).rejects.toMatchObject({
        code: expect.stringMatching(/^WB_SERVICES_(RESTART_FAILED|DIED)$/) as string,
        message: expect.stringContaining('spoilt') as string,
      });
      expect(performance.now() - started).toBeLessThan(30_000);
      await specimen.repair();
      await service.restart({ stableForMs: 10 });
      expect((await service.status()).state).toBe('running');
    });

    it('is as it was at the end of a block in which it is stopped', async () => {
      const before = await service.snapshot();
      {
        await using change = await stopped(service);
        expect((await service.status()).state).toBe('stopped');
        expect(change.entry.what).toContain(service.name);
      }
      const after = await service.snapshot();
      expect(after.units).toEqual(before.units);
      expect(after.state).toBe('running');
      await service.stop();
      {
        await using change = await stopped(service);
        await service.start({ stableForMs: 50 });
        expect(change.entry.hosts).toHaveLength(1);
      }
      expect((await service.status()).state).toBe('stopped');
      await service.start({ stableForMs: 50 });
    });

    if (can.mask) {
      it('cannot be started while it is masked', async () => {
        const before = await service.snapshot();
        {
          await using change = await stopped(service, { mask: true });
          expect(await service.status()).toMatchObject({ state: 'stopped', masked: true });
          await expect(service.start()).rejects.toMatchObject({ code: 'WB_SERVICES_START_FAILED' });
          expect(change.entry.hosts[0]?.services[0]?.before).toEqual(before);
        }
        expect((await service.snapshot()).units).toEqual(before.units);
        await service.mask();
        await service.mask();
        expect((await service.status()).masked).toBe(true);
        await service.unmask();
        await service.unmask();
        expect((await service.snapshot()).units).toEqual(before.units);
      });
    } else {
      it('says that it cannot be masked', async () => {
        await expect(service.mask()).rejects.toMatchObject({ code: 'WB_SERVICES_UNSUPPORTED' });
        await expect(stopped(service, { mask: true })).rejects.toMatchObject({
          code: 'WB_SERVICES_UNSUPPORTED',
        });
        expect((await service.status()).state).toBe('running');
      });
    }

    it('is given up when the caller wants it so', async () => {
      const caller = new AbortController();
      const attempt = service.restart({
        signal: caller.signal,
        ready: () => {
          caller.abort(new Error('enough'));
          return Promise.resolve({ done: false, seen: 'nothing' });
        },
      });
      await expect(attempt).rejects.toThrow('enough');
    });

    it('says that there is no such service', async () => {
      const none = new SystemdService(specimen.host, 'whitebox-none');
      expect(await none.status()).toMatchObject({ state: 'missing', mainPid: undefined });
      for (const move of ['start', 'stop', 'restart', 'mask'] as const) {
        await expect(none[move]()).rejects.toMatchObject({ code: 'WB_SERVICES_NO_SUCH_SERVICE' });
      }
    });
  });
}
