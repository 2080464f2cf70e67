import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { putFile } from './apply-plan.js';
import { hostPathOf } from './config-places.js';
import { ServiceError } from './errors.js';
import { realPath } from './file-facts.js';
import type { Journal } from './journal.js';
import type { ReadyProbe, Service } from './service.js';
import { readIfThere } from './service-process.js';
import { transact, type Change, type HostPlan } from './transaction.js';

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
  const { journal, timeoutMs, ready, signal } = options;
  return await transact(
    `place ${file.path} for ${service.name} on ${service.host.name}`,
    [service.host],
    (host, limits) => plan(host, service, file, { timeoutMs, ready }, limits),
    { journal, timeoutMs, signal, ready: () => ready },
  );
}

async function plan(
  host: Host,
  service: Service,
  { path, content }: PlacedFile,
  { timeoutMs, ready }: Pick<PlaceFileOptions, 'timeoutMs' | 'ready'>,
  limits: Limits,
): Promise<HostPlan> {
  const real = await newFileOf(service, path, limits);
  const written = { content: Buffer.from(content).toString('base64'), uid: 0, gid: 0, mode: '644' };
  const before = await service.snapshot(limits);
  const ran = before.state === 'running';
  const how = ran ? ('restart' as const) : ('none' as const);
  return {
    host,
    entry: {
      host: host.name,
      files: [{ path: real, original: null, written }],
      services: [{ reference: service.reference, before, how }],
    },
    apply: async (limit) => {
      await putFile(host, real, written, { signal: limit });
      if (ran) await service.restart({ timeoutMs, signal: limit, ready });
    },
  };
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
