import { placeFile, type OptionChange } from '@whitebox/services';
import type { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import { TestkitError } from './errors.js';
import type { StepKind } from './observer.js';
import type { ClaimGuard } from './scheduling/claim-guard.js';
import type { Placement } from './scheduling/placing.js';
import type { CloudSession } from './session.js';
import type { StoppedService } from './stop-service.js';
import type { TestServer } from './test-server.js';

export interface ConfiguredCloudOptions {
  readonly session: CloudSession;
  readonly cleanup: CleanupStack;
  readonly signal: AbortSignal;
  readonly placement: Placement;
  /** Holds the case to its claim. */
  readonly guard?: ClaimGuard | undefined;
}

/** A file that nova-compute reads. */
export interface NovaComputeFile {
  readonly host: ComputeHost;
  /** As the service sees it; its directory has to be there, the file must not. */
  readonly path: string;
  readonly content: string;
}

/** What a step is about. */
export interface StepSubject {
  readonly server?: TestServer | undefined;
  /** Computes on which it changes or restarts something. */
  readonly hosts?: readonly ComputeHost[] | undefined;
}

/** What a case does to the services and the configuration of a cloud; all of it is given back when the case ends. */
export abstract class ConfiguredCloud {
  protected readonly session: CloudSession;
  protected readonly cleanup: CleanupStack;
  /** Aborted when the case is out of time or given up. */
  readonly signal: AbortSignal;
  protected readonly placement: Placement;
  protected readonly guard: ClaimGuard | undefined;

  constructor({ session, cleanup, signal, placement, guard }: ConfiguredCloudOptions) {
    this.guard = guard;
    this.session = session;
    this.cleanup = cleanup;
    this.signal = signal;
    this.placement = placement;
  }

  get computes(): readonly ComputeHost[] {
    return this.session.computes;
  }

  /** The computes that the case has to itself: as many as it claims, all where it claims nothing. */
  get ownComputes(): readonly ComputeHost[] {
    return this.placement.own.map((name) => this.session.compute(name));
  }

  /** The first of {@link ownComputes}. @throws TestkitError `WB_TESTKIT_CLAIM` where the case claims none */
  get ownCompute(): ComputeHost {
    const [first] = this.ownComputes;
    if (first !== undefined) return first;
    throw new TestkitError({
      code: 'WB_TESTKIT_CLAIM',
      action: 'take a compute that no other case uses',
      observed: 'the case claims none',
      advice: 'Say so in the options of the case: claim: { ownHosts: 1 }.',
    });
  }

  /**
   * Stops a service ("nova-compute", "libvirt") of a compute; Nova knows that it is down when the promise resolves.
   * Started again when the case ends, unless the case does so before.
   */
  async stopService(host: ComputeHost, name: string): Promise<StoppedService> {
    const hosts = [host];
    const stop = () => this.session.stopService(host, name, this.cleanup, this.signal);
    const service = await this.perform('stop-service', `stop ${name} on ${host.name}`, stop, { hosts });
    const start = () => service.start();
    return {
      start: () => this.perform('start-service', `start ${name} on ${host.name}`, start, { hosts }),
    };
  }

  /**
   * Restarts a service ("nova-compute", "libvirt") of a compute and waits until it serves.
   *
   * @param under a server that runs there meanwhile, for observers to look at
   */
  async restartService(host: ComputeHost, name: string, under?: TestServer): Promise<void> {
    const restart = async (): Promise<void> => {
      const ready = this.session.serves(host.name, name);
      await host.deployment.service(name).restart({ ready, signal: this.signal });
    };
    await this.perform('restart-service', `restart ${name} on ${host.name}`, restart, {
      server: under,
      hosts: [host],
    });
  }

  /**
   * A trait of Placement that nobody else has, taken away from every provider when the case ends. Made before what is
   * configured to have it, so that it goes after that.
   */
  async trait(): Promise<string> {
    const name = `CUSTOM_${this.session
      .nextName()
      .toUpperCase()
      .replaceAll(/[^A-Z0-9]/g, '_')}`;
    await this.say(`make trait ${name}`);
    return this.session.resources.trait(name, this.cleanup, this.signal);
  }

  /** Places files that nova-compute of their hosts reads at its start, and restarts it there; taken away when the case ends. */
  async placeFiles(files: readonly NovaComputeFile[]): Promise<void> {
    const what = [...new Set(files.map(({ path }) => path))].join(', ');
    const hosts = files.map(({ host }) => host);
    const where = hosts.map(({ name }) => name).join(', ');
    const place = async (): Promise<void> => {
      const { journal } = this.session;
      const placing = files.map(({ host, path, content }) => {
        const ready = this.session.serves(host.name);
        return placeFile(host.novaCompute, { path, content }, { journal, ready, signal: this.signal });
      });
      // All of them, also when one fails.
      this.cleanup.add(`take away ${what} on ${where}`, async () => {
        const changes = await Promise.allSettled(placing);
        await allDone(changes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.giveBack()] : [])));
      });
      await allDone(placing);
    };
    await this.perform('configure', `place ${what} on ${where}`, place, { hosts });
  }

  /**
   * Changes options of nova-compute on {@link ownComputes} at once, or on some, and restarts it; resolves when every one
   * serves with the new value. Given back when the case ends, after the servers that were booted since.
   */
  async configureComputes(
    changes: readonly OptionChange[],
    { on = this.ownComputes }: { readonly on?: readonly ComputeHost[] } = {},
  ): Promise<void> {
    const names = on.map(({ name }) => name).join(', ');
    const where = on.length === this.computes.length ? 'all computes' : names;
    await this.#configure(changes, where, 'the computes', on, async () => {
      const change = await this.session.changeComputes(on, changes, this.signal);
      await this.session.refreshComputes();
      return {
        giveBack: async () => {
          await change.giveBack();
          await this.session.refreshComputes();
        },
      };
    });
  }

  /**
   * Changes options of nova-api wherever it runs, and restarts it; resolves when it answers with the new value. Given back when
   * the case ends. Its need is {@link configurableApi}.
   */
  async configureApi(changes: readonly OptionChange[]): Promise<void> {
    // Whoever changes nova-api changes it for all: the guard wants all hosts.
    await this.#configure(changes, 'nova-api', 'nova-api', this.computes, () =>
      this.session.changeApi(changes, this.signal),
    );
  }

  async #configure(
    changes: readonly OptionChange[],
    where: string,
    whose: string,
    hosts: readonly ComputeHost[],
    change: () => Promise<{ giveBack(): Promise<void> }>,
  ): Promise<void> {
    const what = changes.map(({ section, option, value }) => `[${section}] ${option} = ${show(value)}`);
    const configure = async (): Promise<void> => {
      const changing = change();
      // A change that is given up on the way gives itself back before it rejects; so the undo waits for its end.
      this.cleanup.add(`give back the configuration of ${whose}`, async () => {
        const changed = await changing.catch(() => undefined);
        if (changed === undefined) return;
        await this.say(`give back the configuration of ${whose}`, 'configure');
        await changed.giveBack();
      });
      await changing;
    };
    await this.perform('configure', `set ${what.join(', ')} on ${where}`, configure, { hosts });
  }

  /** Says a step, does it, and lets the observers look before and after. */
  protected abstract perform<T>(
    kind: StepKind,
    text: string,
    work: () => Promise<T>,
    about?: StepSubject,
  ): Promise<T>;

  protected abstract say(text: string, kind?: StepKind): Promise<void>;
}

/** Waits for all of them, then throws the first error of any. */
async function allDone(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function show(value: string | readonly string[] | null): string {
  if (value === null) return 'unset';
  return typeof value === 'string' ? value : value.join(', ');
}
