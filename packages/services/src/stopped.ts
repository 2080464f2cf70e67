import { hostname } from 'node:os';
import type { Limits } from '@whitebox/core';
import { OpenChange, type Change } from './change-options.js';
import { giveBackAfter } from './give-back.js';
import { withHosts } from './host-locks.js';
import { MemoryJournal, newEntryId, type Journal, type JournalEntry } from './journal.js';
import { making } from './open-changes.js';
import { missing } from './restart.js';
import type { ReadyProbe, Service } from './service.js';

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
  return await making(options.signal, (signal) => stop(service, { ...options, signal }));
}

async function stop(service: Service, options: StoppedOptions): Promise<OpenChange> {
  const { mask = false, journal = new MemoryJournal(), ready, timeoutMs, signal } = options;
  const { host } = service;
  const limits = { timeoutMs, signal };
  return await withHosts(
    [host.name],
    async () => {
      const before = await service.snapshot(limits);
      if (before.state === 'missing') throw missing(service, 'stop');
      const now = Date.now();
      const entry: JournalEntry = {
        version: 1,
        id: newEntryId(now),
        createdAt: new Date(now).toISOString(),
        createdBy: { pid: process.pid, machine: hostname() },
        what: `stop ${service.name} on ${host.name}`,
        hosts: [
          {
            host: host.name,
            files: [],
            services: [{ reference: service.reference, before, how: 'restore' }],
          },
        ],
      };
      const giving = { journal, ready: () => ready };
      await journal.write(entry);
      try {
        await service.stop(limits);
        if (mask) await service.mask(limits);
        // In the moment between the two somebody may have started it.
        if (mask && (await service.status(limits)).mainPid !== undefined) await service.stop(limits);
      } catch (error) {
        return await giveBackAfter(error, entry, [host], giving);
      }
      return new OpenChange(entry, [host], giving);
    },
    signal,
  );
}
