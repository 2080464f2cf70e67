import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { planHost } from './apply-plan.js';
import { nameOf } from './asked.js';
import { ServiceError } from './errors.js';
import type { Journal } from './journal.js';
import type { ChangeTarget, HostTarget } from './plan-changes.js';
import type { Service } from './service.js';
import { transact, type Change } from './transaction.js';

export interface ChangeOptionsOptions extends Limits {
  /** Where what was is written before anything is changed. */
  readonly journal: Journal;
  /** Restart the services that run, so that the change is in force at once. Default true. */
  readonly restart?: boolean | undefined;
  /** Milliseconds for each restart; default 180 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Sets options of services, whole files and values of the kernel on any number of hosts, all at once: holds the hosts, looks
 * at everything, writes the journal here and on each host, then writes the files, restarts the services and verifies that
 * the new processes have read what was asked for. When anything
 * goes wrong on any host, everything is given back before the error is thrown.
 *
 * A value goes to a drop-in file where one wins, else to the file where the value in force stands, else to the last file
 * of the chain; null removes the option from every file. Services that did not run are not started; a service whose files
 * need no change is not restarted.
 *
 * @throws ServiceError `WB_SERVICES_HELD`, `WB_SERVICES_OVERRIDDEN`, `WB_SERVICES_NOT_EDITABLE`, `WB_SERVICES_NO_CONFIG` (nothing was changed);
 *   `WB_SERVICES_RESTART_FAILED`, `WB_SERVICES_DIED`, `WB_SERVICES_NOT_IN_FORCE`, `WB_SERVICES_STALE_PROCESS`,
 *   `WB_SERVICES_CHANGED_MEANWHILE` or what the Host threw (all is as it was);
 *   `WB_SERVICES_NOT_GIVEN_BACK` (it is not, and the journal entry is open)
 */
export async function changeOptions(
  targets: readonly (ChangeTarget | HostTarget)[],
  options: ChangeOptionsOptions,
): Promise<Change> {
  const hosts = hostsOf(targets);
  const { journal, signal, timeoutMs, restart } = options;
  const ofServices = targets.filter((target) => 'service' in target);
  const probes = new Map(ofServices.map(({ service, ready }) => [keyOf(service), ready]));
  const names = targets.flatMap((target) => namesOf(target));
  return await transact(
    `change ${[...new Set(names)].join(', ')} on ${hosts.map(({ name }) => name).join(', ')}`,
    hosts,
    (host, limits) => {
      const own = targets.filter((target) => hostOf(target) === host);
      return planHost(host, own, { restart, timeoutMs }, limits);
    },
    { journal, signal, timeoutMs, ready: (service) => probes.get(keyOf(service)) },
  );
}

function namesOf(target: ChangeTarget | HostTarget): string[] {
  const files = (target.files ?? []).map(({ path }) => path);
  if (!('service' in target)) return [...files, ...(target.values ?? []).map(({ path }) => path)];
  return [...target.changes.map((change) => `${nameOf(change)} of ${target.service.name}`), ...files];
}

function hostOf(target: ChangeTarget | HostTarget): Host {
  return 'service' in target ? target.service.host : target.host;
}

function hostsOf(targets: readonly (ChangeTarget | HostTarget)[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const host of targets.map(hostOf)) {
    const known = hosts.get(host.name);
    if (known !== undefined && known !== host) {
      throw new ServiceError({
        code: 'WB_SERVICES_BAD_DESCRIPTION',
        action: 'change options',
        host: known.name,
        observed: 'two different hosts have this name',
        advice: 'Use one Host object for each machine; journals find hosts by their names.',
      });
    }
    hosts.set(host.name, host);
  }
  return [...hosts.values()];
}

function keyOf({ host, name }: Service): string {
  return `${name} on ${host.name}`;
}
