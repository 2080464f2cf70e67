import { placeFile, type OptionChange } from '@whitebox/services';
import type { CleanupStack } from './cleanup.js';
import type { ComputeHost } from './compute-host.js';
import type { StepKind } from './observer.js';
import type { CloudSession } from './session.js';
import type { StoppedService } from './stop-service.js';
import type { TestServer } from './test-server.js';

export interface ConfiguredCloudOptions {
  readonly session: CloudSession;
  readonly cleanup: CleanupStack;
  readonly signal: AbortSignal;
}

/** What a case does to the services and the configuration of a cloud; all of it is given back when the case ends. */
export abstract class ConfiguredCloud {
  protected readonly session: CloudSession;
  protected readonly cleanup: CleanupStack;
  /** Aborted when the case is out of time or given up. */
  readonly signal: AbortSignal;

  constructor({ session, cleanup, signal }: ConfiguredCloudOptions) {
    this.session = session;
    this.cleanup = cleanup;
    this.signal = signal;
  }

  get computes(): readonly ComputeHost[] {
    return this.session.computes;
  }

  /**
   * Stops a service ("nova-compute", "libvirt") of a compute; Nova knows that it is down when the promise resolves.
   * Started again when the case ends, unless the case does so before.
   */
  async stopService(host: ComputeHost, name: string): Promise<StoppedService> {
    const service = await this.perform('stop-service', `stop ${name} on ${host.name}`, () =>
      this.session.stopService(host, name, this.cleanup, this.signal),
    );
    return {
      start: () => this.perform('start-service', `start ${name} on ${host.name}`, () => service.start()),
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
    await this.perform('restart-service', `restart ${name} on ${host.name}`, restart, under);
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

  /** Places a file that nova-compute of a host reads at its start, and restarts it; taken away when the case ends. */
  async placeFile(host: ComputeHost, path: string, content: string): Promise<void> {
    await this.perform('configure', `place ${path} on ${host.name}`, async () => {
      const { journal } = this.session;
      const ready = this.session.serves(host.name);
      const placing = placeFile(host.novaCompute, { path, content }, { journal, ready, signal: this.signal });
      this.cleanup.add(`take away ${path} on ${host.name}`, async () => {
        const change = await placing.catch(() => undefined);
        await change?.giveBack();
      });
      await placing;
    });
  }

  /**
   * Changes options of nova-compute on all computes at once, or on some, and restarts it; resolves when every one serves
   * with the new value. Given back when the case ends, after the servers that were booted since.
   */
  async configureComputes(
    changes: readonly OptionChange[],
    { on = this.computes }: { readonly on?: readonly ComputeHost[] } = {},
  ): Promise<void> {
    const where = on === this.computes ? 'all computes' : on.map(({ name }) => name).join(', ');
    await this.#configure(changes, where, 'the computes', async () => {
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
    await this.#configure(changes, 'nova-api', 'nova-api', () =>
      this.session.changeApi(changes, this.signal),
    );
  }

  async #configure(
    changes: readonly OptionChange[],
    where: string,
    whose: string,
    change: () => Promise<{ giveBack(): Promise<void> }>,
  ): Promise<void> {
    const what = changes.map(({ section, option, value }) => `[${section}] ${option} = ${show(value)}`);
    await this.perform('configure', `set ${what.join(', ')} on ${where}`, async () => {
      const changing = change();
      // A change that is given up on the way gives itself back before it rejects; so the undo waits for its end.
      this.cleanup.add(`give back the configuration of ${whose}`, async () => {
        const changed = await changing.catch(() => undefined);
        if (changed === undefined) return;
        await this.say(`give back the configuration of ${whose}`, 'configure');
        await changed.giveBack();
      });
      await changing;
    });
  }

  /** Says a step, does it, and lets the observers look before and after. */
  protected abstract perform<T>(
    kind: StepKind,
    text: string,
    work: () => Promise<T>,
    server?: TestServer,
  ): Promise<T>;

  protected abstract say(text: string, kind?: StepKind): Promise<void>;
}

function show(value: string | readonly string[] | null): string {
  if (value === null) return 'unset';
  return typeof value === 'string' ? value : value.join(', ');
}
