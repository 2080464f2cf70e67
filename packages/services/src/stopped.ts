import type { Limits } from '@whitebox/core';
import { MemoryJournal, type Journal } from './journal.js';
import { missing } from './restart.js';
import type { ReadyProbe, Service } from './service.js';
import { transact, type Change } from './transaction.js';

export interface StoppedOptions extends Limits {
  /** Also mask it, so that nobody starts it meanwhile. Default false. */
  readonly mask?: boolean | undefined;
  /** Where its former state is written first. Default: a journal in memory, lost with the process. */
  readonly journal?: Journal | undefined;
  /** Whether it serves again once it is given back; undefined: its process is there. */
  readonly ready?: ReadyProbe | undefined;
}

/**
 * Stops a service, its sockets and timers included, until the end of the `await using` block; then all of them are as they
 * were: running, listening, enabled, masked or not.
 *
 * @throws ServiceError `WB_SERVICES_STOP_FAILED`, `WB_SERVICES_MASK_FAILED`; it is as it was then
 */
export async function stopped(service: Service, options: StoppedOptions = {}): Promise<Change> {
  const { mask = false, journal = new MemoryJournal(), ready, timeoutMs, signal } = options;
  return await transact(
    `stop ${service.name} on ${service.host.name}`,
    [service.host],
    async (host, limits) => {
      const before = await service.snapshot({ timeoutMs, ...limits });
      if (before.state === 'missing') throw missing(service, 'stop');
      const entry = { reference: service.reference, before, how: 'restore' as const };
      return {
        host,
        entry: { host: host.name, files: [], services: [entry] },
        apply: (limit) => stop(service, mask, { timeoutMs, signal: limit }),
      };
    },
    { journal, signal, ready: () => ready },
  );
}

async function stop(service: Service, mask: boolean, limits: Limits): Promise<void> {
  await service.stop(limits);
  if (mask) await service.mask(limits);
  // In the moment between the two somebody may have started it.
  if (mask && (await service.status(limits)).mainPid !== undefined) await service.stop(limits);
}
