import type { Limits } from '@whitebox/core';
import type { Host } from '@whitebox/host';
import { applyPlan, entryOf, planHost, type HostPlan } from './apply-plan.js';
import { ServiceError } from './errors.js';
import { giveBack, giveBackAfter, type GiveBackOptions } from './give-back.js';
import { withHosts } from './host-locks.js';
import type { Journal, JournalEntry } from './journal.js';
import { forget, making } from './open-changes.js';
import type { ChangeTarget } from './plan-changes.js';
import type { ReadyProbe, Service } from './service.js';

export interface ChangeOptionsOptions extends Limits {
  /** Where what was is written before anything is changed. */
  readonly journal: Journal;
  /** Restart the services that run, so that the change is in force at once. Default true. */
  readonly restart?: boolean | undefined;
  /** Milliseconds for each restart; default 180 000. */
  readonly timeoutMs?: number | undefined;
}

/** Something that was changed and will be given back, at the latest at the end of its `await using` block. */
export interface Change extends AsyncDisposable {
  /** What is in the journal as long as the change is open. */
  readonly entry: JournalEntry;
  /**
   * Gives everything back and verifies it; done once, however often it is called. After an error it can be tried again.
   * @throws ServiceError as {@link giveBack} of this package
   */
  giveBack(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/**
 * Sets options of services on any number of hosts, all at once: looks at everything first, writes the journal, then
 * writes the files, restarts the services and verifies that the new processes have read what was asked for. When anything
 * goes wrong on any host, everything is given back before the error is thrown.
 *
 * A value goes to a drop-in file where one wins, else to the file where the value in force stands, else to the last file
 * of the chain; null removes the option from every file. Services that did not run are not started; a service whose files
 * need no change is not restarted.
 *
 * @throws ServiceError `WB_SERVICES_OVERRIDDEN`, `WB_SERVICES_NOT_EDITABLE`, `WB_SERVICES_NO_CONFIG` (nothing was changed);
 *   `WB_SERVICES_RESTART_FAILED`, `WB_SERVICES_DIED`, `WB_SERVICES_NOT_IN_FORCE`, `WB_SERVICES_STALE_PROCESS`,
 *   `WB_SERVICES_CHANGED_MEANWHILE` or what the Host threw (all is as it was);
 *   `WB_SERVICES_NOT_GIVEN_BACK` (it is not, and the journal entry is open)
 */
export async function changeOptions(
  targets: readonly ChangeTarget[],
  options: ChangeOptionsOptions,
): Promise<Change> {
  return await making(options.signal, (signal) => makeChange(targets, { ...options, signal }));
}

async function makeChange(
  targets: readonly ChangeTarget[],
  options: ChangeOptionsOptions,
): Promise<OpenChange> {
  const hosts = hostsOf(targets);
  const { journal, signal, timeoutMs, restart = true } = options;
  const probes = new Map(targets.map(({ service, ready }) => [keyOf(service), ready]));
  const ready = (service: Service): ReadyProbe | undefined => probes.get(keyOf(service));

  return await withHosts(
    hosts.map(({ name }) => name),
    async () => {
      const plans = await Promise.all(
        hosts.map((host) => {
          const own = targets.filter(({ service }) => service.host === host);
          return planHost(host, own, restart, { signal });
        }),
      );
      signal?.throwIfAborted();
      const entry = entryOf(plans);
      await journal.write(entry);
      const giveBackOptions = { journal, ready, timeoutMs };
      try {
        await applyPlans(plans, timeoutMs, signal);
      } catch (error) {
        return await giveBackAfter(error, entry, hosts, giveBackOptions);
      }
      return new OpenChange(entry, hosts, giveBackOptions);
    },
    signal,
  );
}

/** On all hosts at once; one that fails stops the work on the others. Throws the first error. */
async function applyPlans(
  plans: readonly HostPlan[],
  timeoutMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const failed = new AbortController();
  const both = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let first: { readonly error: unknown } | undefined;
  await Promise.all(
    plans.map(async (plan) => {
      try {
        await applyPlan(plan, timeoutMs, both);
      } catch (error) {
        first ??= { error };
        failed.abort(error);
      }
    }),
  );
  if (first !== undefined) throw first.error;
}

/** A change that is open, however it was made. */
export class OpenChange implements Change {
  readonly entry: JournalEntry;
  readonly #hosts: readonly Host[];
  readonly #options: Omit<GiveBackOptions, 'signal'>;
  #given: Promise<void> | undefined;

  constructor(entry: JournalEntry, hosts: readonly Host[], options: Omit<GiveBackOptions, 'signal'>) {
    this.entry = entry;
    this.#hosts = hosts;
    this.#options = options;
  }

  async giveBack({ signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#given ??= giveBack(this.entry, this.#hosts, { ...this.#options, signal });
    try {
      await this.#given;
      forget(this);
    } catch (error) {
      this.#given = undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.giveBack();
  }
}

function hostsOf(targets: readonly ChangeTarget[]): Host[] {
  const hosts = new Map<string, Host>();
  for (const { service } of targets) {
    const known = hosts.get(service.host.name);
    if (known !== undefined && known !== service.host) {
      throw new ServiceError({
        code: 'WB_SERVICES_BAD_DESCRIPTION',
        action: 'change options',
        host: known.name,
        observed: 'two different hosts have this name',
        advice: 'Use one Host object for each machine; journals find hosts by their names.',
      });
    }
    hosts.set(service.host.name, service.host);
  }
  return [...hosts.values()];
}

function keyOf({ host, name }: Service): string {
  return `${name} on ${host.name}`;
}
