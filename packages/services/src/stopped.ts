import type { Limits } from '@whitebox/core';
import { ServiceError } from './errors.js';
import { MemoryJournal, type Journal } from './journal.js';
import { missing } from './restart.js';
import type { ReadyProbe, Service } from './service.js';
import { transact, type Change } from './transaction.js';

export interface StoppedOptions extends Limits {
  /**
   * Also mask it, so that nobody starts it meanwhile. Default false. `where-possible`: it is stopped all the same where
   * there is no mask, as for a unit file in /etc/systemd/system (DevStack, TripleO) or a container without a unit.
   */
  readonly mask?: boolean | 'where-possible' | undefined;
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

async function stop(service: Service, mask: boolean | 'where-possible', limits: Limits): Promise<void> {
  await service.stop(limits);
  if (mask !== false) await maskIt(service, mask, limits);
  // In the moment between the two somebody may have started it.
  if (mask !== false && (await service.status(limits)).mainPid !== undefined) await service.stop(limits);
}

async function maskIt(service: Service, mask: true | 'where-possible', limits: Limits): Promise<void> {
  try {
    await service.mask(limits);
  } catch (error) {
    const cannot =
      error instanceof ServiceError &&
      (error.code === 'WB_SERVICES_MASK_FAILED' || error.code === 'WB_SERVICES_UNSUPPORTED');
    if (mask === true || !cannot) throw error;
  }
}
