import { hostname } from 'node:os';
import type { Limits } from '@whitebox/core';
import { putFile } from './apply-plan.js';
import { OpenChange, type Change } from './change-options.js';
import { hostPathOf } from './config-places.js';
import { ServiceError } from './errors.js';
import { realPath } from './file-facts.js';
import { giveBackAfter } from './give-back.js';
import { withHosts } from './host-locks.js';
import { newEntryId, type FileEntry, type Journal, type JournalEntry } from './journal.js';
import { making } from './open-changes.js';
import type { ReadyProbe, Service } from './service.js';
import { readIfThere } from './service-process.js';

export interface PlacedFile {
  /** As the service sees it; its directory has to be there, the file must not. */
  readonly path: string;
  /** Everybody on the machine may read it. */
  readonly content: string;
}

export interface PlaceFileOptions extends Limits {
  /** Where it is written down first that there was no such file. */
  readonly journal: Journal;
  /** Milliseconds for the restart; default 180 000. */
  readonly timeoutMs?: number | undefined;
  /** Whether the service serves again after its restart. */
  readonly ready?: ReadyProbe | undefined;
}

/**
 * Places a file that a service reads at its start, and restarts the service. Given back like a change of its options: the file
 * goes, and the service is restarted once more.
 *
 * @throws ServiceError `WB_SERVICES_NOT_EDITABLE` (nothing was changed), else as `changeOptions`
 */
export async function placeFile(
  service: Service,
  file: PlacedFile,
  options: PlaceFileOptions,
): Promise<Change> {
  return await making(options.signal, (signal) => place(service, file, { ...options, signal }));
}

async function place(
  service: Service,
  { path, content }: PlacedFile,
  { journal, timeoutMs, ready, signal }: PlaceFileOptions,
): Promise<OpenChange> {
  const { host } = service;
  return await withHosts(
    [host.name],
    async () => {
      const file: FileEntry = {
        path: await newFileOf(service, path, { signal }),
        original: null,
        written: { content: Buffer.from(content).toString('base64'), uid: 0, gid: 0, mode: '644' },
      };
      const before = await service.snapshot({ signal });
      const ran = before.state === 'running';
      const now = Date.now();
      const entry: JournalEntry = {
        version: 1,
        id: newEntryId(now),
        createdAt: new Date(now).toISOString(),
        createdBy: { pid: process.pid, machine: hostname() },
        what: `place ${file.path} for ${service.name} on ${host.name}`,
        hosts: [
          {
            host: host.name,
            files: [file],
            services: [{ reference: service.reference, before, how: ran ? 'restart' : 'none' }],
          },
        ],
      };
      await journal.write(entry);
      const giving = { journal, timeoutMs, ready: () => ready };
      try {
        await putFile(host, file.path, file.written, { signal });
        if (ran) await service.restart({ timeoutMs, signal, ready });
      } catch (error) {
        return await giveBackAfter(error, entry, [host], giving);
      }
      return new OpenChange(entry, [host], giving);
    },
    signal,
  );
}

/** The path on the host. */
async function newFileOf(service: Service, path: string, limits: Limits): Promise<string> {
  const { host, reference, config } = service;
  const contained =
    reference.kind === 'container' || (reference.kind === 'command' && reference.containerName !== undefined);
  const refused = (observed: string): ServiceError =>
    new ServiceError({
      code: 'WB_SERVICES_NOT_EDITABLE',
      action: `place ${path} for ${service.name}`,
      host: host.name,
      observed,
      advice: 'Nothing was changed. Choose another place for the file.',
    });
  const place = hostPathOf(config, path, contained);
  if (place === undefined) throw refused('it would be in a container alone');
  const real = await realPath(host, place, limits);
  if (real === '') throw refused('its directory is not there');
  if ((await readIfThere(host, real, limits)) !== undefined) throw refused('there is such a file already');
  return real;
}
